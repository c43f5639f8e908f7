package views_test

import (
	"fmt"
	"reflect"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// A library: content and containers, and the book, which is both.
type (
	thing   interface{ thing() }
	content interface {
		thing
		content()
	}
	container interface {
		thing
		container()
	}

	shelf    struct{ _ string }
	book     struct{ shelf }
	document struct{ text string }
	image    struct{ document }
	special  struct{ image }
)

func (*shelf) thing()      {}
func (*shelf) container()  {}
func (*book) content()     {}
func (*document) thing()   {}
func (*document) content() {}

func library(c registry.Recorder) {
	views.Inherit(c, func(b *book) *shelf { return &b.shelf })
	views.Inherit(c, func(i *image) *document { return &i.document })
	views.Inherit(c, func(s *special) *image { return &s.image })
}

func named(of any) string { return fmt.Sprintf("%T", of)[len("*views_test."):] }

func TestLookupByType(t *testing.T) {
	t.Parallel()
	forType := map[string]views.Option{
		"any": views.Group(), "thing": views.For[thing](), "content": views.For[content](), "container": views.For[container](),
		"shelf": views.For[*shelf](), "book": views.For[*book](), "document": views.For[*document](), "image": views.For[*image](),
	}
	tests := map[string]struct {
		views []string
		want  map[any]string
	}{
		"the class beats what it inherits from, that beats any": {
			[]string{"any", "shelf", "document", "image"},
			map[any]string{&shelf{}: "shelf", &book{}: "shelf", &document{}: "document", &image{}: "image", &special{}: "image", &page{}: "any"},
		},
		"the class itself beats interfaces": {
			[]string{"content", "document", "container", "any"},
			map[any]string{&document{}: "document", &image{}: "document", &shelf{}: "container"},
		},
		"a wider interface comes later": {
			[]string{"thing", "content", "image"},
			map[any]string{&document{}: "content", &image{}: "image", &shelf{}: "thing", &page{}: "[404]"},
		},
		"what is inherited beats interfaces": {
			[]string{"shelf", "content"},
			map[any]string{&book{}: "shelf", &shelf{}: "shelf", &document{}: "content"},
		},
		"nothing fits": {
			[]string{"image"},
			map[any]string{&document{}: "[404]", &special{}: "image"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reg := build(t, func(c *registry.Config) {
				library(c)
				for _, v := range tt.views {
					views.Add(c, say(v), forType[v])
				}
			})
			for res, want := range tt.want {
				for range 2 { // at first sight, and as it is kept
					assert.Equal(t, want, req{res: res}.result(t, reg), "%T", res)
				}
			}
		})
	}
}

func TestOrderOfTypes(t *testing.T) {
	t.Parallel()
	declare := func(c *registry.Config) {
		library(c)
		for _, v := range []struct {
			name string
			typ  views.Option
		}{{"shelf", views.For[*shelf]()}, {"container", views.For[container]()}, {"content", views.For[content]()}, {"thing", views.For[thing]()}} {
			views.Add(c, say(v.name), v.typ, views.Param(v.name))
		}
		views.Add(c, say("any"))
	}
	ordered := build(t, func(c *registry.Config) {
		declare(c)
		views.Order[*book](c, reflect.TypeFor[content](), reflect.TypeFor[*shelf](), reflect.TypeFor[container]())
	})
	for query, want := range map[string]string{
		"/?shelf&container&content&thing": "content",
		"/?shelf&container&thing":         "shelf",
		"/?container&thing":               "container",
		"/?thing":                         "thing",
		"/":                               "any",
	} {
		assert.Equal(t, want, req{line: query, res: &book{}}.result(t, ordered), query)
	}

	text := refused(t, func(c *registry.Config) {
		declare(c)
		views.Order[*shelf](c, reflect.TypeFor[content](), reflect.TypeFor[thing](), reflect.TypeFor[thing]())
		views.Order[*book](c, nil)
		views.Order[thing](c)
	})
	assert.Contains(t, text, "nil type")
	assert.Contains(t, text, "want a concrete type, not an interface")
	text = refused(t, func(c *registry.Config) {
		views.Order[*shelf](c, reflect.TypeFor[content](), reflect.TypeFor[thing](), reflect.TypeFor[thing]())
	})
	assert.Contains(t, text, "order of views for *views_test.shelf: views for views_test.content do not serve it")
	assert.Contains(t, text, "views_test.thing is listed twice")
	assert.Contains(t, text, "lookup_test.go:")
}

func TestTies(t *testing.T) {
	t.Parallel()
	declare := func(c *registry.Config) {
		views.Add(c, say("container"), views.For[container]())
		views.Add(c, say("content"), views.For[content]())
	}
	t.Run("of a declared type are refused", func(t *testing.T) {
		t.Parallel()
		text := refused(t, func(c *registry.Config) {
			declare(c)
			views.Resource[*book](c)
		})
		assert.Contains(t, text, "default view for views_test.container and default view for views_test.content both serve *views_test.book")
		assert.Contains(t, text, "neither views_test.container nor views_test.content is narrower")
		assert.Contains(t, text, "add views.Order[*views_test.book](c, …)")
		assert.Regexp(t, `declared at \S*lookup_test\.go:(\d+)\n\s+and at \S*lookup_test\.go:(\d+)`, text)
	})
	t.Run("are told at first sight", func(t *testing.T) {
		t.Parallel()
		reg := build(t, declare)
		assert.Equal(t, "container", req{res: &shelf{}}.result(t, reg))
		for range 2 {
			_, err := views.TableOf(reg).Call(req{res: &book{}}.of(reg))
			require.ErrorContains(t, err, "add views.Order[*views_test.book]")
			_, known := web.StatusOf(err)
			assert.False(t, known, "a mistake of the server")
		}
	})
	t.Run("of a type with views on the route are warnings", func(t *testing.T) {
		t.Parallel()
		at := func(c *registry.Config, line int) *registry.Config {
			return c.At(registry.Source{File: "v.go", Line: line})
		}
		reg := build(t, func(c *registry.Config) {
			declare(c)
			views.Add(at(c, 1), say("edit"), views.For[*book](), views.Name("edit"))
			views.Add(at(c, 2), say("copy"), views.For[*book](), views.Name("copy"))
			views.Add(at(c, 3), say("shelf"), views.For[*shelf](), views.Name("edit"))
		})
		got := reg.Warnings()
		require.Len(t, got, 1)
		assert.Equal(t, "v.go:1", got[0].Source.String())
		assert.Contains(t, got[0].Text, "both serve *views_test.book, and neither views_test.container nor views_test.content is narrower: "+
			"add views.Order[*views_test.book](c, …), or a view for *views_test.book itself\n")

		for name, more := range map[string]func(*registry.Config){
			"an order": func(c *registry.Config) {
				views.Order[*book](c, reflect.TypeFor[content](), reflect.TypeFor[container]())
			},
			"its own view": func(c *registry.Config) { views.Add(c, say("book"), views.For[*book]()) },
		} {
			assert.Empty(t, build(t, func(c *registry.Config) {
				declare(c)
				views.Add(c, say("edit"), views.For[*book](), views.Name("edit"))
				more(c)
			}).Warnings(), name)
		}
	})
	t.Run("that are never reached do no harm", func(t *testing.T) {
		t.Parallel()
		reg := build(t, func(c *registry.Config) {
			declare(c)
			views.Add(c, say("book"), views.For[*book]())
			views.Resource[*book](c)
		})
		assert.Equal(t, "book", req{res: &book{}}.result(t, reg))
	})
	t.Run("of different names are not ties", func(t *testing.T) {
		t.Parallel()
		reg := build(t, func(c *registry.Config) {
			views.Resource[*book](c)
			views.Resource[*book](c)
			views.Add(c, say("container"), views.For[container](), views.Name("a"))
			views.Add(c, say("content"), views.For[content](), views.Name("b"))
		})
		assert.Equal(t, "content", req{res: &book{}, name: "b"}.result(t, reg))
	})
}

type content2 interface {
	content()
	thing()
}

func TestInterfacesWithTheSameMethods(t *testing.T) {
	t.Parallel()
	text := refused(t, func(c *registry.Config) {
		views.Add(c, say("1"), views.For[content](), views.Name("a"))
		views.Add(c, say("2"), views.For[content2](), views.Name("b"))
		views.Add(c, say("3"), views.For[container](), views.Name("b"))
	})
	assert.Contains(t, text, `view "b" for views_test.content2: views_test.content2 has the same methods as views_test.content`)
	assert.NotContains(t, text, "container")
}

func TestInherit(t *testing.T) {
	t.Parallel()
	t.Run("hands the inherited value to the view", func(t *testing.T) {
		t.Parallel()
		reg := build(t, func(c *registry.Config) {
			library(c)
			views.Add(c, views.On(func(r *web.Request, d *document) (*web.Response, error) {
				return r.Text(d.text + " of " + named(r.Resource())), nil
			}))
		})
		s := &special{image{document{"text"}}}
		assert.Equal(t, "text of special", req{res: s}.result(t, reg))
		assert.Equal(t, "text of document", req{res: &s.document}.result(t, reg))
	})
	t.Run("counts for containment", func(t *testing.T) {
		t.Parallel()
		reg := build(t, func(c *registry.Config) {
			library(c)
			views.Add(c, say("in a shelf"), views.Containment[*shelf]())
		})
		assert.Equal(t, "in a shelf", req{res: &book{}}.result(t, reg))
		assert.Equal(t, "[404]", req{res: &image{}}.result(t, reg))
	})
	t.Run("of nothing is an error", func(t *testing.T) {
		t.Parallel()
		reg := build(t, func(c *registry.Config) {
			views.Inherit(c, func(*page) *document { return nil })
			views.Add(c, say("x"), views.For[*document]())
		})
		_, err := views.TableOf(reg).Call(req{res: &page{}}.of(reg))
		assert.ErrorContains(t, err, "inherit *views_test.page from *views_test.document: the function returned nil")
	})
	t.Run("of two, the first declared comes first", func(t *testing.T) {
		t.Parallel()
		reg := build(t, func(c *registry.Config) {
			views.Inherit(c, func(*page) *document { return &document{} })
			views.Inherit(c, func(*page) *shelf { return &shelf{} })
			views.Add(c, say("shelf"), views.For[*shelf]())
			views.Add(c, say("document"), views.For[*document]())
		})
		assert.Equal(t, "document", req{res: &page{}}.result(t, reg))
	})
	t.Run("again after a commit replaces", func(t *testing.T) {
		t.Parallel()
		reg := build(t, func(c *registry.Config) {
			views.Inherit(c, func(*page) *document { return &document{"old"} })
			c.Commit()
			views.Inherit(c, func(*page) *document { return &document{"new"} })
			views.Add(c, views.On(func(r *web.Request, d *document) (*web.Response, error) { return r.Text(d.text), nil }))
		})
		assert.Equal(t, "new", req{res: &page{}}.result(t, reg))
	})
	t.Run("refuses nonsense", func(t *testing.T) {
		t.Parallel()
		text := refused(t, func(c *registry.Config) {
			views.Inherit[*page, *document](c, nil)
			views.Inherit(c, func(x thing) *document { return nil })
			views.Inherit(c, func(x *document) thing { return x })
			views.Inherit(c, func(x *document) *document { return x })
			views.Resource[thing](c)
		})
		for _, want := range []string{
			"inherit *views_test.page from *views_test.document: nil function",
			"views_test.thing is an interface: its views already serve",
			"views_test.thing is an interface: implement it in *views_test.document instead",
			"inherit *views_test.document from itself",
			"resource views_test.thing: want a concrete type, not an interface",
		} {
			assert.Contains(t, text, want)
		}
		text = refused(t, func(c *registry.Config) {
			views.Inherit(c, func(*page) *document { return nil })
			views.Inherit(c, func(*document) *page { return nil })
		})
		assert.Contains(t, text, "cycle: ")
		text = refused(t, func(c *registry.Config) {
			views.Inherit(c, func(*page) *document { return nil })
			views.Inherit(c, func(*page) *document { return nil })
		})
		assert.Contains(t, text, "inheritance of *views_test.page from *views_test.document registered twice")
	})
}

func TestLookupByRoute(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("global page"), views.For[*page]())
		views.Add(c, say("any of route"), views.Route("r"), views.Param("r"))
		views.Add(c, say("global named"), views.Name("n"))
	})
	route := func(global bool) *web.Match { return &web.Match{Routed: &web.Routed{Route: "r", GlobalViews: global}} }
	tests := map[string]struct {
		rq   req
		want string
	}{
		"any of the route beats the exact class elsewhere": {req{line: "/?r", match: route(true)}, "any of route"},
		"then views without a route":                       {req{match: route(true)}, "global page"},
		"but only if the route asks for them":              {req{match: route(false)}, "[404]"},
		"without a match, only those":                      {req{line: "/?r"}, "global page"},
		"another route":                                    {req{match: &web.Match{Routed: &web.Routed{Route: "s"}}}, "[404]"},
		"a name the route does not have":                   {req{name: "n", match: route(true)}, "global named"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.rq.res = &page{}
			assert.Equal(t, tt.want, tt.rq.result(t, reg))
		})
	}
}

