package static_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework"
)

// discard is a writer that keeps nothing.
type discard struct{ header http.Header }

func (d discard) Header() http.Header       { return d.header }
func (discard) WriteHeader(int)             {}
func (discard) Write(b []byte) (int, error) { return len(b), nil }

// A file that is part of the program costs little more than any response: the request, and a value
// for each header that the map of net/http needs.
func TestAllocations(t *testing.T) {
	files := fstest.MapFS{"a.css": text("a{}")} // without a time, as in an embed.FS
	h := app(t, func(c *framework.Configurator) { c.AddStaticView("static", files) })
	versioned := urlOf(t, h, "static/a.css")
	for target, most := range map[string]float64{"/static/a.css": 3, versioned: 4, "/url?of=static/a.css": 19} {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		w := discard{http.Header{}}
		got := testing.AllocsPerRun(1000, func() {
			clear(w.header)
			h.ServeHTTP(w, r)
		})
		t.Logf("%s: %v allocations", target, got)
		assert.LessOrEqual(t, got, most, target)
	}
}
