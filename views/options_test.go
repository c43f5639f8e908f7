package views_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestOptionsPrintThemselves(t *testing.T) {
	t.Parallel()
	tests := map[string]views.Option{
		`name="edit"`:                          views.Name("edit"),
		`permission="view"`:                    views.Permission("view"),
		`permission=none`:                      views.NoPermission(),
		`renderer="json"`:                      views.Renderer("json"),
		`route="login"`:                        views.Route("login"),
		`wrapper="layout"`:                     views.Wrapper("layout"),
		`cache=1m0s,public`:                    views.CacheFor(time.Minute, "public"),
		`cache=no`:                             views.NoCache(),
		`csrf=true`:                            views.CSRF(true),
		`for=*views_test.page`:                 views.For[*page](),
		`rate=5`:                               views.Value("rate", 5),
		`mapper=views.DefaultMapper`:           views.WithMapper(views.DefaultMapper),
		`decorate=views_test.loud`:             views.Decorate(loud),
		`group(name="edit" renderer="string")`: views.Group(views.Name("edit"), views.Renderer("string")),
	}
	for want, option := range tests {
		assert.Equal(t, want, option.String())
	}
}

func loud(next web.Handler) web.Handler {
	return func(r *web.Request) (*web.Response, error) {
		resp, err := next(r)
		if err != nil {
			return nil, err
		}
		b, _ := resp.Body()
		resp.SetText(string(b) + "!")
		return resp, nil
	}
}

func TestInvalidOptions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		opts []views.Option
		want string
	}{
		"name twice":       {[]views.Option{views.Name("a"), views.Name("b")}, `option "name" given twice: name="a" and name="b": remove one`},
		"method twice":     {[]views.Option{views.Method("GET"), views.Method("POST")}, `option "method" given twice: method="GET","HEAD" and method="POST": combine the values in one option`},
		"path twice":       {[]views.Option{views.PathInfo("/a"), views.PathInfo("/b")}, `option "path_info" given twice: path_info="/a" and path_info="/b": remove one`},
		"twice in a group": {[]views.Option{views.Group(views.Name("a"), views.Name("b"))}, `option "name" given twice`},
		"no permission":    {[]views.Option{views.Permission("")}, `want a permission, or views.NoPermission()`},
		"no renderer":      {[]views.Option{views.Renderer("")}, `views.Renderer(""): want a renderer such as "json"`},
		"no route":         {[]views.Option{views.Route("")}, `views.Route(""): want the name of a route`},
		"no wrapper":       {[]views.Option{views.Wrapper("")}, `views.Wrapper(""): want the name of a view`},
		"nil mapper":       {[]views.Option{views.WithMapper(nil)}, `views.WithMapper(nil): want a func(views.View, *views.Info)`},
		"nil decorator":    {[]views.Option{views.Decorate(loud, nil)}, `views.Decorate: decorator 2 is nil`},
		"negative time":    {[]views.Option{views.CacheFor(-time.Second)}, `negative duration: use views.NoCache() to forbid caching`},
		"short time":       {[]views.Option{views.CacheFor(time.Millisecond)}, `want at least 1s`},
		"name with @@":     {[]views.Option{views.Name("@@edit")}, `views.Name("@@edit"): "@@" belongs to the path, not to the name: want "edit"`},
		"name dot":         {[]views.Option{views.Name(".")}, `views.Name("."): a path resolves it`},
		"name dots":        {[]views.Option{views.Name("..")}, `views.Name(".."): a path resolves it`},
		"name slash":       {[]views.Option{views.Name("/edit")}, `views.Name("/edit"): a slash separates path segments, and a view name is one segment: want a name such as "edit"`},
		"name of slashes":  {[]views.Option{views.Name("//")}, `views.Name("//"): a slash separates`},
		"name as path":     {[]views.Option{views.Group(views.Name("raw/text"))}, `want a name such as "text"`},
		"name with NUL":    {[]views.Option{views.Name("a\x00")}, `views.Name("a\x00"): a path with NUL is a 400`},
		"name not UTF-8":   {[]views.Option{views.Name("caf\xe9")}, `a path that is not UTF-8 is a 400`},
		"nil":              {[]views.Option{nil}, `<nil> is not a view option`},
		"foreign":          {[]views.Option{foreign{}}, `views_test.foreign is not a view option: build options with views.Value, views.Where or views.Group`},
		"own kind":         {[]views.Option{views.Value("csrf", true)}, `views.Value("csrf"): the name is taken by an option of package views`},
		"not narrower":     {[]views.Option{views.For[*folder]()}, `views.On views_test.showPage takes *views_test.page, and *views_test.folder is not assignable to it`},
		"undeclared value": {[]views.Option{views.Value("rate", 5)}, `no view deriver reads the option "rate": declare it with views.Options`},
		"bad predicate":    {[]views.Option{views.PathInfo("[)")}, `[)`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := refused(t, func(c *registry.Config) { views.Add(c, views.On(showPage), tt.opts...) })
			assert.Contains(t, text, tt.want)
			assert.Contains(t, text, "options_test.go:")
		})
	}
}

type foreign struct{}

func (foreign) String() string { return "foreign" }
func (foreign) ViewOption()    {}

func TestGroupCarriesDefaults(t *testing.T) {
	t.Parallel()
	texts := views.Group(views.Renderer("string"), views.Method("GET"))
	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.On(showPage), texts)
		views.Add(c, views.On(showPage), views.Name("json"), texts, views.Renderer("json"))
		views.Add(c, views.On(showPage), views.Name("later"), texts, views.Group(views.Renderer("json")))
		views.Add(c, views.On(showPage), views.Name("save"), texts, views.Method("POST"))
	})
	front := &page{Title: "Front"}
	for name, want := range map[string]string{"": `page Front`, "json": `"page Front"`, "later": `"page Front"`} {
		resp, err := call(reg, front, name)
		require.NoError(t, err)
		assert.Equal(t, want, text(t, resp), name)
	}
	_, err := call(reg, front, "save")
	require.Error(t, err, "its own method overrides that of the group")
	post := request(reg, nil, front, "save", httptest.NewRequest(http.MethodPost, "/", nil))
	resp, err := views.TableOf(reg).Call(post)
	require.NoError(t, err)
	assert.Equal(t, "page Front", text(t, resp))
}

func TestPredicateWithItsNegation(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("one"), views.Header("X-One"), views.Not(views.Header("X-Two")))
	})
	hr := httptest.NewRequest(http.MethodGet, "/", nil)
	hr.Header.Set("X-One", "1")
	_, err := views.TableOf(reg).Call(request(reg, nil, &page{}, "", hr))
	require.NoError(t, err)
	hr.Header.Set("X-Two", "2")
	_, err = views.TableOf(reg).Call(request(reg, nil, &page{}, "", hr))
	require.Error(t, err)
}