func TestSearchFallsThrough(t *testing.T) {
	t.Parallel()
	raise := func(err error) views.View {
		return views.Func(func(*web.Request) (*web.Response, error) { return nil, err })
	}
	reg := build(t, func(c *registry.Config) {
		library(c)
		views.Add(c, say("image"), views.For[*image](), views.Param("a"))
		views.Add(c, say("document"), views.For[*document](), views.Param("b"))
		views.Add(c, say("content"), views.For[content](), views.Param("c"))
		views.Add(c, raise(web.NotFound("")), views.For[content](), views.Param("missing"))
		views.Add(c, raise(views.ErrMismatch), views.For[content](), views.Param("not-me"))
		views.Add(c, say("secret"), views.For[content](), views.Param("secret"), views.Permission("see"))
		views.Add(c, say("any"))
	})
	for query, want := range map[string]string{
		"/?a&b&c":        "image",
		"/?b&c":          "document",
		"/?c":            "content",
		"/":              "any",
		"/?missing":      "[404]",
		"/?not-me":       "any",
		"/?secret":       "[403]",
		"/?not-me&c=1":   "content",
		"/?secret&a":     "image",
		"/?missing&b=10": "document",
	} {
		assert.Equal(t, want, req{line: query, res: &image{}, policy: policy{}}.result(t, reg), query)
	}
}

