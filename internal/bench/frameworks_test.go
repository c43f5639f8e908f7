package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/julienschmidt/httprouter"
	"github.com/labstack/echo/v5"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
)

// endpoint is a method and a pattern with braces ("/users/{id}"). Its response is the values of its
// markers, one per line, or JSON.
type endpoint struct {
	method, pattern string
	json            bool
}

func (e endpoint) markers() []string {
	var names []string
	for part := range strings.SplitSeq(e.pattern, "/") {
		if strings.HasPrefix(part, "{") {
			names = append(names, strings.Trim(part, "{}"))
		}
	}
	return names
}

// colons returns the pattern in the syntax of httprouter, gin and echo.
func (e endpoint) colons() string {
	return strings.NewReplacer("{", ":", "}", "").Replace(e.pattern)
}

// document is the response of the JSON endpoints.
type document struct {
	Name    string   `json:"name"`
	Version int      `json:"version"`
	Tags    []string `json:"tags"`
}

var theDocument = document{Name: "Front", Version: 3, Tags: []string{"a", "b"}}

// joined joins the values of the markers, one per line.
func joined(names []string, value func(string) string) string {
	switch len(names) {
	case 0:
		return "ok"
	case 1:
		return value(names[0])
	}
	values := make([]string, len(names))
	for i, name := range names {
		values[i] = value(name)
	}
	return strings.Join(values, "\n")
}

// contender builds a handler for the endpoints of a load, inside its middleware, which does
// nothing.
type contender struct {
	name string
	make func(t testing.TB, l load) http.Handler
}

var (
	mastabas = []contender{{"mastaba", makeMastaba}, {"recycled", makeRecycled}}
	others   = []contender{
		{"ServeMux", makeMux}, {"httprouter", makeHTTPRouter}, {"gin", makeGin}, {"echo", makeEcho}, {"chi", makeChi},
	}
)

func makeMastaba(t testing.TB, l load) http.Handler { return makeOurs(t, l, false) }

// makeRecycled is makeMastaba with requests that are used again, as gin and echo do.
func makeRecycled(t testing.TB, l load) http.Handler { return makeOurs(t, l, true) }

func makeOurs(t testing.TB, l load, recycle bool) http.Handler {
	log := zerolog.Nop()
	config := framework.New(framework.Options{Logger: &log, RecycleRequests: recycle})
	if l.endpoints == nil {
		root := tree(l.depth)
		config.SetRootFactory(func(*framework.Request) (traversal.Resource, error) { return root, nil })
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("ok"), nil }))
	}
	seen := map[string]bool{}
	for _, e := range l.endpoints {
		if !seen[e.pattern] {
			seen[e.pattern] = true
			config.AddRoute(e.pattern, e.pattern)
		}
		if e.json {
			config.AddView(views.Func(func(*framework.Request) (*document, error) { return &theDocument, nil }), views.Route(e.pattern), views.Method(e.method))
			continue
		}
		names := e.markers()
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			return r.Text(joined(names, r.Param)), nil
		}), views.Route(e.pattern), views.Method(e.method))
	}
	for i := range l.middleware {
		config.AddTween(fmt.Sprint("noop", i), tweens.Wrap(func(next framework.Handler) framework.Handler {
			return func(r *framework.Request) (*framework.Response, error) { return next(r) }
		}))
	}
	app, err := config.App()
	require.NoError(t, err)
	return app
}

// tree returns a tree in memory with one path, "/child/child" for depth 2.
func tree(depth int) traversal.Resource {
	root := traversal.Map{}
	for range depth {
		root = traversal.Map{"child": root}
	}
	return root
}

func noop(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(w, r) })
}

func wrapped(h http.Handler, middleware int) http.Handler {
	for range middleware {
		h = noop(h)
	}
	return h
}

var (
	plainText = []string{"text/plain; charset=utf-8"}
	jsonType  = []string{"application/json"}
)

func writeText(w http.ResponseWriter, text string) {
	w.Header()["Content-Type"] = plainText
	_, _ = io.WriteString(w, text)
}

func writeJSON(w http.ResponseWriter, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header()["Content-Type"] = jsonType
	_, _ = w.Write(text)
}

func makeMux(_ testing.TB, l load) http.Handler {
	mux := http.NewServeMux()
	for _, e := range l.endpoints {
		names, pattern := e.markers(), e.pattern
		if strings.HasSuffix(pattern, "/") {
			pattern += "{$}"
		}
		mux.HandleFunc(e.method+" "+pattern, func(w http.ResponseWriter, r *http.Request) {
			if e.json {
				writeJSON(w, &theDocument)
				return
			}
			writeText(w, joined(names, r.PathValue))
		})
	}
	return wrapped(mux, l.middleware)
}

func makeHTTPRouter(_ testing.TB, l load) http.Handler {
	router := httprouter.New()
	for _, e := range l.endpoints {
		names := e.markers()
		router.Handle(e.method, e.colons(), func(w http.ResponseWriter, _ *http.Request, params httprouter.Params) {
			if e.json {
				writeJSON(w, &theDocument)
				return
			}
			writeText(w, joined(names, params.ByName))
		})
	}
	return wrapped(router, l.middleware)
}

func makeGin(_ testing.TB, l load) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	for range l.middleware {
		engine.Use(func(c *gin.Context) { c.Next() })
	}
	for _, e := range l.endpoints {
		names := e.markers()
		engine.Handle(e.method, e.colons(), func(c *gin.Context) {
			if e.json {
				c.JSON(http.StatusOK, &theDocument)
				return
			}
			c.Writer.Header()["Content-Type"] = plainText
			c.Writer.WriteHeader(http.StatusOK)
			_, _ = c.Writer.WriteString(joined(names, c.Param))
		})
	}
	return engine
}

func makeEcho(_ testing.TB, l load) http.Handler {
	e := echo.New()
	for range l.middleware {
		e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
			return func(c *echo.Context) error { return next(c) }
		})
	}
	for _, ep := range l.endpoints {
		names := ep.markers()
		e.Add(ep.method, ep.colons(), func(c *echo.Context) error {
			if ep.json {
				return c.JSON(http.StatusOK, &theDocument)
			}
			return c.String(http.StatusOK, joined(names, c.Param))
		})
	}
	return e
}

func makeChi(_ testing.TB, l load) http.Handler {
	router := chi.NewRouter()
	for range l.middleware {
		router.Use(noop)
	}
	for _, e := range l.endpoints {
		names := e.markers()
		router.MethodFunc(e.method, e.pattern, func(w http.ResponseWriter, r *http.Request) {
			if e.json {
				writeJSON(w, &theDocument)
				return
			}
			writeText(w, joined(names, func(name string) string { return chi.URLParam(r, name) }))
		})
	}
	return router
}
