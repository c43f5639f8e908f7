package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/traversal/traversaltest"
)

func newApp(t *testing.T) *frameworktest.App {
	t.Helper()
	world, err := readWorld()
	require.NoError(t, err)
	return frameworktest.New(t, configure(world, framework.Options{Logger: new(frameworktest.Log).Logger()}))
}

func TestPages(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	tests := []struct {
		name, method, target string
		status               int
		contains             string
	}{
		{"root", "GET", "/", 200, `<a href="/europe/">Europe</a>`},
		{"continent", "GET", "/europe", 200, `<a href="/europe/andorra/">Andorra</a>`},
		{"country", "GET", "/europe/andorra", 200, "Andorra la Vella"},
		{"landmarks", "GET", "/europe", 200, "</nav>\n<main>\n<h1>Europe</h1>"},
		{"breadcrumbs", "GET", "/europe/andorra/canillo", 200, `<a href="/europe/andorra/">Andorra</a>`},
		{"JSON", "GET", "/europe/andorra/json", 200, `"capital":"Andorra la Vella"`},
		{"JSON of the root", "GET", "/json", 200, `{"title":"Europe","path":"/europe/"}`},
		{"search", "GET", "/search?q=canillo", 200, `<a href="/europe/andorra/canillo/">Canillo</a>`},
		{"search form", "GET", "/", 200, `<form action="/search" role="search"><input type="search" name="q" placeholder="Search countries and regions" aria-label="Search countries and regions" value=""> <button type="submit">`},
		{"search for nothing", "GET", "/search", 400, "?q="},
		{"only the root has search", "GET", "/europe/search?q=a", 404, "Not Found"},
		{"missing", "GET", "/europe/atlantis", 404, "/europe/atlantis"},
		{"unreadable", "GET", "/%FF", 400, "Bad Request"},
		{"wrong method", "DELETE", "/europe", 405, "Method Not Allowed"},
		{"text is escaped", "GET", "/search?q=%3Cscript%3E", 200, "&lt;script&gt;"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, app.In(t).Request(test.method, test.target).Status(test.status).Body, test.contains)
		})
	}
}

func TestLinksUnderAPrefix(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	w := httptest.NewRecorder()
	http.StripPrefix("/world", app).ServeHTTP(w, httptest.NewRequest("GET", "/world/europe", nil))
	assert.Contains(t, w.Body.String(), `href="/world/europe/andorra/"`)
}

func TestEveryPlaceHasAPage(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	var visit func(path string)
	visited := 0
	visit = func(path string) {
		var place placeJSON
		app.Get(path + "@@json").Status(http.StatusOK).Decode(&place)
		visited++
		if place.Kind == "continent" && visited > 2 {
			return // one whole continent is enough
		}
		for _, child := range place.Children {
			visit(child.Path)
		}
	}
	visit("/")
	assert.Greater(t, visited, 500)
}

func TestContainerContract(t *testing.T) {
	t.Parallel()
	world, err := readWorld()
	require.NoError(t, err)
	assert.NoError(t, traversaltest.Check(t.Context(), world, traversaltest.Options{}))
}
