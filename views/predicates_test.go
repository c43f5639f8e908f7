package views_test

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestPredicatesHold(t *testing.T) {
	t.Parallel()
	matched := func(params ...web.Param) *web.Match { m := web.NewMatch(web.Routed{Route: "r"}, params...); return &m }
	front := traversal.NewNode(&folder{}).At("wiki", &folder{}).At("a/b", &page{})
	tests := map[string]struct {
		p    web.Predicate
		rq   req
		want bool
	}{
		"method":                  {views.Method("POST", "PUT"), req{line: "PUT /"}, true},
		"other method":            {views.Method("POST"), req{}, false},
		"GET takes HEAD":          {views.Method("GET"), req{line: "HEAD /"}, true},
		"HEAD takes no GET":       {views.Method("HEAD"), req{}, false},
		"not method":              {views.Not(views.Method("POST")), req{line: "PUT /"}, true},
		"not not method":          {views.Not(views.Not(views.Method("POST"))), req{line: "PUT /"}, false},
		"header":                  {views.Header("x-a"), req{header: []string{"X-A: "}}, true},
		"no header":               {views.Header("X-A"), req{}, false},
		"header value":            {views.Header("X-A:o.e"), req{header: []string{"X-A: onerous"}}, true},
		"header value, anchored":  {views.Header("X-A:ne"), req{header: []string{"X-A: one"}}, false},
		"header with a colon":     {views.Header("X-A:a:b$"), req{header: []string{"X-A: a:b"}}, true},
		"header of any value":     {views.Header("X-A:"), req{header: []string{"X-A: "}}, true},
		"header, alternatives":    {views.Header("X-A:a|b"), req{header: []string{"X-A: xb"}}, false},
		"all headers":             {views.Header("X-A", "X-B"), req{header: []string{"X-A: 1"}}, false},
		"header twice":            {views.Header("X-A:1, 2$"), req{header: []string{"X-A: 1", "X-A: 2"}}, true},
		"host":                    {views.Header("Host:example"), req{}, true},
		"param":                   {views.Param("a"), req{line: "/?a"}, true},
		"no param":                {views.Param("a"), req{line: "/?b=a"}, false},
		"param value":             {views.Param("a=1"), req{line: "/?a=1"}, true},
		"param value, trimmed":    {views.Param(" a = x y "), req{line: "/?a=x+y"}, true},
		"param empty":             {views.Param("a="), req{line: "/?a=1"}, false},
		"param empty is":          {views.Param("a="), req{line: "/?a"}, true},
		"param leading equals":    {views.Param("=a=1"), req{line: "/?%3Da=1"}, true},
		"param only equals":       {views.Param("=a"), req{line: "/?%3Da=1"}, true},
		"param with equals":       {views.Param("a=b=c"), req{line: "/?a=b%3Dc"}, true},
		"params, all":             {views.Param("a", "b=2"), req{line: "/?a&b=1"}, false},
		"param, last counts":      {views.Param("a=2"), req{line: "/?a=1&a=2"}, true},
		"param of a form":         {views.Param("a=1"), req{line: "POST /", body: "a=1"}, true},
		"param, query first":      {views.Param("a=1"), req{line: "POST /?a=2", body: "a=1"}, false},
		"path":                    {views.PathInfo("/a"), req{line: "/a/b"}, true},
		"path, anchored":          {views.PathInfo("/b"), req{line: "/a/b"}, false},
		"path, decoded":           {views.PathInfo("/café$"), req{line: "/caf%C3%A9"}, true},
		"xhr":                     {views.XHR(true), req{header: []string{"X-Requested-With: XMLHttpRequest"}}, true},
		"xhr, case":               {views.XHR(true), req{header: []string{"X-Requested-With: xmlhttprequest"}}, false},
		"no xhr":                  {views.XHR(false), req{}, true},
		"accept":                  {views.Accept("text/html"), req{header: []string{"Accept: text/*"}}, true},
		"accept excluded":         {views.Accept("text/html"), req{header: []string{"Accept: text/html;q=0, */*"}}, false},
		"accept without header":   {views.Accept("text/html"), req{}, true},
		"accept of nothing":       {views.Accept("text/html"), req{header: []string{"Accept: "}}, false},
		"accept unreadable":       {views.Accept("text/html"), req{header: []string{"Accept: ???"}}, true},
		"content type":            {views.ContentType("application/json"), req{header: []string{"Content-Type: Application/JSON; charset=utf-8"}}, true},
		"content type range":      {views.ContentType("image/*"), req{header: []string{"Content-Type: image/png"}}, true},
		"content type, other":     {views.ContentType("image/*", "text/plain"), req{header: []string{"Content-Type: text/html"}}, false},
		"content type, none":      {views.ContentType("image/*"), req{}, false},
		"match param":             {views.MatchParam(" a = 1 ", "b=2"), req{match: matched(web.Param{Name: "a", Value: "1"}, web.Param{Name: "b", Value: "2"})}, true},
		"match param, other":      {views.MatchParam("a=1"), req{match: matched(web.Param{Name: "a", Value: "2"})}, false},
		"match param, list":       {views.MatchParam("a=1"), req{match: matched(web.Param{Name: "a", Values: []string{"1"}})}, false},
		"match param, no match":   {views.MatchParam("a=1"), req{}, false},
		"match param, none there": {views.Not(views.MatchParam("a=1")), req{match: matched()}, true},
		"containment, itself":     {views.Containment[*page](), req{node: front}, true},
		"containment, above":      {views.Containment[*folder](), req{node: front}, true},
		"containment, interface":  {views.Containment[titled](), req{res: &page{}}, true},
		"containment, no":         {views.Containment[*page](), req{res: &folder{}}, false},
		"containment, nothing":    {views.Containment[any](), req{}, false},
		"path of root":            {views.PhysicalPath("/"), req{res: &page{}}, true},
		"path of root, names":     {views.PhysicalPath(""), req{res: &page{}}, true},
		"path by names":           {views.PhysicalPath("", "wiki", "a/b"), req{node: front}, true},
		"path as text":            {views.PhysicalPath("//wiki/a/b/"), req{node: front}, false},
		"path, other":             {views.PhysicalPath("/wiki"), req{node: front}, false},
		"path, nothing":           {views.PhysicalPath("/"), req{}, false},
		"path, of an error":       {views.PhysicalPath("", "wiki", "a/b"), req{node: front, request: func(r *web.Request) { web.Drive(r).SetError(errors.New("lost")) }}, false},
		"authenticated":           {views.Authenticated(true), req{policy: policy{}}, true},
		"not authenticated":       {views.Authenticated(false), req{}, true},
		"principals, any policy":  {views.Principals(web.Everyone), req{policy: policy{}}, true},
		"principals, unknown":     {views.Principals("ann"), req{policy: policy{}}, false},
		"principals":              {views.Principals("group:a", "ann"), req{policy: knowing{"ann", "group:a"}}, true},
		"principals, all":         {views.Principals("group:a", "ann"), req{policy: knowing{"ann"}}, false},
		"where":                   {weekday("mon"), req{header: []string{"X-Weekday: mon"}}, true},
		"where not":               {views.Not(weekday("mon")), req{header: []string{"X-Weekday: mon"}}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reg := build(t, func(*registry.Config) {})
			require.NoError(t, tt.p.Err())
			got, err := tt.p.Holds(tt.rq.of(reg))
			require.NoError(t, err)
			assert.Equal(t, tt.want, got, tt.p)
		})
	}
}

