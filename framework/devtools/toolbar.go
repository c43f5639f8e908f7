package devtools

import (
	"io"
	"net/http"
	"sync/atomic"

	"github.com/mastaba-go/mastaba/framework"
)

// Prefix begins the paths of the toolbar.
const Prefix = "/-/dev/"

// Toolbar records the requests of an application and shows them under Prefix. It is for development:
// a toolbar that New has not been told is reachable from this machine alone records nothing and
// refuses all requests.
//
// Its methods are safe for concurrent use, but for Configure.
type Toolbar struct {
	recording bool
	history   *history
	flight    flight
	app       atomic.Pointer[framework.App]
	pages     http.Handler
}

// New returns a toolbar. loopback reports that only this machine can reach the server; without it
// the toolbar does nothing but refuse requests to its pages.
func New(loopback bool) *Toolbar {
	t := &Toolbar{recording: loopback, history: new(history)}
	t.pages = t.routes()
	return t
}

// Show makes the pages show an application, the one that Configure and Record were for.
func (t *Toolbar) Show(app *framework.App) { t.app.Store(app) }

// Log returns where the JSON lines of the application's log must go too, to be shown with their
// requests. Its Write never fails.
func (t *Toolbar) Log() io.Writer { return logLines{t.history} }

// Handler returns next with the pages of the toolbar in front of it.
func (t *Toolbar) Handler(next http.Handler) http.Handler {
	pages := t.protect(t.pages)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.Path) >= len(Prefix) && r.URL.Path[:len(Prefix)] == Prefix {
			pages.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