// A view that matches every request ends the search, unless it does not handle this one.
func TestSearchBehindAViewForEveryRequest(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("book"), views.For[*book]())
		views.Add(c, views.Func(func(r *web.Request) (*web.Response, error) {
			return nil, views.ErrMismatch
		}), views.For[*book](), views.Name("passes"))
		for _, name := range []string{"", "passes"} {
			views.Add(c, say("container"), views.For[container](), views.Name(name), views.Method("DELETE"))
			views.Add(c, say("content"), views.For[content](), views.Name(name), views.Method("PUT"))
			views.Add(c, say("tunnel"), views.Name(name), views.Method("CONNECT", "GET"))
		}
		views.Resource[*book](c)
	})
	for _, tt := range []struct{ line, name, want string }{
		{"/", "", "book"},
		{"CONNECT /", "", "tunnel"},
		{"TRACE /", "", "[405]"},
		{"/", "passes", "tunnel"},
		{"PUT /", "passes", "content"},
		{"DELETE /", "passes", "container"},
		{"POST /", "passes", "[405]"},
	} {
		a := req{line: tt.line, name: tt.name, res: &book{}}
		assert.Equal(t, tt.want, a.result(t, reg), "%v", tt)
		if tt.want == "[405]" {
			_, err := views.TableOf(reg).Call(a.of(reg))
			var refusal *web.HTTPError
			require.ErrorAs(t, err, &refusal)
			assert.Contains(t, refusal.Header("Allow"), "CONNECT, DELETE, GET")
		}
	}
	assert.Equal(t, []string{"default view for *views_test.book: fits"}, candidates(reg, req{res: &book{}}.of(reg)), "the search does not go on")
}

