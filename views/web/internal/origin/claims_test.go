package origin_test

import (
	"net/http"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/web/internal/origin"
)

func TestClaimsOfNobody(t *testing.T) {
	t.Parallel()
	var none *origin.Claims
	own := origin.Origin{Scheme: "http", Host: "app", Port: "8080"}
	assert.Equal(t, own, none.Origin(own))
	assert.Equal(t, netip.MustParseAddr("1.2.3.4"), none.Client("1.2.3.4:5"))
	assert.Empty(t, none.Prefix())
	assert.Nil(t, none.VirtualRoot())
}

// Kept returns the same claims until something that they were read from changes.
func TestKept(t *testing.T) {
	t.Parallel()
	trusted := origin.Trusted{netip.MustParsePrefix("10.0.0.0/8")}
	request := func() *http.Request {
		return &http.Request{RemoteAddr: "10.0.0.1:80", Header: http.Header{
			"X-Forwarded-For": {"6.6.6.6", "1.2.3.4, 10.0.0.2"}, "X-Forwarded-Prefix": {"/a"}, "X-Vhm-Root": {"/evil", "/x/./y"},
		}}
	}
	hr := request()
	var kept origin.Kept
	assert.Nil(t, kept.Of(hr), "nothing was kept yet")
	said := kept.Keep(trusted.Read(hr))
	assert.Equal(t, "1.2.3.4", said.Client("").String())
	assert.Equal(t, "/a", said.Prefix())
	assert.Equal(t, []string{"x", "y"}, said.VirtualRoot())
	assert.Same(t, said, kept.Of(hr))
	assert.Same(t, said, kept.Of(request()), "an equal request")

	for name, change := range map[string]func(*http.Request){
		"address":         func(hr *http.Request) { hr.RemoteAddr = "10.0.0.2:80" },
		"a new line":      func(hr *http.Request) { hr.Header.Add("X-Forwarded-For", "10.0.0.3") },
		"a line in place": func(hr *http.Request) { hr.Header["X-Forwarded-For"][0] = "7.7.7.7" },
		"a line moved":    func(hr *http.Request) { hr.Header["X-Forwarded-Proto"] = hr.Header["X-Forwarded-Prefix"] },
		"a new header":    func(hr *http.Request) { hr.Header.Set("Forwarded", "for=9.9.9.9") },
		"a header less":   func(hr *http.Request) { hr.Header.Del("X-Forwarded-Prefix") },
		"virtual root":    func(hr *http.Request) { hr.Header.Set("X-Vhm-Root", "/z") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hr := request()
			var kept origin.Kept
			kept.Keep(trusted.Read(hr))
			change(hr)
			assert.Nil(t, kept.Of(hr))
		})
	}
}

func TestParseAddr(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1.2.3.4": "1.2.3.4", "1.2.3.4:80": "1.2.3.4", "1.2.3.4:": "1.2.3.4", "[1.2.3.4]:80": "1.2.3.4",
		"::1": "::1", "[::1]": "::1", "[::1]:80": "::1", "[fe80::1%eth0]:80": "fe80::1", "::ffff:1.2.3.4": "1.2.3.4",
		"": "", "@": "", "unknown": "", "_hidden": "", "1.2.3": "", "1.2.3.4:80:90": "", "[::1": "", "::1]": "", "[::1]80": "", "[]": "", ":80": "",
	} {
		addr, ok := origin.ParseAddr(text)
		assert.Equal(t, want != "", ok, text)
		if ok {
			assert.Equal(t, want, addr.String(), text)
		}
	}
}
