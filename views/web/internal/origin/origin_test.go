package origin_test

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web/internal/origin"
)

func TestSplitHost(t *testing.T) {
	t.Parallel()
	for authority, want := range map[string][2]string{
		"":            {"", ""},
		"Example.COM": {"example.com", ""},
		"a:80":        {"a", "80"},
		"\u212a.DE":   {"\u212a.de", ""}, // the Kelvin sign is no k
		"A\xff":       {"a\xff", ""},
		"a:":          {"a", ""},
		"[::1]":       {"[::1]", ""},
		"[::1]:8080":  {"[::1]", "8080"},
	} {
		host, port := origin.SplitHost(authority)
		assert.Equal(t, want, [2]string{host, port}, authority)
	}
}

func TestWith(t *testing.T) {
	t.Parallel()
	own := origin.Origin{Scheme: "http", Host: "a", Port: "8080"}
	for _, tc := range []struct {
		from         origin.Origin
		scheme, host string
		port         int
		want         string
	}{
		{own, "", "", 0, "http://a:8080"},
		{own, "https", "", 0, "https://a"},
		{own, "ftp", "", 0, "ftp://a:8080"},
		{own, "", "b", 0, "http://b:8080"},
		{own, "", "b:9", 0, "http://b:9"},
		{own, "", "", 80, "http://a"},
		{own, "https", "b:9", 7, "https://b:7"},
		{origin.Origin{Scheme: "https", Host: "a"}, "", "b", 0, "https://b"},
		{origin.Origin{Scheme: "https", Host: "a"}, "ftp", "", 0, "ftp://a:443"},
	} {
		with, err := tc.from.With(tc.scheme, tc.host, tc.port)
		require.NoError(t, err)
		assert.Equal(t, tc.want, with.String())
	}
}

func TestIsHostAndIsScheme(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"example.com": true, "a:80": true, "10.0.0.7": true, "[::1]:80": true, "bücher.example": true, "a_b-c~": true,
		"": false, "a:": false, "a:x": false, "a:70000": false, "::1": false, "[fe80::1%25eth0]": false, "[10.0.0.7]": false,
		"[::1": false, "u@a": false, "a/b": false, "a b": false, "a%20": false, "a\xff": false,
	} {
		assert.Equal(t, want, origin.IsHost(host), host)
	}
	for scheme, want := range map[string]bool{"https": true, "git+ssh": true, "h2c": true, "": false, "2h": false, "http://": false} {
		assert.Equal(t, want, origin.IsScheme(scheme), scheme)
	}
}

func TestOf(t *testing.T) {
	t.Parallel()
	received := httptest.NewRequest("GET", "/", nil)
	assert.Equal(t, "http://example.com", origin.Of(received).String())
	received.TLS = new(tls.ConnectionState)
	received.Host = "A:8443"
	assert.Equal(t, "https://a:8443", origin.Of(received).String())

	made, err := http.NewRequest("GET", "https://b/c", nil)
	require.NoError(t, err)
	assert.Equal(t, "https://b", origin.Of(made).String())

	old := &http.Request{URL: &url.URL{Path: "/"}, RequestURI: "/"}
	assert.Equal(t, "http://localhost", origin.Of(old).String())
	ctx := t.Context()
	local := &net.TCPAddr{IP: net.IPv4(10, 0, 0, 7), Port: 8080}
	assert.Equal(t, "http://10.0.0.7:8080", origin.Of(old.WithContext(withLocal{ctx, local})).String())
	assert.Equal(t, "http://localhost", origin.Of(old.WithContext(withLocal{ctx, &net.UnixAddr{Net: "unix"}})).String())
}

func TestTrusted(t *testing.T) {
	t.Parallel()
	trusted, err := origin.ParseTrusted([]string{" 10.0.0.0/8 ", "::ffff:192.168.0.1", "fd00::/8", "unix"})
	require.NoError(t, err)
	for addr, want := range map[string]bool{
		"10.1.2.3": true, "10.1.2.3:80": true, "[::ffff:10.1.2.3]:80": true, "192.168.0.1:1": true, "[fd00::1%eth0]:80": true, "@": true, "/run/x": true,
		"11.0.0.1": false, "192.168.0.2": false, "": false, "unknown": false,
	} {
		assert.Equal(t, want, trusted.Has(addr), addr)
	}
	assert.False(t, origin.Trusted(nil).Has("@"))
	_, err = origin.ParseTrusted([]string{"10.0.0.7", "proxy", "10.0.0.0/33"})
	require.ErrorContains(t, err, `"proxy"`)
	require.ErrorContains(t, err, `"10.0.0.0/33"`)
}

