package conditional_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/internal/rfc9110"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/conditional"
	"github.com/mastaba-go/mastaba/views/web"
)

var yesterday = time.Date(2026, 3, 1, 12, 0, 0, 500, time.UTC)

// page has a version and a date.
type page struct {
	version string
	date    time.Time
	err     error
	asked   int
}

func (p *page) Version(context.Context) (string, error)     { p.asked++; return p.version, p.err }
func (p *page) Modified(context.Context) (time.Time, error) { return p.date, nil }

// plain has neither.
type plain struct{}

// site is an application whose views count how often they ran.
type site struct {
	*frameworktest.App
	page *page
	runs int
}

func newSite(t *testing.T, o conditional.Options) *site {
	s := &site{page: &page{version: "7", date: yesterday}}
	config := framework.New(framework.Options{Root: frameworktest.Root(traversal.Map{"page": s.page})})
	show := func(contentType string) views.View {
		return views.On(func(r *web.Request, p *page) (*web.Response, error) {
			s.runs++
			return r.Bytes(contentType, []byte("body")), nil
		})
	}
	config.AddView(show("text/plain"), views.Method("GET"), conditional.Check(o))
	config.AddView(show("text/html"), views.Method("GET"), views.Name("both"), views.Accept("text/html"), conditional.Check(o))
	config.AddView(show("application/json"), views.Method("GET"), views.Name("both"), views.Accept("application/json"), conditional.Check(o))
	config.AddView(views.On(func(r *web.Request, p *page) (*web.Response, error) {
		s.runs++
		state, ok := conditional.StateOf(r)
		assert.True(t, ok)
		assert.Equal(t, p.version, state.Version)
		p.version = "8"
		return r.Empty(http.StatusNoContent), nil
	}), views.Method("PUT", "DELETE"), conditional.Check(o))
	s.App = frameworktest.New(t, config)
	return s
}

func (s *site) send(method, path string, header ...string) *frameworktest.Response {
	hr := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		hr.Header.Add(header[i], header[i+1])
	}
	return s.Send(hr)
}

func TestReads(t *testing.T) {
	t.Parallel()
	s := newSite(t, conditional.Options{})
	first := s.send("GET", "/page")
	first.Status(200)
	assert.Equal(t, `"7"`, first.Header.Get("ETag"))
	assert.Equal(t, "Sun, 01 Mar 2026 12:00:00 GMT", first.Header.Get("Last-Modified"))
	assert.Equal(t, 1, s.runs)

	for _, tag := range []string{`"7"`, `W/"7"`, `"1", "7"`, "*"} {
		again := s.send("GET", "/page", "If-None-Match", tag).Status(304)
		assert.Equal(t, `"7"`, again.Header.Get("ETag"), tag)
		assert.Empty(t, again.Body)
	}
	s.send("GET", "/page", "If-Modified-Since", "Sun, 01 Mar 2026 12:00:00 GMT").Status(304)
	assert.Equal(t, 1, s.runs, "the view does not run for a 304")

	s.send("GET", "/page", "If-None-Match", `"70"`, "If-Modified-Since", "Sun, 01 Mar 2026 12:00:00 GMT").Status(200)
	s.send("HEAD", "/page", "If-None-Match", `"7"`).Status(304)
	s.page.version = "a version, with <odd> characters"
	odd := s.send("GET", "/page", "If-None-Match", `"7"`).Status(200).Header.Get("ETag")
	assert.Regexp(t, `^"~[\w.]{16}"$`, odd)
	s.send("GET", "/page", "If-None-Match", odd).Status(304)
	s.page.version = ""
	assert.Empty(t, s.send("GET", "/page").Status(200).Header.Get("ETag"))
	s.page.err = errors.New("no database")
	s.send("GET", "/page").Status(500)
}

func TestWrites(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, value string
		want        int
	}{
		{"If-Match", `"7"`, 204},
		{"If-Match", `"6", "7"`, 204},
		{"If-Match", "*", 204},
		{"If-Match", `"7-of another representation"`, 204},
		{"If-Match", `"6"`, 412},
		{"If-Match", `W/"7"`, 412}, // needs a strong comparison
		{"If-Match", "", 412},
		{"If-Match", `7`, 412},
		{"If-Unmodified-Since", "Sun, 01 Mar 2026 12:00:00 GMT", 204},
		{"If-Unmodified-Since", "Sun, 01 Mar 2026 11:59:59 GMT", 412},
		{"If-Unmodified-Since", "no date", 204},
		{"If-None-Match", "*", 412},
		{"If-None-Match", `"7"`, 412},
		{"If-None-Match", `"6"`, 204},
		{"If-Modified-Since", "Sun, 01 Mar 2026 12:00:00 GMT", 204}, // for GET and HEAD only
	} {
		for _, method := range []string{"PUT", "DELETE"} {
			s := newSite(t, conditional.Options{})
			resp := s.send(method, "/page", tt.name, tt.value)
			assert.Equal(t, tt.want, resp.Code, "%s %s: %s", method, tt.name, tt.value)
			assert.Equal(t, tt.want == 204, s.runs == 1)
		}
	}
	s := newSite(t, conditional.Options{})
	s.page.version, s.page.date = "", time.Time{}
	s.send("PUT", "/page", "If-Match", `""`).Status(412)
	s.send("PUT", "/page", "If-Match", "*").Status(204)
}

