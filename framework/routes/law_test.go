package routes_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	neturl "net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// The law of URLs, on random tables of routes:
//
//   - A URL that was generated matches its route again, with the parameters that it was
//     made of; unless a route before it takes the same path, or the parameters are none
//     that its markers can take, or two sets of parameters make one path.
//   - The URL generated from the match of a request matches the same route with the same
//     parameters. Always.

// lawful is a random table with a plain model of its routes.
type lawful struct {
	table    *routes.Table
	patterns []string
	plain    []plain
}

func newLawful(t *testing.T, w world, count int) *lawful {
	law := new(lawful)
	law.table = tableOf(t, func(c *registry.Config) {
		for len(law.patterns) < count {
			pattern := w.pattern()
			if _, err := routes.Parse(pattern); err != nil {
				continue
			}
			name := fmt.Sprintf("r%d", len(law.patterns))
			if strings.HasPrefix(pattern, "//") {
				continue // another host
			}
			routes.Add(c, name, pattern)
			law.patterns = append(law.patterns, pattern)
			law.plain = append(law.plain, plainOf(name, pattern))
		}
	})
	return law
}

// ask plays the request for a URL as a server reads it from the wire.
func (law *lawful) ask(t *testing.T, url string) *web.Request {
	t.Helper()
	hr := httptest.NewRequest(http.MethodGet, url, nil)
	r := web.Begin(&web.Application{URLs: law.table}, hr)
	_, err := law.table.Match(r)
	require.NoError(t, err, url)
	return r
}

// first is the place of the first route that takes a path, by the model.
func (law *lawful) first(path string) (int, found) {
	for i, p := range law.plain {
		if f, ok := p.match(path); ok {
			return i, f
		}
	}
	return -1, found{}
}

var lawValues = []string{
	"a", "b", "ab", "abc", "bc", "AB", "1", "12", "xz", "é", "a.b", "a-b", "..", ".", "-", "a/b", "/", "a/", "//", "a b", "100%", "%2F", "a?b#c", "+", ";=&",
	"x*y", "{m0}", `\"'`, "日本", "",
}

// generated holds the first half of the law for route i.
func (law *lawful) generated(t *testing.T, w world, i int) (same bool) {
	t.Helper()
	route, _ := law.table.Route(law.plain[i].name)
	pattern := route.Pattern
	given := map[string]any{}
	for _, name := range pattern.Markers() {
		if name != pattern.Star() {
			given[name] = w.of(lawValues...)
			continue
		}
		names := []string{}
		for range w.IntN(4) {
			if value := w.of(lawValues...); value != "" && value != "." && value != ".." {
				names = append(names, value)
			}
		}
		given[name] = names
	}
	r := web.Begin(&web.Application{URLs: law.table}, httptest.NewRequest(http.MethodGet, "/", nil))
	url, err := r.RouteURL(route.Name, web.Params(given))
	require.NoError(t, err)
	path := strings.TrimPrefix(url, "http://example.com")

	again := law.ask(t, url)
	m := again.Match()
	at, taken := law.first(decoded(t, path))
	if at < 0 {
		require.Nil(t, m, "%s of %s", path, pattern)
		require.False(t, law.fits(i, given), "%s of %s with %q matches nothing, though each value fits its marker", path, pattern, given)
		return false
	}
	require.NotNil(t, m, path)
	require.Equal(t, taken.route, m.Route, path)
	switch {
	case at < i:
		return false // a route before takes it
	case at > i:
		require.False(t, law.fits(i, given), "%s of %s with %q went to %s, though each value fits its marker", path, pattern, given, law.patterns[at])
		return false
	}
	got := map[string]any{}
	for _, p := range m.Params() {
		if got[p.Name] = any(p.Value); p.Values != nil {
			got[p.Name] = p.Values
		}
	}
	if assert.ObjectsAreEqual(given, got) {
		return true
	}
	if !law.fits(i, given) {
		return false
	}
	require.True(t, ambiguous(pattern), "%s of %s: given %q, got %q", path, pattern, given, got)
	// What was found is as good a reading: its own URL leads back to it, or is the
	// same but for the slashes.
	other, err := r.RouteURL(route.Name, web.Params(got))
	require.NoError(t, err)
	if unescape(t, url) != unescape(t, other) {
		require.Equal(t, m.Params(), law.ask(t, other).Match().Params(), "%s: given %q, got %q: %s, %s", pattern, given, got, url, other)
	}
	return false
}

