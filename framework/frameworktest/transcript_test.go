package frameworktest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// guarded is an application with users and lists.
func guarded(t frameworktest.T) *frameworktest.App {
	access := frameworktest.NewAccess(t, `
		# users and their groups
		alice: group:editors group:staff
		bob:

		/
		  allow system.Everyone view
		/a
		  allow group:editors edit
		  deny system.Everyone *
		/a/b
		/a/b/c/d
		  allow bob edit
	`)
	config := framework.New(framework.Options{Root: access.Root(), Security: access, Logger: new(frameworktest.Log).Logger()})
	show := func(r *framework.Request, p *frameworktest.Place) (*framework.Response, error) {
		return r.Text(p.Path + " " + r.Header.Get("X-Note")), nil
	}
	config.AddView(views.On(show), views.Permission("view"))
	config.AddView(views.On(show), views.Name("edit"), views.Permission("edit"), views.Method("GET"))
	config.AddView(views.On(func(r *framework.Request, p *frameworktest.Place) (*framework.Response, error) {
		form, err := r.Parameters()
		if err != nil {
			return nil, err
		}
		title, _ := form.Get("title")
		return r.Redirect(http.StatusSeeOther, p.Path+"?"+title), nil
	}), views.Name("edit"), views.Permission("edit"), views.Method("POST"))
	return frameworktest.New(t, config)
}

func TestTranscript(t *testing.T) {
	t.Parallel()
	guarded(t).Transcript(`
		GET /                                    -> 200 "/"   # the root
		GET /a                                   -> 403, denied by entry 2 of /a
		alice GET /a                             -> 403, denied by entry 2 of /a: deny system.Everyone *
		alice GET /a/b/edit                      -> 200 "/a/b"
		bob GET /a/b/edit                        -> 403, denied by entry 2 of /a
		bob GET /a/b/c/d/edit "X-Note:some note" -> 200 "some note"
		bob POST /a/b/c/d/edit title=x           -> 303 /a/b/c/d?x
		bob POST /a/b/c/d/edit "title=x y"       -> 303
		bob GET /a/none                          -> 404
		DELETE /a/b/edit                         -> 405
		GET /edit                                -> 403, denied: no entry of / or a resource above it matches
	`)
}

func TestTranscriptsThatFail(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"other responses": {
			"GET / -> 200\nalice GET /a -> 200 \"x\"\n  GET /a -> 403, denied by entry 1 of /a\nalice POST /a/edit  title=x -> 303 /b\n",
			"transcript: 3 of 4 lines differ (- wanted, + got):\n" +
				"  GET / -> 200\n" +
				"- alice GET /a -> 200 \"x\"\n" +
				"+ alice GET /a -> 403 \"403 Forbidden\\n\", denied by entry 2 of /a: deny system.Everyone *\n" +
				"- GET /a -> 403, denied by entry 1 of /a\n" +
				"+ GET /a -> 403, denied by entry 2 of /a: deny system.Everyone *\n" +
				"- alice POST /a/edit  title=x -> 303 /b\n" +
				"+ alice POST /a/edit  title=x -> 303 /a?x\n",
		},
		"no arrow":               {"GET /", "transcript, line 1: no ->:\nGET /"},
		"no status":              {"\nGET / ->", "transcript, line 2: no status"},
		"no path":                {"GET -> 200", "want [USER] METHOD PATH"},
		"a long left":            {"a b GET / -> 200", "want [USER] METHOD PATH"},
		"no field":               {"GET / x -> 200", `"x" is neither a field (name=value) nor a header (Name:value)`},
		"the reason of an error": {"POST /a -> 303", "+ POST /a -> 403"},
		"another error":          {"GET /none -> 200", `+ GET /none -> 404 "404 Not Found`},
		"no such status":         {"GET / -> ok", `invalid status "ok"`},
		"an open string":         {`GET / "x -> 200`, "a string without an end"},
		"no such user":           {"carol GET / -> 200", "unknown user carol (known: alice, bob)"},
		"an invalid path":        {"GET /%zz -> 200", "want a method and a path"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &silent{T: t}
			app := guarded(t).In(s)
			assert.Panics(t, func() { app.Transcript(tt.text) })
			assert.Contains(t, s.failed.String(), tt.want)
		})
	}
}

func TestInvalidAccess(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"alice group:editors\n/\n": `user "alice group:editors"`,
		"/\n  permit alice view\n": "line 2: ",
		"/a%2Fb\n":                 "names cannot contain a slash",
		": group:editors":          `user ": group:editors"`,
	} {
		s := &silent{T: t}
		assert.Panics(t, func() { frameworktest.NewAccess(s, text) })
		assert.Contains(t, s.failed.String(), want)
	}
}

// A denied request says who decided, also if the policy asks the client to authenticate or the
// forbidden view redirects.
func TestDenied(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{Security: frameworktest.Policy{}})
	config.AddView(views.Func(who), views.Permission("view"))
	config.AddForbiddenView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return nil, web.SeeOther("/login")
	}))
	app := frameworktest.New(t, config)
	app.Transcript(`GET / -> 303 /login`)
	config = framework.New(framework.Options{Security: frameworktest.Policy{"": {"view"}}})
	config.AddView(views.Func(who), views.Permission("view"))
	config.AddView(views.Func(who), views.Name("edit"), views.Permission("edit"))
	config.AddForbiddenView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("log in"), nil }))
	app = frameworktest.New(t, config)
	_, denied := app.Get("/").Status(200).Denied()
	assert.False(t, denied)
	d, denied := app.Get("/edit").Status(403).Denied()
	assert.True(t, denied)
	assert.Equal(t, "not granted by the test", d.Why())
	app.Transcript(`GET /edit -> 403 "log in", not granted by the test`)
}

