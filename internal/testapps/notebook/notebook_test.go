package notebook

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal/traversaltest"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// world is an application under test with its parts.
type world struct {
	*frameworktest.App
	library *Library
	journal *Journal
	log     *frameworktest.Log
}

// newWorld builds a library in which root owns everything and olga the organisation acme. will may
// write in acme's project wiki, and everyone may read acme except its project secret.
func newWorld(t *testing.T, settings registry.Settings) *world {
	t.Helper()
	w := &world{library: NewLibrary("Library"), journal: &Journal{}, log: &frameworktest.Log{}}
	w.library.Grant("root", Owner)
	acme, err := w.library.Add("acme", "Acme")
	require.NoError(t, err)
	acme.Grant("olga", Owner)
	acme.Grant(web.Everyone, Reader)
	wiki, err := acme.Add("wiki", "Wiki")
	require.NoError(t, err)
	wiki.Grant("will", Writer)
	secret, err := acme.Add("secret", "Secret plans")
	require.NoError(t, err)
	secret.Grant(web.Everyone, Stranger)
	secret.Grant("olga", Owner)
	_, err = wiki.Add("front", "Front page", "Welcome <all>", "olga")
	require.NoError(t, err)
	_, err = wiki.Add("a/b ü", "Odd name", "Found", "olga")
	require.NoError(t, err)
	_, err = secret.Add("plan", "The plan", "Sell", "olga")
	require.NoError(t, err)
	w.App = frameworktest.New(t, Configure(Options{Library: w.library, Journal: w.journal, Settings: settings, Logger: w.log.Logger()}))
	return w
}

func as(user string) frameworktest.RequestOption { return frameworktest.Header(UserHeader, user) }

var (
	browser = frameworktest.Header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	script  = frameworktest.Header("Accept", "application/json")
)

func TestPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	odd := "/acme/wiki/" + url.PathEscape("a/b ü")
	tests := []struct {
		name, method, target, user string
		accept                     frameworktest.RequestOption
		status                     int
		contains                   string
	}{
		{"the root of its owner", "GET", "/", "root", browser, 200, `<a href="/acme/">Acme</a>`},
		{"the root of a guest", "GET", "/", "", browser, 403, "Please log in"},
		{"an organisation", "GET", "/acme", "", browser, 200, `<a href="/acme/wiki/">Wiki</a>`},
		{"a project", "GET", "/acme/wiki", "will", browser, 200, `<b>will</b>`},
		{"a document", "GET", "/acme/wiki/front", "", browser, 200, "<pre>Welcome &lt;all&gt;</pre>"},
		{"its sidebar", "GET", "/acme/wiki/front", "", browser, 200, `<aside><h2>Wiki</h2><ul><li><a href="/acme/wiki/a%2Fb%20`},
		{"its breadcrumbs", "GET", "/acme/wiki/front", "", browser, 200, `<a href="/">Library</a> / <a href="/acme/">Acme</a> / <a href="/acme/wiki/">Wiki</a> / <a`},
		{"the link to its form", "GET", "/acme/wiki/front", "will", browser, 200, `<a href="/acme/wiki/front/edit">edit</a>`},
		{"an odd name", "GET", odd, "", browser, 200, "<pre>Found</pre>"},
		{"without Accept it is HTML", "GET", "/acme/wiki", "", nil, 200, "<h1>Wiki</h1>"},
		{"JSON by Accept", "GET", "/acme/wiki/front", "", script, 200, `"text":"Welcome \u003call\u003e"`},
		{"JSON by name", "GET", "/acme/json", "", browser, 200, `"children":[{"url":"/acme/wiki/","text":"Wiki"}]`},
		{"JSON by name for a user who sees more", "GET", "/acme/@@json", "olga", browser, 200, "Secret plans"},
		{"history", "GET", "/acme/wiki/front/history", "", browser, 200, `<a href="/acme/wiki/front/history/1">1 by olga</a>`},
		{"a revision", "GET", "/acme/wiki/front/history/1", "", browser, 200, "Welcome <all>"},
		{"no such revision", "GET", "/acme/wiki/front/history/7", "", browser, 404, "404"},
		{"a folder has no history", "GET", "/acme/wiki/history", "", browser, 404, "leads only to /acme/wiki."},
		{"the form", "GET", "/acme/wiki/front/edit", "will", browser, 200, "<textarea name=\"text\">Welcome &lt;all&gt;</textarea>"},
		{"the form of a folder", "GET", "/acme/edit", "olga", browser, 200, `value="Acme"`},
		{"the form is not for guests", "GET", "/acme/wiki/front/edit", "", browser, 403, "Please log in"},
		{"the form is not for other writers", "GET", "/acme/edit", "will", browser, 403, "will may not do this. It requires the permission edit"},
		{"a grant revoked below", "GET", "/acme/secret/plan", "will", browser, 403, "It requires the permission view"},
		{"a grant renewed below", "GET", "/acme/secret/plan", "olga", browser, 200, "Sell"},
		{"missing for a script", "GET", "/acme/nowhere", "", script, 404, `"status":404`},
		{"missing for curl", "GET", "/acme/nowhere", "", nil, 404, "404"},
		{"wrong method", "GET", "/acme/wiki/front/delete", "olga", browser, 405, "405 Method Not Allowed"},
		{"not available as an image", "GET", "/acme", "", frameworktest.Header("Accept", "image/png"), 406, "406"},
		{"overridden page of the house", "GET", "/about", "", browser, 200, "A wiki of notebooks."},
		{"page of the house", "GET", "/health", "", browser, 200, "well"},
		{"activity is for owners", "GET", "/activity", "olga", browser, 403, "permission manage"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			options := []frameworktest.RequestOption{as(test.user)}
			if test.accept != nil {
				options = append(options, test.accept)
			}
			response := w.Request(test.method, test.target, options...)
			assert.Equal(t, test.status, response.Code)
			assert.Contains(t, response.Body, test.contains)
		})
	}
}