func TestLostUpdate(t *testing.T) {
	t.Parallel()
	s := newSite(t, conditional.Options{Require: true})
	tag := s.send("GET", "/page/both", "Accept", "application/json").Status(200).Header.Get("ETag")
	assert.Contains(t, s.send("PUT", "/page").Status(428).Body, "If-Match")
	s.send("PUT", "/page", "If-Match", tag).Status(204)
	s.send("PUT", "/page", "If-Match", tag).Status(412)
	assert.Equal(t, "8", s.page.version)
}

func TestRepresentations(t *testing.T) {
	t.Parallel()
	s := newSite(t, conditional.Options{})
	html := s.send("GET", "/page/both", "Accept", "text/html").Status(200)
	json := s.send("GET", "/page/both", "Accept", "application/json").Status(200)
	assert.NotEqual(t, html.Header.Get("ETag"), json.Header.Get("ETag"))
	s.send("GET", "/page/both", "Accept", "application/json", "If-None-Match", html.Header.Get("ETag")).Status(200)
	again := s.send("GET", "/page/both", "Accept", "text/html", "If-None-Match", html.Header.Get("ETag")).Status(304)
	assert.Equal(t, "Accept", again.Header.Get("Vary"))
}

func TestBy(t *testing.T) {
	t.Parallel()
	user, broken := "alice", error(nil)
	s := newSite(t, conditional.Options{Weak: true, By: func(*web.Request) (string, error) { return user, broken }})
	tag := s.send("GET", "/page").Status(200).Header.Get("ETag")
	assert.Regexp(t, `^W/"7-[\w.]{16}"$`, tag)
	s.send("GET", "/page", "If-None-Match", tag).Status(304)
	s.send("PUT", "/page", "If-Match", tag).Status(412)
	user = "bob"
	s.send("GET", "/page", "If-None-Match", tag).Status(200)
	s.page.version = ""
	assert.Empty(t, s.send("GET", "/page", "If-Modified-Since", time.Now().UTC().Format(http.TimeFormat)).Status(200).Header.Get("Last-Modified"))
	broken = errors.New("no user")
	s.send("GET", "/page").Status(500)
}

// A time is that of the resource, so it gives nobody a 304 for the page of another user.
func TestTimesDoNotMixUsers(t *testing.T) {
	t.Parallel()
	user := "alice"
	s := newSite(t, conditional.Options{By: func(*web.Request) (string, error) { return user, nil }})
	first := s.send("GET", "/page").Status(200)
	assert.Empty(t, first.Header.Get("Last-Modified"))
	user = "bob"
	now := time.Now().UTC().Format(http.TimeFormat)
	second := s.send("GET", "/page", "If-Modified-Since", now).Status(200)
	assert.NotEqual(t, first.Header.Get("ETag"), second.Header.Get("ETag"))
	s.send("PUT", "/page", "If-Unmodified-Since", yesterday.Add(-time.Hour).Format(http.TimeFormat)).Status(412)
}

// A date that cannot be compared does not pass for a condition: the write would be unconditional.
func TestRequireTakesOnlyConditionsThatCount(t *testing.T) {
	t.Parallel()
	s := newSite(t, conditional.Options{Require: true})
	later := time.Now().UTC().Format(http.TimeFormat)
	s.send("PUT", "/page", "If-Unmodified-Since", "soon").Status(428)
	s.page.date = time.Time{}
	s.send("PUT", "/page", "If-Unmodified-Since", later).Status(428)
	assert.Equal(t, "7", s.page.version)
	s.page.date = yesterday
	s.send("PUT", "/page", "If-Unmodified-Since", later).Status(204)
}

// Permission and CSRF come first: a condition reveals nothing.
func TestPermissionComesFirst(t *testing.T) {
	t.Parallel()
	s := &page{version: "7"}
	config := framework.New(framework.Options{Root: frameworktest.Root(s), Security: frameworktest.Policy{"alice": {"view"}}})
	config.AddView(views.On(func(r *web.Request, _ *page) (*web.Response, error) { return r.Text("secret"), nil }),
		views.Permission("view"), conditional.Check(conditional.Options{}))
	app := frameworktest.New(t, config)
	app.Get("/", frameworktest.Header("If-None-Match", `"7"`)).Status(403)
	app.Get("/", frameworktest.Header("If-Match", `"6"`)).Status(403)
	app.Get("/", frameworktest.Header("If-None-Match", `"7"`), frameworktest.As("alice")).Status(304)
	assert.Equal(t, 1, s.asked)
}

