package problem_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
	"github.com/mastaba-go/mastaba/views/web/internal/problem"
)

func TestText(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]problem.Problem{
		"404 Not Found\n":            {Status: 404},
		"404 Lost\n":                 {Status: 404, Title: "Lost"},
		"404 Not Found\n\nno page\n": {Status: 404, Detail: "no page"},
		"500 Internal Server Error\n\nrequest id-1\n":   {Status: 500, RequestID: "id-1"},
		"999 Status 999\n":                              {Status: 999},
		"799 Status 799\n\nodd\n\nrequest id-1\n":       {Status: 799, Detail: "odd", RequestID: "id-1"},
		"418 I'm a teapot\n\n<b>not escaped here</b>\n": {Status: 418, Detail: "<b>not escaped here</b>"},
	} {
		assert.Equal(t, want, p.Text())
	}
}

func TestHTMLEscapes(t *testing.T) {
	t.Parallel()
	p := problem.Problem{Status: 400, Title: "<i>", Detail: `<script>"&`, RequestID: "<id>"}
	page := p.HTML()
	assert.Equal(t, 2, strings.Count(page, "400 &lt;i&gt;"), "in title and heading")
	assert.Contains(t, page, "<p>&lt;script&gt;&#34;&amp;</p>")
	assert.Contains(t, page, "<code>&lt;id&gt;</code>")
	assert.NotContains(t, (&problem.Problem{Status: 404}).HTML(), "<p>")
}

func TestJSON(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]problem.Problem{
		`{"title":"Not Found","status":404}`: {Status: 404},
		`{"type":"urn:x","title":"T","status":422,"detail":"d","instance":"/i","request_id":"r","a":1,"b":[2]}`: {
			Status: 422, Type: "urn:x", Title: "T", Detail: "d", Instance: "/i", RequestID: "r",
			Extensions: map[string]any{"b": []int{2}, "a": 1, "status": 200, "title": "x", "request_id": "x", "broken": func() {}},
		},
		`{"title":"Conflict","status":409,"request_id":"own"}`: {Status: 409, Extensions: map[string]any{"request_id": "own"}},
	} {
		assert.Equal(t, want+"\n", string(p.JSON()))
	}
}

// Whatever the texts are, the response is JSON of which nothing is lost.
func FuzzJSON(f *testing.F) {
	f.Add("detail", "name", "value")
	f.Fuzz(func(t *testing.T, detail, name, value string) {
		p := problem.Problem{Status: 400, Detail: detail, Extensions: map[string]any{name: value}}
		var got map[string]any
		require.NoError(t, json.Unmarshal(p.JSON(), &got))
		require.EqualValues(t, 400, got["status"])
	})
}

func formFor(accept ...string) problem.Form {
	return problem.FormOf(http.Header{"Accept": accept}, func() header.Accept { return header.ReadAccept(accept) })
}

func TestFormFor(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]problem.Form{
		"*/*": problem.Text, "": problem.Text, "nonsense": problem.Text, "image/png": problem.Text,
		"text/html,application/xhtml+xml,*/*;q=0.8": problem.HTML,
		"application/json, text/plain, */*":         problem.JSON,
		"application/problem+json":                  problem.JSON,
		"application/*":                             problem.JSON,
		"text/plain, text/html":                     problem.HTML,
		"text/html;q=0.5, text/plain":               problem.Text,
		"text/*":                                    problem.Text,
	} {
		assert.Equal(t, want, formFor(accept), accept)
	}
	assert.Equal(t, problem.Text, formFor())
	for accept, want := range map[string]problem.Form{
		"*/*": problem.JSON, "": problem.JSON, "image/png": problem.JSON, "*/*;q=0.5": problem.JSON, "application/*": problem.JSON,
		"text/html, */*": problem.HTML, "text/plain": problem.Text, "text/*": problem.Text,
	} {
		for _, sent := range []string{"application/json", "application/merge-patch+json; charset=utf-8"} {
			h := http.Header{"Accept": {accept}, "Content-Type": {sent}}
			got := problem.FormOf(h, func() header.Accept { return header.ReadAccept(h["Accept"]) })
			assert.Equal(t, want, got, "%s, after %s", accept, sent)
		}
	}
	assert.Equal(t, problem.JSON, formFor("text/html;q=0.1", "application/json"))
}