func TestEdit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	response := w.Post("/acme/wiki/front/edit", as("will"), frameworktest.Form("title", "Start", "text", "Hello")).Status(303)
	assert.Equal(t, "/acme/wiki/front/", response.Header.Get("Location"))
	text := w.Get("/acme/wiki/front", browser).Status(200).Body
	assert.Contains(t, text, "<h1>Start</h1>")
	assert.Contains(t, text, "revision 2 by will")
	assert.Contains(t, w.Get("/acme/wiki/front/history", browser).Status(200).Body, "2 by will")
	assert.Equal(t, "Welcome <all>", w.Get("/acme/wiki/front/history/1").Status(200).Body)

	text = w.Post("/acme/wiki/front/edit", as("will"), browser, frameworktest.Form("title", " ", "text", "kept")).Status(422).Body
	assert.Contains(t, text, "Please enter a title.")
	assert.Contains(t, text, ">kept</textarea>")
	w.Post("/acme/wiki/front/edit", frameworktest.Form("title", "Start")).Status(403)
	w.Post("/acme/edit", as("olga"), frameworktest.Form("title", "Acme & Co")).Status(303)
	assert.Contains(t, w.Get("/acme", browser).Body, "<h1>Acme &amp; Co</h1>")
	assert.Equal(t, []Changed{{"will", "edit", "/acme/wiki/front"}, {"olga", "edit", "/acme"}}, w.journal.Changes())
}

func TestAdd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.Post("/add", as("olga"), frameworktest.Form("name", "beta")).Status(403)
	w.Post("/add", as("root"), frameworktest.Form("name", "beta")).Status(303)
	w.Post("/beta/add", as("root"), frameworktest.JSON(map[string]string{"name": "p", "title": "P"})).Status(303)
	location := w.Post("/beta/p/add", as("root"), frameworktest.Form("name", "a b/c", "text", "deep")).Status(303).Header.Get("Location")
	assert.Equal(t, "/beta/p/a%20b%2Fc/", location)
	assert.Contains(t, w.Get(location, as("root"), browser).Status(200).Body, "<pre>deep</pre>")

	assert.Contains(t, w.Post("/acme/wiki/add", as("will"), frameworktest.Form("name", "front")).Status(409).Body, "this name is already taken")
	assert.Contains(t, w.Post("/acme/wiki/add", as("will"), frameworktest.Form("name", "@@x")).Status(422).Body, "must not begin with @@")
	w.Post("/acme/wiki/add", as("will"), frameworktest.Body("text/csv", "name")).Status(415)
	w.Post("/acme/wiki/front/add", as("will"), frameworktest.Form("name", "x")).Status(404)
	var changes []Changed
	w.Get("/activity", as("root")).Status(200).Decode(&changes)
	assert.Equal(t, []Changed{{"root", "add", "/beta"}, {"root", "add", "/beta/p"}, {"root", "add", "/beta/p/a%20b%2Fc"}}, changes)
}

func TestDelete(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.Post("/acme/wiki/front/delete", as("will"), browser).Status(403)
	assert.Equal(t, "/acme/wiki/", w.Post("/acme/wiki/front/delete", as("olga")).Status(303).Header.Get("Location"))
	w.Get("/acme/wiki/front", browser).Status(404)
	w.Post("/acme/delete", as("olga")).Status(303)
	w.Get("/acme", browser).Status(404)
	w.Post("/delete", as("root")).Status(404)
}

func TestArchivedProject(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.Post("/acme/wiki/archive", as("will"), browser).Status(403)
	w.Post("/acme/wiki/archive", as("olga")).Status(303)
	for _, target := range []string{"/acme/wiki/front/edit", "/acme/wiki/edit", "/acme/wiki/add", "/acme/wiki/front/delete"} {
		w.Post(target, as("olga"), frameworktest.Form("title", "x", "name", "x")).Status(423)
	}
	w.Get("/acme/wiki/front", browser).Status(200)
	w.Post("/acme/secret/plan/edit", as("olga"), frameworktest.Form("title", "x")).Status(303)
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, registry.Settings{ReadOnly: "yes"})
	response := w.Post("/acme/edit", as("olga"), browser, frameworktest.Form("title", "x")).Status(503)
	assert.Equal(t, "3600", response.Header.Get("Retry-After"))
	assert.Contains(t, response.Body, "Request "+response.Header.Get("X-Request-Id"))
	w.Get("/acme", browser).Status(200)
	assert.Contains(t, tweens.Names(w.Registry()), "read only")
}