func TestOnlySuccessHasValidators(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{Root: frameworktest.Root(&page{version: "7", date: yesterday})})
	config.AddView(views.On(func(r *web.Request, _ *page) (*web.Response, error) {
		switch r.URL.RawQuery {
		case "missing":
			return nil, web.NotFound("")
		case "own":
			resp := r.Text("own")
			resp.SetHeader("ETag", `"own"`)
			return resp, nil
		}
		return r.Redirect(http.StatusSeeOther, "/elsewhere"), nil
	}), conditional.Check(conditional.Options{}))
	app := frameworktest.New(t, config)
	assert.Empty(t, app.Get("/?missing").Status(404).Header.Get("ETag"))
	assert.Empty(t, app.Get("/").Status(303).Header.Get("ETag"))
	assert.Equal(t, `"own"`, app.Get("/?own").Status(200).Header.Get("ETag"))
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	text := views.Func(func(r *web.Request) (*web.Response, error) { return r.Text(""), nil })
	check := conditional.Check(conditional.Options{})
	for want, declare := range map[string]func(c *framework.Configurator){
		`conditional.Check: *conditional_test.plain has no version: add a method Version(context.Context) (string, error)`: func(c *framework.Configurator) {
			c.AddView(text, views.For[*plain](), check)
		},
		"an error view has no version": func(c *framework.Configurator) { c.AddNotFoundView(text, check) },
		"the response of a view with views.Wrapper is not what is sent": func(c *framework.Configurator) {
			c.AddView(text, views.For[*page](), views.Wrapper("layout"), check)
		},
		"state of error: want a concrete type": func(c *framework.Configurator) {
			conditional.For(c, func(context.Context, error) (conditional.State, error) { return conditional.State{}, nil })
		},
		"state of *conditional_test.plain: nil function": func(c *framework.Configurator) { conditional.For[*plain](c, nil) },
	} {
		config := framework.New(framework.Options{})
		declare(config)
		_, err := config.App()
		require.ErrorContains(t, err, want)
		assert.ErrorContains(t, err, "check_test.go:")
	}
}

// The responses to random conditions are those of a plain model of RFC 9110.
func TestFollowsRFC9110(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	s := newSite(t, conditional.Options{})
	model := rfc9110.Resource{Body: "body", Type: "text/plain", Codings: []string{"gzip", "zstd", "br", "deflate"}} // "7-gzip" is a tag of version 7
	for range 3000 {
		s.page.version = []string{"7", "1.2_x", ""}[random.IntN(3)]
		s.page.date = []time.Time{yesterday.Truncate(time.Second), {}}[random.IntN(2)]
		model.ETag, model.Modified = "", s.page.date
		if s.page.version != "" {
			model.ETag = `"` + s.page.version + `"`
		}
		q := rfc9110.Generate(random, model)
		delete(q.Header, "Range") // is for whatever sends parts
		delete(q.Header, "Accept-Encoding")
		hr := httptest.NewRequest(q.Method, "/page", nil)
		hr.Header = q.Header
		resp := s.Send(hr)
		err := model.Check(q, rfc9110.Response{Status: resp.Code, Header: resp.Header, Body: []byte(resp.Body), Plain: resp.Body})
		require.NoError(t, err, "%s\n%+v", q, s.page)
	}
}

func FuzzConditions(f *testing.F) {
	for _, seed := range []string{`"7"`, `W/"7", "8"`, "*", `"7`, ", ,", `"7"x"8"`, "W/", `"a-b"`} {
		f.Add(seed)
	}
	s := newSite(&testing.T{}, conditional.Options{})
	f.Fuzz(func(t *testing.T, list string) {
		match := s.send("GET", "/page", "If-Match", list).Code
		none := s.send("GET", "/page", "If-None-Match", list).Code
		require.Contains(t, []int{200, 412}, match)
		require.Contains(t, []int{200, 304}, none)
		if match == 200 && !strings.Contains(list, "-") { // a tag of another representation
			require.Equal(t, 304, none, "a strong match is a weak one too")
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	s := newSite(&testing.T{}, conditional.Options{})
	hr := httptest.NewRequest("GET", "/page", nil)
	hr.Header.Set("If-None-Match", `"7"`)
	b.ReportAllocs()
	for b.Loop() {
		s.ServeHTTP(httptest.NewRecorder(), hr)
	}
}
