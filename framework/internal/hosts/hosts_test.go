package hosts_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/internal/hosts"
)

func TestAllows(t *testing.T) {
	t.Parallel()
	for pattern, tests := range map[string]map[string]bool{
		"Example.com": {
			"http://example.com": true, "http://example.com:8080": true, "https://EXAMPLE.com.": true, "https://example.com.:1": true,
			"http://www.example.com": false, "http://example.com.evil.example": false, "http://evil-example.com": false,
			"http://example.com:": false, "http://example.com:x": false, "http://example.com:80@evil.example": false,
			"http://example.com@evil.example": false, "http://evil.example:80@example.com": false, "http://example.com:99999": false,
			"http://example.com:0": false, "http://example.com..": false, "http://": false, "http://example.com/": false,
			"http://example.com evil": false, "http://example.com\x00": false, "http://e\u212aample.com": false, "http://[example.com]": false,
		},
		"example.com:8443": {"http://example.com:8443": true, "http://example.com": false, "https://example.com:8080": false},
		"example.com:443":  {"https://example.com": true, "http://example.com": false, "http://example.com:443": true},
		"example.com:80":   {"http://example.com": true, "https://example.com": false, "https://example.com:80": true},
		"*.example.com": {
			"http://a.example.com": true, "http://a.b.example.com:81": true, "http://a.example.com.": true,
			"http://example.com": false, "http://.example.com": false, "http://a..example.com": false,
			"http://evil.example/.example.com": false, "http://a@b.example.com": false, "http://notexample.com": false,
		},
		".example.com":      {"http://example.com": true, "http://a.example.com": true, "http://aexample.com": false},
		".example.com:8080": {"http://a.example.com:8080": true, "http://example.com:8080": true, "http://a.example.com": false},
		"10.0.0.7":          {"http://10.0.0.7": true, "http://10.0.0.7:8080": true, "http://10.0.0.70": false, "http://a.10.0.0.7": false, "http://[10.0.0.7]": false},
		"[::1]":             {"http://[::1]": true, "http://[0:0::1]:80": true, "http://::1": false, "http://0::1": false, "http://[::2]": false, "http://[::1]evil": false},
		"::1":               {"http://[::1]": true},
		"[::1]:8080":        {"http://[::1]:8080": true, "http://[::1]": false},
		"kelvin.com":        {"http://\u212aelvin.com": false, "http://KELVIN.com": true},
		"localhost":         {"http://localhost": true, "http://127.0.0.1": false, "http://x.localhost": false},
	} {
		list, err := hosts.Parse([]string{pattern})
		require.NoError(t, err, pattern)
		for origin, want := range tests {
			scheme, authority, _ := strings.Cut(origin, "://")
			assert.Equal(t, want, list.Allows(scheme, authority), "%q in %q", origin, pattern)
		}
		for _, addr := range []string{"192.0.2.1", "192.0.2.1:80", "[2001:db8::1]", "[fe80::1%eth0]:80"} {
			assert.False(t, list.Allows("http", addr))
			assert.True(t, list.WithAddresses().Allows("http", addr))
		}
	}
}

func TestInvalidPatterns(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"":                      "want something like",
		"*":                     "all are allowed",
		"*example.com":          "as in \"*.example.com\"",
		"a.*.example.com":       "only at the beginning",
		"https://example.com":   "without scheme and path",
		"example.com/wiki":      "without scheme and path",
		"bücher.example":        "punycode",
		"example.com:":          "want something like",
		"example.com:http":      "want something like",
		"a b":                   "want something like",
		"user@example.com":      "want something like",
		".":                     "want something like",
		"*.10.0.0.7":            "no subdomains",
		"a.example,b.example":   "want something like",
		"example.com\nInjected": "want something like",
	} {
		_, err := hosts.Parse([]string{"example.com", pattern})
		require.ErrorContains(t, err, want, pattern)
	}
	_, err := hosts.Parse([]string{"a b", "c d"})
	require.ErrorContains(t, err, `"a b"`)
	require.ErrorContains(t, err, `"c d"`)
}

func TestFirst(t *testing.T) {
	t.Parallel()
	for want, patterns := range map[string][]string{
		"": {"*.example.com"}, "example.com": {"*.example.org", ".Example.com", "a"}, "[::1]:8080": {"[::1]:8080"}, "a:81": {"a:81"},
	} {
		list, err := hosts.Parse(patterns)
		require.NoError(t, err)
		assert.Equal(t, want, list.First())
	}
}

// Whatever is allowed is a host that a URL parser reads in the same way.
func FuzzAllows(f *testing.F) {
	for _, seed := range []string{"example.com", "a.example.com:80", "example.com:80@evil.example", "[::1]:80", "a.example.com#.evil", "\\.example.com", "a%2eexample.com", "0::1"} {
		f.Add(seed)
	}
	list, err := hosts.Parse([]string{".example.com", "[::1]:80"})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, authority string) {
		if !list.Allows("http", authority) {
			return
		}
		u, err := url.Parse("http://" + authority + "/")
		require.NoError(t, err)
		require.Nil(t, u.User)
		require.Equal(t, authority, u.Host)
		require.Equal(t, "/", u.Path)
		name := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
		require.True(t, name == "::1" || name == "example.com" || strings.HasSuffix(name, ".example.com") || strings.Contains(name, ":"), name)
	})
}