func TestInvalidSetting(t *testing.T) {
	t.Parallel()
	_, err := Configure(Options{Library: NewLibrary("L"), Journal: &Journal{}, Settings: registry.Settings{ReadOnly: "perhaps"}}).App()
	assert.ErrorContains(t, err, ReadOnly)
}

func TestInternalErrors(t *testing.T) {
	t.Parallel()
	config := Configure(Options{Library: NewLibrary("L"), Journal: &Journal{}, Logger: new(frameworktest.Log).Logger()})
	open := views.Group(views.NoPermission())
	config.AddView(views.Func(func(*web.Request) (any, error) { return nil, errors.New("the secret cause") }), open, views.Name("broken"))
	config.AddView(views.Func(func(*web.Request) (any, error) { panic("the secret cause") }), open, views.Name("panic"))
	config.AddView(views.Func(func(*web.Request) (any, error) { return nil, web.BadGateway("detail") }), open, views.Name("gateway"))
	app := frameworktest.New(t, config)
	for target, status := range map[string]int{"/broken": 500, "/panic": 500, "/gateway": 502} {
		response := app.Get(target, browser).Status(status)
		assert.Contains(t, response.Body, "Request "+response.Header.Get("X-Request-Id"))
		assert.NotContains(t, response.Body, "secret")
	}
}

func TestLinksOfMountedApplication(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	mux := http.NewServeMux()
	mux.Handle("/books/", http.StripPrefix("/books", w))
	request := httptest.NewRequest("GET", "/books/acme/wiki", nil)
	request.Header.Set("Accept", "text/html")
	recorder := httptest.NewRecorder()
	mux.ServeHTTP(recorder, request)
	assert.Equal(t, http.StatusOK, recorder.Code)
	assert.Contains(t, recorder.Body.String(), `<a href="/books/acme/">Acme</a>`)
	assert.Contains(t, recorder.Body.String(), `<a href="/books/acme/wiki/front/">Front page</a>`)
}

func TestMethods(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	assert.Equal(t, "OPTIONS, POST", w.Get("/acme/delete", as("olga"), browser).Status(405).Header.Get("Allow"))
	assert.Equal(t, "GET, HEAD, OPTIONS, POST", w.Request("OPTIONS", "/acme/edit", as("olga")).Header.Get("Allow"))
	head := w.Request("HEAD", "/acme/wiki", browser).Status(200)
	assert.Empty(t, head.Body)
	assert.Equal(t, fmt.Sprint(len(w.Get("/acme/wiki", browser).Body)), head.Header.Get("Content-Length"))
}

func TestSubscribersAndLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.Get("/acme", browser)
	w.Post("/acme/edit", as("olga"), frameworktest.Form("title", "x"))
	posted, requests := 0, 0
	for _, line := range w.log.Lines() {
		switch line["message"] {
		case "posted":
			posted++
			assert.EqualValues(t, 303, line["status"])
		case "request":
			requests++
		}
	}
	assert.Equal(t, 1, posted)
	assert.Equal(t, 2, requests)
	assert.Contains(t, w.Events(), "BeforeRender")
}

func TestTreeContract(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	assert.NoError(t, traversaltest.Check(t.Context(), w.library, traversaltest.Options{}))
}

func TestConcurrentRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	var wait sync.WaitGroup
	for n := range 20 {
		wait.Go(func() {
			name := fmt.Sprint("page", n)
			assert.Equal(t, http.StatusSeeOther, w.Post("/acme/wiki/add", as("will"), frameworktest.Form("name", name)).Code)
			assert.Equal(t, http.StatusSeeOther, w.Post("/acme/wiki/front/edit", as("will"), frameworktest.Form("title", name)).Code)
			assert.Equal(t, http.StatusOK, w.Get("/acme/wiki/front", browser).Code)
			assert.Equal(t, http.StatusSeeOther, w.Post("/acme/wiki/"+name+"/delete", as("olga")).Code)
		})
	}
	wait.Wait()
	var front documentData
	w.Get("/acme/wiki/front/json").Status(200).Decode(&front)
	assert.Len(t, front.Revisions, 21)
	assert.Len(t, w.journal.Changes(), 60)
}

func TestConflicts(t *testing.T) {
	t.Parallel()
	config := Configure(Options{Library: NewLibrary("L"), Journal: &Journal{}})
	AddJournal(config, &Journal{})
	config.AddView(views.On(activity), views.Name("activity"), views.Method("GET"))
	_, err := config.App()
	require.Error(t, err)
	assert.ErrorContains(t, err, "journal registered twice")
	assert.ErrorContains(t, err, `"activity"`)
	assert.ErrorContains(t, err, "notebook_test.go")
}
