package security_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/views/web"
)

// FuzzCSRFOrigin compares what the policy accepts with what net/url reads in the header.
func FuzzCSRFOrigin(f *testing.F) {
	for _, seed := range [][3]string{
		{"https://example.com", "", ""}, {"https://a.friends.net:443", "", "cross-site"}, {"null", "", ""},
		{"https://example.com https://evil.org", "", ""}, {"", "https://example.com/x?y#z", ""}, {"", "", "none"},
		{"https://example.com@evil.org", "https://example.com:x/", "same-site"}, {"https://[::1]", "//example.com", "same-origin"},
		{"HTTPS://Example.COM:0443", "https:example.com", ""}, {"https://example.com\\@evil.org", "https://example.com\t", ""},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	policy := security.NewCSRF(security.CSRFOptions{TrustedOrigins: []string{".friends.net"}})
	f.Fuzz(func(t *testing.T, origin, referer, site string) {
		hr := httptest.NewRequest("POST", "https://example.com/", nil)
		for name, value := range map[string]string{"Origin": origin, "Referer": referer, "Sec-Fetch-Site": site} {
			if value != "" {
				hr.Header.Set(name, value)
			}
		}
		if policy.CheckOrigin(web.Begin(nil, hr)) != nil || site == "same-origin" || site == "none" {
			return
		}
		from := origin[strings.LastIndexByte(origin, ' ')+1:]
		if origin == "" {
			from = referer
		}
		u, err := url.Parse(from)
		if err != nil {
			t.Fatalf("accepted %q, which is no URL: %v", from, err)
		}
		host := strings.TrimSuffix(strings.ToLower(u.Host), ":443")
		own := host == "example.com" && site == ""
		friend := host == "friends.net" || strings.HasSuffix(host, ".friends.net")
		if u.Scheme != "https" || u.User != nil || !own && !friend {
			t.Errorf("accepted Origin %q, Referer %q, Sec-Fetch-Site %q", origin, referer, site)
		}
	})
}

// FuzzCSRFToken sends texts that no page of the application has shown: none of them is a token.
func FuzzCSRFToken(f *testing.F) {
	for _, seed := range []string{"", "A", strings.Repeat("A", 43), strings.Repeat("A", 86), strings.Repeat("_", 86), strings.Repeat("A", 85) + "=", strings.Repeat("\n", 86)} {
		f.Add(seed, "")
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, header, cookie string) {
		for _, readable := range []bool{false, true} {
			policy := security.NewCSRF(security.CSRFOptions{
				Storage: security.CSRFInCookie(security.CSRFCookie{Readable: readable}), DisableOriginCheck: true,
			})
			hr := httptest.NewRequest("POST", "https://example.com/", nil)
			hr.Header.Set("X-CSRF-Token", header)
			hr.Header.Set("Cookie", "__Host-csrf_token="+cookie)
			err := policy.Check(web.Begin(nil, hr))
			if err == nil && (!readable || header != cookie) && len(header) != 86 {
				t.Errorf("accepted the token %q with the cookie %q", header, cookie)
			}
			if err == nil && len(cookie) != 43 {
				t.Errorf("accepted the cookie %q", cookie)
			}
		}
	})
}