// knowing is a policy with principals.
type knowing []string

func (k knowing) Identity(*web.Request) (any, error) { return nil, nil }

func (k knowing) Permits(*web.Request, traversal.Node, string) (web.Decision, error) {
	return web.Deny(""), nil
}

func (k knowing) Principals(*web.Request) ([]string, error) {
	if len(k) == 0 {
		return nil, errors.New("no idea")
	}
	return k, nil
}

func weekday(day string) web.Predicate {
	return views.Where("weekday", func(r *web.Request) (bool, error) { return r.Request.Header.Get("X-Weekday") == day, nil }, day)
}

func TestEqualPredicatesPrintEqual(t *testing.T) {
	t.Parallel()
	tests := []struct {
		want string
		ps   []web.Predicate
	}{
		{`method="GET","HEAD"`, []web.Predicate{views.Method("GET"), views.Method("HEAD", "GET"), views.Method("GET", "GET")}},
		{`!method="POST"`, []web.Predicate{views.Not(views.Method("POST")), web.Not(views.Method("POST"))}},
		{`header="X-A","X-B:b"`, []web.Predicate{views.Header("X-A", "X-B:b"), views.Header("x-b:b", "x-a:")}},
		{`param="a","b=2"`, []web.Predicate{views.Param("a", "b=2"), views.Param(" b = 2", "a=")}},
		{`param="=a=1"`, []web.Predicate{views.Param("=a=1"), views.Param("=a = 1")}},
		{`path_info="/a"`, []web.Predicate{views.PathInfo("/a")}},
		{`xhr=true`, []web.Predicate{views.XHR(true)}},
		{`accept="text/html"`, []web.Predicate{views.Accept("Text/HTML"), views.Accept(" text/html")}},
		{`accept="text/html;level=1;charset=UTF-8"`, []web.Predicate{views.Accept("text/html; Level=1; charset=UTF-8")}},
		{`content_type="application/json","image/*"`, []web.Predicate{views.ContentType("image/*", "Application/json")}},
		{`match_param="a=1","b=2"`, []web.Predicate{views.MatchParam("b=2", " a = 1")}},
		{`containment="*views_test.page"`, []web.Predicate{views.Containment[*page]()}},
		{`physical_path="/wiki/Front"`, []web.Predicate{views.PhysicalPath("/wiki/Front"), views.PhysicalPath("wiki//Front/"), views.PhysicalPath("", "wiki", "Front")}},
		{`physical_path="/"`, []web.Predicate{views.PhysicalPath("/"), views.PhysicalPath("")}},
		{`physical_path="/a%2Fb"`, []web.Predicate{views.PhysicalPath("", "a/b")}},
		{`authenticated=false`, []web.Predicate{views.Authenticated(false)}},
		{`principals="ann","group:a"`, []web.Predicate{views.Principals("group:a", "ann")}},
		{`weekday="mon"`, []web.Predicate{weekday("mon")}},
		{`draft`, []web.Predicate{views.Where("draft", func(*web.Request) (bool, error) { return true, nil })}},
	}
	for _, tt := range tests {
		for _, p := range tt.ps {
			assert.NoError(t, p.Err())
			assert.Equal(t, tt.want, p.String())
		}
	}
}

