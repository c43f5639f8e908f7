package devtools

import (
	"net"
	"net/http"
	"net/url"
)

// policy is that of the toolbar's pages: their own script, styles and forms.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// forwarding are headers that a proxy adds. Behind a proxy a loopback address is reachable from
// elsewhere.
var forwarding = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via"}

// protect refuses requests that do not come from the toolbar's own pages, from the address bar of a
// browser on this machine, or from another program on it. The names that the server responds to are
// checked before, by package cli: that is what keeps a website from pointing its own name here.
func (t *Toolbar) protect(pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Cache-Control", "no-store")
		header.Set("Content-Security-Policy", policy)
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Referrer-Policy", "same-origin")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		if why := t.refusal(r); why != "" {
			http.Error(w, "403 Forbidden: "+why, http.StatusForbidden)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

// refusal returns why a request is refused, "" if it is not.
func (t *Toolbar) refusal(r *http.Request) string {
	if !t.recording {
		return "the toolbar of serve --dev works on a loopback address only, such as 127.0.0.1:6543"
	}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err != nil || !net.ParseIP(host).IsLoopback() {
		return "the toolbar of serve --dev is for this machine only"
	}
	for _, name := range forwarding {
		if len(r.Header.Values(name)) > 0 {
			return "the toolbar of serve --dev does not work behind a proxy (header " + name + ")"
		}
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
	default:
		return "another site has sent this request: open " + Prefix + " yourself"
	}
	// Browsers send an Origin with each POST, and old ones no Sec-Fetch-Site.
	if origin := r.Header.Get("Origin"); origin != "" {
		if u, err := url.Parse(origin); err != nil || u.Host != r.Host || u.Host == "" {
			return "another site has sent this request: open " + Prefix + " yourself"
		}
	}
	return ""
}
