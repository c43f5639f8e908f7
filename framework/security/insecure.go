package security

import (
	"net/http"
	"sync"

	"github.com/mastaba-go/mastaba/views/web"
)

// insecureWarning logs once that browsers may refuse a cookie: otherwise a login over plain http
// seems to work, and the next request is anonymous.
type insecureWarning struct{ once sync.Once }

func (w *insecureWarning) check(r *web.Request, cookie *http.Cookie) {
	if !cookie.Secure || r.TLS != nil || r.Scheme() == "https" {
		return
	}
	w.once.Do(func() {
		r.Log().Warn().Str("cookie", cookie.Name).Msg("the cookie is Secure, but the request came over plain http: browsers ignore " +
			"such a cookie, most even accept it only from localhost. Use TLS, set framework.Options.TrustedProxies if a proxy " +
			"does, or on your own machine run serve --dev, or without package cli call config.SetDevelopment()")
	})
}