func TestViewsOfALaterRoundReplaceInPlace(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("1"), views.Param("a"))
		views.Add(c, say("2"), views.Param("b"))
		c.Commit()
		views.Add(c, say("1 anew"), views.Param("a"))
	})
	assert.Equal(t, "1 anew", req{line: "/?a&b", res: &page{}}.result(t, reg), "same weight: the place decides")
}

func TestTypesFirstMetConcurrently(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		library(c)
		views.Add(c, say("thing"), views.For[thing]())
		views.Add(c, say("document"), views.For[*document]())
		views.Add(c, say("any"))
	})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for res, want := range map[any]string{&shelf{}: "thing", &book{}: "thing", &image{}: "document", &special{}: "document", &page{}: "any", 7: "any", "x": "any"} {
				assert.Equal(t, want, req{res: res}.result(t, reg))
				assert.Equal(t, "[404]", req{res: res, name: "nothing"}.result(t, reg))
			}
		})
	}
	wg.Wait()
}

func TestTableWithoutViews(t *testing.T) {
	t.Parallel()
	reg := build(t, func(*registry.Config) {})
	assert.Equal(t, "[404]", req{res: &page{}}.result(t, reg))
	assert.Equal(t, "[404]", req{}.result(t, reg))
}

func TestLookupAllocatesNothing(t *testing.T) {
	resp := web.Respond(200)
	reg := build(t, func(c *registry.Config) {
		view := views.Func(func(*web.Request) (*web.Response, error) { return resp, nil })
		views.Add(c, view, views.For[*page]())
		views.Add(c, view, views.Name("m"), views.Method("POST"))
		views.Add(c, view, views.Name("m"), views.Method("PUT"), views.Header("X-A"))
		views.Add(c, view, views.Name("m"), views.Header("X-A:1"))
		views.Add(c, view, views.Name("m"))
	})
	table := views.TableOf(reg)
	for _, name := range []string{"", "m"} {
		r := req{res: &page{}, name: name}.of(reg)
		assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = table.Call(r) }), name)
	}
}

func TestCallBeforeTheTableIsComplete(t *testing.T) {
	t.Parallel()
	c := registry.New(registry.Options{})
	views.Add(c, say("x"))
	var early error
	c.Declare(registry.Declaration{Run: func(_ *registry.Config, reg *registry.Registry) error {
		_, early = views.TableOf(reg).Call(req{res: &page{}}.of(reg))
		return nil
	}})
	reg, err := c.Build()
	require.NoError(t, err)
	require.ErrorContains(t, early, "the view table is not complete")
	assert.Equal(t, "x", req{res: &page{}}.result(t, reg))
}
