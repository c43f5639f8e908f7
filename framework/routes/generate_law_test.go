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
//   - A generated URL matches its route with the parameters that it was generated from; unless an
//     earlier route matches the same path, or the markers do not match the parameters, or two sets
//     of parameters give the same path.
//   - The URL generated from the match of a request always matches the same route with the same
//     parameters.

// lawful is a random table and its model.
type lawful struct {
	table    *routes.Table
	patterns []string
	model    []plainRoute
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
			law.model = append(law.model, plainRouteOf(name, pattern))
		}
	})
	return law
}

// request returns a request for a URL as a server reads it from the wire, with its match.
func (law *lawful) request(t *testing.T, url string) *web.Request {
	t.Helper()
	hr := httptest.NewRequest(http.MethodGet, url, nil)
	r := web.Begin(&web.Application{URLs: law.table}, hr)
	_, err := law.table.Match(r)
	require.NoError(t, err, url)
	return r
}

// first returns the index of the first route that matches a path, by the model, or -1.
func (law *lawful) first(path string) (int, found) {
	for i, p := range law.model {
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

// checkGenerated checks the first half of the law for route i.
func (law *lawful) checkGenerated(t *testing.T, w world, i int) (same bool) {
	t.Helper()
	route, _ := law.table.Route(law.model[i].name)
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
	if err != nil {
		require.True(t, strings.Contains(err.Error(), "dot segments") || !law.fits(i, given), "%v, though each value fits its marker", err)
		return false
	}
	path := strings.TrimPrefix(url, "http://example.com")

	again := law.request(t, url)
	m := again.Match()
	at, expected := law.first(decoded(t, path))
	if at < 0 {
		require.Nil(t, m, "%s of %s", path, pattern)
		require.False(t, law.fits(i, given), "%s of %s with %q matches nothing, though each value fits its marker", path, pattern, given)
		return false
	}
	require.NotNil(t, m, path)
	require.Equal(t, expected.route, m.Route, path)
	switch {
	case at < i:
		return false // an earlier route matches
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
	// The match is an equally good reading: its own URL round-trips, or differs only in its
	// slashes.
	other, err := r.RouteURL(route.Name, web.Params(got))
	if err != nil && strings.Contains(err.Error(), "dot segments") { // that reading has no URL
		return false
	}
	require.NoError(t, err)
	if unescape(t, url) != unescape(t, other) {
		require.Equal(t, m.Params(), law.request(t, other).Match().Params(), "%s: given %q, got %q: %s, %s", pattern, given, got, url, other)
	}
	return false
}

// fits reports whether each marker matches its value on its own, which is enough for a pattern
// whose expressions do not look around them.
func (law *lawful) fits(i int, given map[string]any) bool {
	route, _ := law.table.Route(law.model[i].name)
	for _, part := range route.Pattern.Tokens() {
		value, _ := given[part.Marker].(string)
		if part.Marker == "" || part.Star {
			continue
		}
		if strings.ContainsAny(part.Expr, `^$`) && !strings.Contains(part.Expr, "[^") || strings.Contains(part.Expr, `\b`) || strings.Contains(part.Expr, `\B`) {
			return false
		}
		alone := plainRouteOf("alone", "/"+routes.Token{Marker: "x", Expr: part.Expr}.String())
		_, escaped := alone.match("/" + strings.ReplaceAll(value, "/", "\x00"))
		_, open := alone.match("/" + value)
		if !escaped && (part.Expr == "" || !open) {
			return false
		}
	}
	return true
}

// ambiguous reports whether markers of the pattern compete for the same text: two of them in one
// segment, or one that matches slashes next to any other.
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

// decoded returns a path in the form of the model.
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

// checkCurrent checks the second half of the law for a random path.
func (law *lawful) checkCurrent(t *testing.T, w world) (matched bool) {
	t.Helper()
	path, _ := w.path()
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		path = "/" + strings.TrimLeft(path, "/")
	}
	return law.checkPath(t, path)
}

func (law *lawful) checkPath(t *testing.T, path string) (matched bool) {
	t.Helper()
	r := law.request(t, path)
	m := r.Match()
	if m == nil {
		return false
	}
	url, err := r.CurrentRouteURL()
	if err != nil && strings.Contains(err.Error(), "dot segments") { // no client sends such a path
		return true
	}
	require.NoError(t, err, path)
	again := law.request(t, url)
	require.NotNil(t, again.Match(), "%s -> %s", path, url)
	require.Equal(t, m.Route, again.Match().Route, "%s -> %s", path, url)
	require.Equal(t, m.Params(), again.Match().Params(), "%s -> %s", path, url)
	stable, err := again.CurrentRouteURL()
	require.NoError(t, err)
	require.Equal(t, url, stable, "%s: the URL of the match is stable", path)
	return true
}

func (law *lawful) check(t *testing.T, w world, rounds int) (same, matched int) {
	t.Helper()
	for range rounds {
		if law.checkGenerated(t, w, w.IntN(len(law.model))) {
			same++
		}
		if law.checkCurrent(t, w) {
			matched++
		}
	}
	return same, matched
}

func TestURLsRoundTrip(t *testing.T) {
	t.Parallel()
	tables, same, matched := 1000, 0, 0
	if testing.Short() {
		tables = 150
	}
	for seed := range tables {
		w := world{rand.New(rand.NewPCG(uint64(seed), 5))}
		s, m := newLawful(t, w, 1+w.IntN(20)).check(t, w, 60)
		same, matched = same+s, matched+m
	}
	assert.Greater(t, same, tables*15, "most URLs must round-trip")
	assert.Greater(t, matched, tables*15, "most paths must match")
	t.Logf("of %d: %d generated URLs round-tripped, %d paths matched", tables*60, same, matched)
}

// The fuzzer chooses the table and the path.
func FuzzURLsRoundTrip(f *testing.F) {
	f.Add(uint64(1), uint64(2), "/a/b%2Fc")
	f.Add(uint64(3), uint64(4), "/a//../%2e%2e/b")
	f.Fuzz(func(t *testing.T, a, b uint64, path string) {
		w := world{rand.New(rand.NewPCG(a, b))}
		law := newLawful(t, w, 1+w.IntN(20))
		law.check(t, w, 10)
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
		law.checkPath(t, path)
	})
}
