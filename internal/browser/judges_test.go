package browser_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mastaba-go/mastaba/internal/browser"
)

// TestJudges: a bad page does not pass.
func TestJudges(t *testing.T) {
	const bad = `<!doctype html><html><title>Bad</title><body><img src="a.png"><input name=q><p style="color:#aaa">pale text<p style="width:2000px">wide</div>`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, bad)
	}))
	t.Cleanup(server.Close)
	b := browser.New(t, server.URL)
	b.Look(360, "light")
	b.Open("/")
	if b.Status() != http.StatusTeapot || b.Source() != bad || b.Overflow() < 1000 {
		t.Errorf("got status %d, source %q, overflow %d", b.Status(), b.Source(), b.Overflow())
	}
	found := strings.Join(b.Violations(), "\n")
	for _, rule := range []string{"html-has-lang:", "image-alt:", "label:", "color-contrast:"} {
		if !strings.Contains(found, rule) {
			t.Errorf("axe did not find %s in %s", rule, found)
		}
	}
	markup := browser.NewMarkup(t)
	markup.Add(t, "bad", b.Source())
	if found := strings.Join(markup.Check(t), "\n"); !strings.Contains(found, "Stray end tag") {
		t.Errorf("the Nu HTML checker found %s", found)
	}
}