// site is an application with a login in a cookie.
func site(t frameworktest.T) *frameworktest.App {
	config := framework.New(framework.Options{Logger: new(frameworktest.Log).Logger(), AllowedHosts: []string{"wiki.example.com", "other.example"}})
	cookie := func(name string, same http.SameSite) *http.Cookie {
		return &http.Cookie{Name: name, Value: "1", Path: "/", Secure: true, HttpOnly: true, SameSite: same}
	}
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.HTML(`<form method=post><INPUT type="hidden" value='a&amp;b">' name=token><input name="text" value=x></form>`), nil
	}), views.Name("form"))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		resp := r.Redirect(http.StatusSeeOther, "/where?x=1")
		resp.SetCookie(cookie("user", http.SameSiteLaxMode))
		resp.SetCookie(cookie("strict", http.SameSiteStrictMode))
		resp.SetCookie(cookie("none", http.SameSiteNoneMode))
		resp.SetCookie(&http.Cookie{Name: "below", Value: "1", Path: "/form", Secure: true})
		return resp, nil
	}), views.Name("login"), views.Method("POST"))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		resp := r.Redirect(http.StatusSeeOther, "/where")
		resp.SetCookie(&http.Cookie{Name: "user", Path: "/", MaxAge: -1, Secure: true})
		return resp, nil
	}), views.Name("logout"))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		var names []string
		for _, c := range r.Cookies() {
			names = append(names, c.Name)
		}
		return r.Text(strings.Join([]string{r.Scheme(), r.Host, strings.Join(names, "+"), r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin")}, " ")), nil
	}), views.Name("where"))
	return frameworktest.New(t, config)
}

// A field without a value comes from the last page that has one.
func TestBrowseFillsFields(t *testing.T) {
	t.Parallel()
	n := 0
	config := framework.New(framework.Options{Logger: new(frameworktest.Log).Logger()})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		n++
		return r.HTML(fmt.Sprintf(`<form method="post"><input type="hidden" name="token" value="%d&amp;"></form>`, n)), nil
	}), views.Method("GET"))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		form, err := r.Parameters()
		if err != nil {
			return nil, err
		}
		token, _ := form.Get("token")
		return r.Text("got " + token), nil
	}), views.Method("POST"))
	frameworktest.New(t, config).Browse(`
		alice GET /        -> 200
		alice GET /        -> 200
		bob GET /          -> 200
		alice POST / token -> 200 "got 2&"
		alice POST / token -> 200 "got 2&"   # the page before has no such field
		bob POST / token   -> 200 "got 3&"
		bob POST / token=x -> 200 "got x"
	`)
	for _, text := range []string{"alice POST / token -> 200", "GET / -> 200\nPOST / token -> 200"} {
		s := &silent{T: t}
		app := frameworktest.New(t, config).In(s)
		assert.Panics(t, func() { app.Browse(text) })
		assert.Contains(t, s.failed.String(), `got has a field "token"`)
	}
}

func TestBrowser(t *testing.T) {
	t.Parallel()
	b := site(t).Browser()
	const host = "https wiki.example.com "
	assert.Equal(t, host+" none ", b.Get("/where").Body)
	assert.Equal(t, host+" same-origin ", b.Get("/where").Body)
	assert.Equal(t, host+" same-origin https://wiki.example.com", b.Post("/where").Body)
	assert.Equal(t, `a&b">`, b.Get("/form").Field("token"))
	assert.Equal(t, "x", b.Get("/form").Field("text"))
	assert.Equal(t, host+"user+strict+none same-origin ", b.Post("/login").Status(303).Follow().Status(200).Body)
	assert.Len(t, b.Cookies("/form"), 4)
	assert.Equal(t, host+"user+strict+none same-origin https://wiki.example.com", b.In(t).Post("/where").Body)

	evil := frameworktest.From("https://evil.example")
	assert.Equal(t, host+"none cross-site https://evil.example", b.Post("/where", evil).Body, "a forged form has no Lax cookies")
	assert.Equal(t, host+"user+none cross-site ", b.Get("/where", evil).Body, "a link has them")
	sibling := frameworktest.From("https://evil.example.com")
	assert.Equal(t, host+"user+strict+none same-site https://evil.example.com", b.Post("/where", sibling).Body, "a sibling has all")
	assert.Equal(t, "https other.example  same-origin ", b.Get("https://other.example/where").Body)
	assert.Equal(t, "http wiki.example.com  same-origin ", b.Get("http://wiki.example.com/where").Body, "Secure cookies")
	assert.Equal(t, host+"strict+none same-origin ", b.Get("/logout").Follow().Body)

	s := &silent{T: t}
	b = site(t).In(s).Browser()
	assert.Panics(t, func() { b.Get("/where").Follow() })
	assert.Panics(t, func() { b.Get("/form").Field("none") })
	assert.Panics(t, func() { b.Get("where") })
	assert.Contains(t, s.failed.String(), "want a redirect")
	assert.Contains(t, s.failed.String(), `no input named "none"`)
}

func TestBrowse(t *testing.T) {
	t.Parallel()
	site(t).Browse(`
		alice GET /where                            -> 200 "none"
		alice POST /login                           -> 303 /where?x=1
		alice GET /where                            -> 200 "user+strict"
		bob GET /where                              -> 200 "wiki.example.com  none"
		GET /where                                  -> 200 "wiki.example.com  none"
		alice GET /where Host:evil.example          -> 400
		alice POST /where Origin:https://a.example  -> 200 "none cross-site"
		alice GET /logout                           -> 303
		alice GET /where                            -> 200 "strict+none"
	`)
}
