package web_test

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/web"
)

func TestAccept(t *testing.T) {
	t.Parallel()
	a := begin("GET", "/", "", "Accept", "text/*;q=0.5", "Accept", "a/b").Accept()
	assert.True(t, a.IsReadable())
	assert.InDelta(t, 0.5, a.Quality("text/html"), 0)
	assert.Equal(t, []string{"a/b", "text/html"}, a.Best([]string{"text/html", "c/d", "a/b"}))
	for _, missing := range []web.Accept{{}, get("/").Accept(), web.ParseAccept("nonsense")} {
		assert.False(t, missing.IsReadable())
		assert.InDelta(t, 1, missing.Quality("a/b"), 0)
	}
}

func TestAcceptIsParsedOnce(t *testing.T) {
	hr := httptest.NewRequest("GET", "/", nil)
	hr.Header.Set("Accept", "text/html, text/plain;q=0.5")
	r := web.Begin(nil, hr)
	assert.Equal(t, 0.5, r.Accept().Quality("text/plain"))
	assert.Zero(t, testing.AllocsPerRun(100, func() { _ = r.Accept() }))

	hr.Header.Set("Accept", "text/plain")
	assert.Equal(t, 1.0, r.Accept().Quality("text/plain"), "a changed header")
	hr.Header.Add("Accept", "text/html;q=0.25")
	assert.Equal(t, 0.25, r.Accept().Quality("text/html"))
	hr.Header.Del("Accept")
	assert.False(t, r.Accept().IsReadable())
}