func TestInvalidPredicates(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		p    web.Predicate
		want string
	}{
		"empty method":      {views.Method("GET", ""), `method: invalid method "": no request has it`},
		"method with break": {views.Method("A\r\nB"), `method: invalid method "A\r\nB"`},
		"two in one":        {views.Method("GET POST"), `method: invalid method "GET POST": no request has it: want a method such as "GET"`},
		"not a method":      {views.Not(views.Method("GÉT")), `method: invalid method "GÉT"`},
		"zero":              {web.Predicate{}, "zero web.Predicate"},
		"not zero":          {views.Not(web.Predicate{}), "zero web.Predicate"},
		"no method":         {views.Method(), "method: want at least one method"},
		"no param":          {views.Param(), "param: want at least one parameter"},
		"no header":         {views.Header(), "header: want at least one header"},
		"header, no name":   {views.Header(":x"), `header ":x": missing name`},
		"header, regexp":    {views.Header("X-A:[)"), `header "X-A:[)": error parsing regexp`},
		"header, brackets":  {views.Header("X-A:a)(b"), `header "X-A:a)(b": error parsing regexp`},
		"path":              {views.PathInfo("[)"), `path info "[)": error parsing regexp`},
		"path, unended":     {views.PathInfo(`\Q`), `path info "\\Q": error parsing regexp: missing closing )`},
		"header, unended":   {views.Header(`X-A:\Q`), `header "X-A:\\Q": error parsing regexp`},
		"accept":            {views.Accept("html"), `accept "html": want a media type such as "text/html"`},
		"accept, no token":  {views.Accept("text/{kind}"), `accept "text/{kind}": want a media type such as "text/html" or "text/html;level=1": names consist of letters, digits`},
		"accept, weighted":  {views.Accept("text/html;q=0.5"), `the parameter q is for clients`},
		"accept range":      {views.Accept("text/*"), `accept "text/*": a view offers media types, not ranges`},
		"content types":     {views.ContentType("a/b/c"), `content type "a/b/c": want a media type`},
		"type, no token":    {views.ContentType("text/ht(ml"), `content type "text/ht(ml": want a media type`},
		"content type":      {views.ContentType("json"), `content type "json": want a media type`},
		"no content type":   {views.ContentType(), "content_type: want at least one media type"},
		"match param":       {views.MatchParam("a"), `match param "a": want "name=value"`},
		"no match param":    {views.MatchParam(), "match_param: want at least one marker"},
		"path by names":     {views.PhysicalPath("wiki", "Front"), "the first name is the root's"},
		"no principal":      {views.Principals(), "principals: want at least one principal"},
		"where, no kind":    {views.Where("", nil), "predicate without a kind"},
		"where, nil":        {views.Where("draft", nil), `predicate "draft": nil function`},
		"where, built in":   {views.Where("xhr", func(*web.Request) (bool, error) { return true, nil }), `predicate "xhr": the kind is built in`},
		"negated, still":    {views.Not(views.PathInfo("[)")), `path info "[)"`},
		"two header faults": {views.Header("A:[)", ":"), "missing name"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.ErrorContains(t, tt.p.Err(), tt.want)
			text := refused(t, func(c *registry.Config) { views.Add(c, say("x"), tt.p) })
			assert.Contains(t, text, tt.want)
			assert.Contains(t, text, "predicates_test.go:")
		})
	}
}