func TestForwarded(t *testing.T) {
	t.Parallel()
	trusted, err := origin.ParseTrusted([]string{"10.0.0.0/8"})
	require.NoError(t, err)
	own := origin.Origin{Scheme: "http", Host: "app", Port: "8080"}
	for name, tc := range map[string]struct {
		h              http.Header
		client, origin string
	}{
		"nothing":               {http.Header{}, "10.0.0.1", "http://app:8080"},
		"the nearest proxy":     {http.Header{"X-Forwarded-For": {"6.6.6.6, 1.2.3.4"}, "X-Forwarded-Proto": {"http, https"}}, "1.2.3.4", "https://app:8080"},
		"two proxies":           {http.Header{"X-Forwarded-For": {"6.6.6.6, 1.2.3.4", "10.0.0.2"}, "X-Forwarded-Host": {"Evil, Site:9"}}, "1.2.3.4", "http://site:9"},
		"unknown":               {http.Header{"X-Forwarded-For": {"1.2.3.4, unknown"}}, "10.0.0.1", "http://app:8080"},
		"port":                  {http.Header{"X-Forwarded-Host": {"a"}, "X-Forwarded-Port": {"81"}}, "10.0.0.1", "http://a:81"},
		"no host":               {http.Header{"X-Forwarded-Host": {"a/b"}}, "10.0.0.1", "http://app:8080"},
		"Forwarded":             {http.Header{"Forwarded": {"for=6.6.6.6;host=evil, for=1.2.3.4;host=site;proto=https, for=10.0.0.2;host=inner"}}, "1.2.3.4", "https://site"},
		"Forwarded is ignored":  {http.Header{"Forwarded": {"for=6.6.6.6;host=evil"}, "X-Forwarded-For": {"1.2.3.4"}}, "1.2.3.4", "http://app:8080"},
		"Forwarded, malformed":  {http.Header{"Forwarded": {`for=1.2.3.4, for="`}}, "10.0.0.1", "http://app:8080"},
		"a long list is cut":    {http.Header{"X-Forwarded-For": {"6.6.6.6, " + strings.Repeat("10.0.0.9, ", 60) + "10.0.0.2"}}, "10.0.0.9", "http://app:8080"},
		"websocket as protocol": {http.Header{"X-Forwarded-Proto": {"wss"}}, "10.0.0.1", "https://app:8080"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := trusted.Read(&http.Request{RemoteAddr: "10.0.0.1:80", Header: tc.h})
			assert.Equal(t, tc.client, said.Client("").String())
			assert.Equal(t, tc.origin, said.Origin(own).String())
		})
	}
}

// What http.StripPrefix removes is found again, however it was escaped.
func FuzzMounted(f *testing.F) {
	f.Add("my app", "a/b", "ä")
	f.Fuzz(func(t *testing.T, prefix, name, rest string) {
		for _, s := range []string{prefix, name} {
			if traversal.CheckName(s) != nil || strings.Contains(s, "/") {
				return
			}
		}
		uri := "/" + url.PathEscape(prefix) + "/" + url.PathEscape(name) + "?" + url.QueryEscape(rest)
		got := origin.Mounted(uri, "/"+name)
		if want := "/" + traversal.Quote(prefix); got != want {
			t.Fatalf("%q, want %q", got, want)
		}
		if whole := origin.Mounted(uri, "/"+prefix+"/"+name); whole != "" {
			t.Fatalf("%q without a prefix", whole)
		}
	})
}

func TestPrefixes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "/": "", "/a/": "/a", "/a b": "/a%20b", "/a%2fb/ä": "/a%2Fb/%C3%A4", "a": "", "/a//b": "", "/a/../b": "", "/%zz": "",
	} {
		said := origin.Trusted{}.Read(&http.Request{Header: http.Header{"X-Forwarded-Prefix": {"/evil", in}}})
		assert.Equal(t, want, said.Prefix(), in)
	}
	for in, want := range map[string]string{"": "", "/a": "/a", "/a%20b/%C3%A4": "/a b/ä", "/a%2Fb%3F%25%0A": "/a%2Fb%3F%25%0A"} {
		assert.Equal(t, want, origin.PlainPrefix(in))
	}
}
