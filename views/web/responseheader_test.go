package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/web"
)

func TestHeadersAsPairsAndAsMapAgree(t *testing.T) {
	t.Parallel()
	steps := map[string]func(resp *web.Response){
		"set":       func(resp *web.Response) { resp.SetHeader("x-a", "1") },
		"set twice": func(resp *web.Response) { resp.SetHeader("X-A", "1"); resp.SetHeader("x-a", "2") },
		"add":       func(resp *web.Response) { resp.AddHeader("X-A", "1"); resp.AddHeader("X-A", "2") },
		"set after add": func(resp *web.Response) {
			resp.AddHeader("X-A", "1")
			resp.AddHeader("X-A", "2")
			resp.SetHeader("X-A", "3")
		},
		"delete": func(resp *web.Response) {
			resp.SetHeader("X-A", "1")
			resp.SetHeader("X-B", "2")
			resp.DelHeader("x-a")
		},
		"content type":    func(resp *web.Response) { resp.SetHeader("content-type", "a/b"); resp.AddHeader("Content-Type", "c/d") },
		"no content type": func(resp *web.Response) { resp.SetContentType("a/b"); resp.DelHeader("Content-Type") },
		"vary":            func(resp *web.Response) { resp.AddVary("Accept", "accept", "Cookie"); resp.AddVary("Cookie") },
		"vary star":       func(resp *web.Response) { resp.AddVary("*"); resp.AddVary("Cookie") },
		"cookies": func(resp *web.Response) {
			resp.SetCookie(&http.Cookie{Name: "a", Value: "1"})
			resp.SetCookie(&http.Cookie{Name: "b", Value: "1"})
		},
		"cookie again": func(resp *web.Response) {
			resp.SetCookie(&http.Cookie{Name: "a", Value: "1"})
			resp.SetCookie(&http.Cookie{Name: "a", Value: "2"})
		},
		"cookie, two paths": func(resp *web.Response) {
			resp.SetCookie(&http.Cookie{Name: "a", Value: "1", Path: "/x"})
			resp.SetCookie(&http.Cookie{Name: "a", Value: "2", Path: "/y"})
		},
		"many": func(resp *web.Response) {
			for i := range 9 {
				resp.AddHeader(fmt.Sprint("X-", i%5), fmt.Sprint(i))
			}
			resp.DelHeader("X-1")
			resp.SetHeader("X-2", "z")
			resp.AddHeader("X-6", "6")
		},
	}
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pairs, asMap := web.Respond(204), web.Respond(204)
			asMap.Headers()
			step(pairs)
			step(asMap)
			clone := pairs.Clone()
			w, _ := send(t, get("/"), pairs)
			wm, _ := send(t, get("/"), asMap)
			assert.Equal(t, wm.Header(), w.Header())
			for key := range asMap.Headers() {
				assert.Equal(t, asMap.Header(key), clone.Header(key), key)
			}
			assert.Equal(t, asMap.Headers(), clone.Headers())
		})
	}
}

func TestHeaderValues(t *testing.T) {
	t.Parallel()
	resp := web.Respond(200)
	resp.AddVary("Accept", "Accept-Language")
	resp.SetCookie(&http.Cookie{Name: "a", Value: "1"})
	resp.SetCookie(&http.Cookie{Name: "b", Value: "2"})
	resp.SetCookie(&http.Cookie{Name: "a", Value: "3"})
	resp.SetContentType("text/csv")
	assert.Equal(t, "Accept, Accept-Language", resp.Header("vary"))
	assert.Equal(t, "text/csv", resp.ContentType())
	assert.Equal(t, []string{"b=2", "a=3"}, resp.Headers()["Set-Cookie"])
	resp.Headers().Add("X-Map", "1")
	assert.Equal(t, "1", resp.Header("X-Map"), "the map is the response's own")
}

func TestSetCookieRefusesInvalidCookies(t *testing.T) {
	t.Parallel()
	for _, c := range []*http.Cookie{
		nil, {Name: "a b", Value: "1"}, {Name: "a", Value: "a;b"}, {Name: "a", Value: `a"b`}, {Name: "a", Value: "café"},
		{Name: "a", Value: "1", Partitioned: true},
	} {
		resp := web.Respond(200)
		resp.SetCookie(c)
		_, err := resp.Send(httptest.NewRecorder(), get("/"))
		assert.ErrorContains(t, err, "set cookie")
	}
}