// fits tells whether each value alone is one that its marker takes, which is
// enough for a pattern whose expressions do not look beyond themselves.
func (law *lawful) fits(i int, given map[string]any) bool {
	route, _ := law.table.Route(law.plain[i].name)
	for _, part := range route.Pattern.Tokens() {
		value, _ := given[part.Marker].(string)
		if part.Marker == "" || part.Star {
			continue
		}
		if strings.ContainsAny(part.Expr, `^$`) && !strings.Contains(part.Expr, "[^") || strings.Contains(part.Expr, `\b`) || strings.Contains(part.Expr, `\B`) {
			return false
		}
		alone := plainOf("alone", "/"+routes.Token{Marker: "x", Expr: part.Expr}.String())
		_, escaped := alone.match("/" + strings.ReplaceAll(value, "/", "\x00"))
		_, open := alone.match("/" + value)
		if !escaped && (part.Expr == "" || !open) {
			return false
		}
	}
	return true
}

// ambiguous tells whether a pattern has markers that can share a text: two of them
// in one segment, or one that takes slashes beside any other.
func ambiguous(p *routes.Pattern) bool {
	markers, inSegment, slashes := 0, 0, false
	for _, part := range p.Tokens() {
		if part.Marker == "" {
			if strings.Contains(part.Literal, "/") {
				inSegment = 0
			}
			continue
		}
		markers++
		if inSegment++; inSegment > 1 {
			return true
		}
		slashes = slashes || strings.ContainsAny(part.Expr, "./^") // roughly
	}
	return slashes && markers > 1
}

// decoded is a path as the model reads it.
func decoded(t *testing.T, escaped string) string {
	t.Helper()
	names := strings.Split(escaped, "/")
	for i, name := range names {
		names[i] = strings.ReplaceAll(unescape(t, name), "/", "\x00")
	}
	return strings.Join(names, "/")
}

func unescape(t *testing.T, s string) string {
	t.Helper()
	u, err := neturl.PathUnescape(s)
	require.NoError(t, err)
	return u
}

// current holds the second half of the law for a random path.
func (law *lawful) current(t *testing.T, w world) (matched bool) {
	t.Helper()
	path, _ := w.path()
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		path = "/" + strings.TrimLeft(path, "/")
	}
	return law.comesBack(t, path)
}

func (law *lawful) comesBack(t *testing.T, path string) (matched bool) {
	t.Helper()
	r := law.ask(t, path)
	m := r.Match()
	if m == nil {
		return false
	}
	url, err := r.CurrentRouteURL()
	require.NoError(t, err, path)
	again := law.ask(t, url)
	require.NotNil(t, again.Match(), "%s -> %s", path, url)
	require.Equal(t, m.Route, again.Match().Route, "%s -> %s", path, url)
	require.Equal(t, m.Params(), again.Match().Params(), "%s -> %s", path, url)
	thrice, err := again.CurrentRouteURL()
	require.NoError(t, err)
	require.Equal(t, url, thrice, "%s: the URL of a URL's match is that URL", path)
	return true
}

func (law *lawful) hold(t *testing.T, w world, rounds int) (same, matched int) {
	t.Helper()
	for range rounds {
		if law.generated(t, w, w.IntN(len(law.plain))) {
			same++
		}
		if law.current(t, w) {
			matched++
		}
	}
	return same, matched
}

func TestURLsLeadBack(t *testing.T) {
	t.Parallel()
	tables, same, matched := 1000, 0, 0
	if testing.Short() {
		tables = 150
	}
	for seed := range tables {
		w := world{rand.New(rand.NewPCG(uint64(seed), 5))}
		s, m := newLawful(t, w, 1+w.IntN(20)).hold(t, w, 60)
		same, matched = same+s, matched+m
	}
	assert.Greater(t, same, tables*15, "most of it must be about URLs that lead back")
	assert.Greater(t, matched, tables*15, "most of it must be about paths that match")
	t.Logf("of %d: %d generated URLs led back with the same parameters, %d paths matched", tables*60, same, matched)
}

// FuzzURLsLeadBack has the fuzzer choose the table, and the path.
func FuzzURLsLeadBack(f *testing.F) {
	f.Add(uint64(1), uint64(2), "/a/b%2Fc")
	f.Add(uint64(3), uint64(4), "/a//../%2e%2e/b")
	f.Fuzz(func(t *testing.T, a, b uint64, path string) {
		w := world{rand.New(rand.NewPCG(a, b))}
		law := newLawful(t, w, 1+w.IntN(20))
		law.hold(t, w, 10)
		if _, err := http.NewRequest(http.MethodGet, "http://example.com"+path, nil); err != nil || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") ||
			strings.ContainsAny(path, "?# ") {
			return
		}
		r := web.Begin(nil, httptest.NewRequest(http.MethodGet, path, nil))
		if _, err := law.table.Match(r); err != nil {
			_, ok := errors.AsType[*web.PathError](err)
			require.True(t, ok, "%v", err)
			return
		}
		law.comesBack(t, path)
	})
}
