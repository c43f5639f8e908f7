package routes_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestPatterns(t *testing.T) {
	t.Parallel()
	all := func(params ...web.Param) []web.Param { return append([]web.Param{}, params...) }
	for _, tt := range []struct {
		pattern, path string
		want          []web.Param // nil: no match
	}{
		{"/a/b", "/a/b", all()},
		{"/a/b", "/a/b/", nil},
		{"/a/b", "/a/B", nil},
		{"a/b", "/a/b", all()},
		{"", "/", all()},
		{"", "", all()},
		{"/", "//", nil},
		{"/a//b", "/a//b", all()},
		{"/{x}", "/1", all(text("x", "1"))},
		{"/{x}", "/", nil},
		{"/{x}", "/..", all(text("x", ".."))},
		{"/{x}/{y}", "//2", nil},
		{"/{n}.{e}", "/a.tar.gz", all(text("n", "a.tar"), text("e", "gz"))},
		{"/{n}.{e}", "/a.", nil},
		{"/{a}-{b}-{c}", "/1-2-3-4-5", all(text("a", "1-2-3"), text("b", "4"), text("c", "5"))},
		{"/{a}{b}", "/äö", all(text("a", "ä"), text("b", "ö"))},
		{"/v{v}.html", "/v1.html", all(text("v", "1"))},
		{"/v{v}.html", "/v.html", nil},
		{`/{y:\d{4}}-{m:\d{2}}`, "/2024-05", all(text("y", "2024"), text("m", "05"))},
		{`/{y:\d{4}}-{m:\d{2}}`, "/20245-05", nil},
		{"/{k:a|bc}", "/bc", all(text("k", "bc"))},
		{"/{k:a|bc}", "/c", nil},
		{"/p/{x:.*}", "/p/", all(text("x", ""))},
		{"/p/{x:.*}", "/p/a/b", all(text("x", "a/b"))},
		{"/p/{x:.*}/z", "/p/a/z/z", all(text("x", "a/z"))},
		{`/p/{x:\d*}/z`, "/p//z", all(text("x", ""))},
		{`/p/{x:\d*}`, "/p/", all(text("x", ""))},
		{`/{x:a\b.*}`, "/a-b", all(text("x", "a-b"))},
		{`/{x:a\b.*}`, "/ab", nil},
		{"/s/*rest", "/s", nil},
		{"/s/*rest", "/s/", all(list("rest"))},
		{"/s/*rest", "/s/a//./b/../c/", all(list("rest", "a", "c"))},
		{"/s*rest", "/s", all(list("rest"))},
		{"/s*rest", "/sx/y", all(list("rest", "x", "y"))},
		{"/{x}*rest", "/ab/c", all(text("x", "ab"), list("rest", "c"))},
		{"/s/*rest", "/s/a%2Fb/%2E%2E/c", all(list("rest", "c"))},
		{"/s/*rest", "/s/a%2Fb/c", all(list("rest", "a/b", "c"))},
		{"/{x}", "/a%2fb", all(text("x", "a/b"))},
		{"/a/{x}", "/a%2Fb", nil},
		{"/*a/b", "/*a/b", all()},
		{"/a:1", "/a:1", all()},
		{"/old/:id/:kind", "/old/1/x", all(text("id", "1"), text("kind", "x"))},
		{"/{a}/:b", "/1/:b", all(text("a", "1"))},
		{"/:a*rest", "/1/2", all(text("a", "1"), list("rest", "2"))},
		{"/a b/é/100%", "/a%20b/%C3%A9/100%25", all()},
		{"/}/{1}", "/%7D/%7B1%7D", all()},
	} {
		t.Run(tt.pattern+" "+tt.path, func(t *testing.T) {
			t.Parallel()
			table := tableOf(t, func(c *registry.Config) { routes.Add(c, "r", tt.pattern) })
			got := matchOf(t, table, tt.path)
			assert.Equal(t, tt.want != nil, got.route != "")
			assert.Equal(t, tt.want, got.params)
			assert.Equal(t, tt.want != nil, table.MatchesPath(tt.path))
		})
	}
}

func TestPathOfManySegments(t *testing.T) {
	t.Parallel()
	table := tableOf(t, func(c *registry.Config) {
		routes.Add(c, "a", "/{a}/b")
		routes.Add(c, "b", `/{a:\w+}x/{b}/c/*rest`)
		routes.Add(c, "c", "/{a:.*}/end")
	})
	long := strings.Repeat("/a", 50_000)
	assert.Equal(t, found{"c", []web.Param{text("a", long[1:])}}, matchOf(t, table, long+"/end"), "longer than the memory of a request for spans")
	assert.Zero(t, matchOf(t, table, long))
}

func TestManyMarkers(t *testing.T) {
	t.Parallel()
	table := tableOf(t, func(c *registry.Config) { routes.Add(c, "r", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}") })
	got := matchOf(t, table, "/1/2/3/4/5/6/7")
	require.Len(t, got.params, 7)
	assert.Equal(t, text("g", "7"), got.params[6])
}