func TestParamKeepsTheBodyReadable(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.Func(func(r *web.Request) (*web.Response, error) {
			b, err := io.ReadAll(r.Body)
			return r.Text(string(b)), err
		}), views.Param("a=1"))
	})
	assert.Equal(t, "a=1&b=2", req{line: "POST /", body: "a=1&b=2", res: &page{}}.result(t, reg))
}

func TestParamOfAMultipartForm(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("another form"))
		views.Add(c, views.Func(func(r *web.Request) (*web.Response, error) {
			_, file, err := r.FormFile("f")
			if err != nil {
				return nil, err
			}
			return r.Text(file.Filename), nil
		}), views.Param("do=upload"))
	})
	for do, want := range map[string]string{"upload": "x.txt", "show": "another form"} {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		require.NoError(t, form.WriteField("do", do))
		_, err := form.CreateFormFile("f", "x.txt")
		require.NoError(t, err)
		require.NoError(t, form.Close())
		hr := httptest.NewRequest("POST", "/", &body)
		hr.Header.Set("Content-Type", form.FormDataContentType())
		resp, err := views.TableOf(reg).Call(web.Begin(&web.Application{Registry: reg}, hr))
		require.NoError(t, err)
		text, _ := resp.Body()
		assert.Equal(t, want, string(text))
	}
}

func TestErrorOfAPredicateEndsTheSearch(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("fallback"))
		views.Add(c, say("x"), views.Where("broken", func(*web.Request) (bool, error) { return true, boom }))
		views.Add(c, say("y"), views.Name("p"), views.Principals("ann"))
	})
	_, err := views.TableOf(reg).Call(req{res: &page{}}.of(reg))
	require.ErrorIs(t, err, boom)
	assert.ErrorContains(t, err, "default view for any resource [broken]")
	_, err = views.TableOf(reg).Call(req{res: &page{}, name: "p", policy: knowing{}}.of(reg))
	assert.ErrorContains(t, err, "no idea")
}

func TestPredicatesServeSubscribers(t *testing.T) {
	t.Parallel()
	var heard []string
	c := registry.New(registry.Options{})
	registry.Subscribe(c, func(e *web.NewRequest) error {
		heard = append(heard, e.Request.Method)
		return nil
	}, web.Where[*web.NewRequest](views.Method(http.MethodPost)))
	reg, err := c.Build()
	require.NoError(t, err)
	for _, line := range []string{"GET /", "POST /"} {
		require.NoError(t, registry.Notify(reg, &web.NewRequest{Request: req{line: line}.of(reg)}))
	}
	assert.Equal(t, []string{"POST"}, heard)
}

// The order of values does not matter, and a predicate made of a printed text is the same
// predicate.
func FuzzPredicatesPrint(f *testing.F) {
	for _, seed := range [][2]string{{"a", "b=2"}, {"=a=1", " b = "}, {"X-A:[a-z]", "x-b:"}, {"text/html;level=1", "Text/*"}, {"0/}", `a/b; C="\";d=e"`}, {`\Q`, ""}, {"", "\x00\""}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		assert.Equal(t, views.Param(a, b).String(), views.Param(b, a, b).String())
		assert.Equal(t, views.Header(a, b).String(), views.Header(b, a, a).String())
		assert.Equal(t, views.Method(a, b).String(), views.Method(b, a).String())
		assert.Equal(t, views.MatchParam(a, b).String(), views.MatchParam(b, a).String())
		assert.Equal(t, views.ContentType(a, b).String(), views.ContentType(b, a).String())

		if offer := views.Accept(a); offer.Err() == nil {
			again := views.Accept(strings.Trim(strings.ReplaceAll(offer.Text(), `\"`, `"`), `"`))
			if assert.NoError(t, again.Err(), offer) {
				assert.Equal(t, offer.String(), again.String())
			}
			holds, err := offer.Holds(req{header: []string{"Accept: */*"}}.of(nil))
			assert.NoError(t, err)
			assert.True(t, holds, offer)
		}
		for _, p := range []string{a, b} {
			if re := views.PathInfo(p); re.Err() == nil {
				_, err := re.Holds(req{}.of(nil))
				assert.NoError(t, err)
			}
		}
	})
}
