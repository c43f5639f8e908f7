package sessiontest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mastaba-go/mastaba/views/web"
)

// TestSessions checks the sessions of a factory. fresh returns one that is ready for use, and
// cleans up with t.Cleanup; it is called for each part of the suite. onServer says that sessions
// are kept on the server rather than in the cookie: then requests at the same time merge, and a
// session that ended is unknown from then on.
func TestSessions(t *testing.T, fresh func(t *testing.T) web.SessionFactory, onServer bool) {
	t.Helper()
	for _, c := range sessionCases {
		if c.onServer && !onServer {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(&browser{T: t, app: &web.Application{Sessions: fresh(t)}, cookies: map[string]string{}})
		})
	}
}

var sessionCases = []struct {
	name     string
	onServer bool
	check    func(*browser)
}{
	{"a client without a session", false, (*browser).without},
	{"values of several kinds", false, (*browser).values},
	{"a value that does not fit", false, (*browser).misfit},
	{"a change of what Get returned", false, (*browser).nested},
	{"a deleted value", false, (*browser).deleted},
	{"flash queues", false, (*browser).flash},
	{"Changed saves", false, (*browser).changed},
	{"cookies that are not ours", false, (*browser).foreign},
	{"Renew gives another cookie", false, (*browser).renew},
	{"Renew ends the old id", true, (*browser).renewEnds},
	{"Invalidate begins anew", false, (*browser).invalidate},
	{"no replay after Invalidate", true, (*browser).replay},
	{"an unknown id is not adopted", true, (*browser).unknown},
	{"requests at the same time merge", true, (*browser).merge},
	{"flash messages at the same time", true, (*browser).mergeFlash},
	{"a request that outlives the session", true, (*browser).outlived},
	{"a login while the session ends", true, (*browser).loginOutlived},
	{"a logout while the session gets another id", true, (*browser).logoutMoved},
	{"changes while the session gets another id", true, (*browser).changesMoved},
	{"logouts and logins at the same time", true, (*browser).logoutAmongMoves},
	{"clients at the same time", false, (*browser).clients},
}

// browser is a client with its cookies.
type browser struct {
	*testing.T
	app     *web.Application
	cookies map[string]string
}

// other returns another browser, with the same cookies or none.
func (b *browser) other(same bool) *browser {
	other := &browser{b.T, b.app, map[string]string{}}
	if same {
		for name, value := range b.cookies {
			other.cookies[name] = value
		}
	}
	return other
}

// exchange is a request of a browser that is not answered yet.
type exchange struct {
	web.Session
	b *browser
	r *web.Request
}

// begin sends a request.
func (b *browser) begin() exchange {
	b.Helper()
	hr := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "https://example.com/", http.NoBody)
	for name, value := range b.cookies {
		hr.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	r := web.Begin(b.app, hr)
	s, err := r.Session()
	if err != nil {
		b.Fatalf("Session: %v", err)
	}
	return exchange{s, b, r}
}

// end answers the request. It returns the lines of Set-Cookie, whose cookies the browser keeps.
func (x exchange) end() []string {
	x.b.Helper()
	resp := x.r.Text("")
	if err := web.Drive(x.r).RunResponseCallbacks(resp); err != nil {
		x.b.Fatalf("the session is not saved: %v", err)
	}
	if !strings.Contains(strings.Join(resp.HeaderValues("Vary"), ","), "Cookie") {
		x.b.Errorf("a response that used the session has Vary: %q, want Cookie in it", resp.Header("Vary"))
	}
	lines := resp.HeaderValues("Set-Cookie")
	for _, line := range lines {
		cookie, err := http.ParseSetCookie(line)
		switch {
		case err != nil:
			x.b.Errorf("invalid Set-Cookie %q: %v", line, err)
		case cookie.MaxAge < 0:
			delete(x.b.cookies, cookie.Name)
		default:
			x.b.cookies[cookie.Name] = cookie.Value
			if !cookie.Secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
				x.b.Errorf("Set-Cookie %q: want Secure, HttpOnly and SameSite=Lax", line)
			}
		}
	}
	if len(lines) > 0 && !strings.Contains(resp.Header("Cache-Control"), "private") {
		x.b.Errorf("a response with a cookie has Cache-Control: %q, want private", resp.Header("Cache-Control"))
	}
	return lines
}

// visit is a whole request, for the lines of Set-Cookie.
func (b *browser) visit(view func(x exchange)) []string {
	b.Helper()
	x := b.begin()
	view(x)
	return x.end()
}

func (x exchange) set(name string, value any) {
	x.b.Helper()
	if err := x.Set(name, value); err != nil {
		x.b.Fatalf("Set %q: %v", name, err)
	}
}

// has checks a value: want is what JSON makes of it, nil for none.
func (x exchange) has(name string, want any) {
	x.b.Helper()
	var got any
	ok, err := x.Get(name, &got)
	if err != nil || ok != (want != nil) || !reflect.DeepEqual(got, want) {
		x.b.Errorf("Get %q returns %#v, %v, %v; want %#v", name, got, ok, err, want)
	}
}

func (x exchange) flashes(queue string, pop bool, want ...string) {
	x.b.Helper()
	read, what := x.PeekFlash, "PeekFlash"
	if pop {
		read, what = x.PopFlash, "PopFlash"
	}
	if got, err := read(queue); err != nil || !slices.Equal(got, want) {
		x.b.Errorf("%s %q returns %q, %v; want %q", what, queue, got, err, want)
	}
}

func (x exchange) flash(queue, message string, unique bool) {
	x.b.Helper()
	if err := x.Flash(queue, message, unique); err != nil {
		x.b.Fatalf("Flash: %v", err)
	}
}

// cookieLines checks whether a response sets a cookie.
func (b *browser) cookieLines(lines []string, want int, why string) {
	b.Helper()
	if len(lines) != want {
		b.Errorf("the response has the Set-Cookie lines %q, want %d: %s", lines, want, why)
	}
}

func (b *browser) without() {
	lines := b.visit(func(x exchange) {
		if !x.IsNew() || len(x.Names()) != 0 || x.Created().IsZero() {
			b.Errorf("IsNew %v, Names %v, Created %v; want a new, empty session", x.IsNew(), x.Names(), x.Created())
		}
		x.has("a", nil)
		x.flashes("", false)
		x.flashes("", true)
		x.Delete("a")
		x.Renew()
	})
	b.cookieLines(lines, 0, "nothing was set")
}

func (b *browser) values() {
	lines := b.visit(func(x exchange) {
		x.set("number", 7)
		x.set("list", []any{"x", 1, true, nil})
		x.set("map", map[string]any{"a": map[string]string{"b": "<c>"}})
		x.set("text", "café 日本 \x00")
		x.set("null", nil)
		x.has("number", 7.0)
	})
	b.cookieLines(lines, 1, "values were set")
	created := b.begin().Created()
	lines = b.visit(func(x exchange) {
		x.has("number", 7.0)
		x.has("list", []any{"x", 1.0, true, nil})
		x.has("map", map[string]any{"a": map[string]any{"b": "<c>"}})
		x.has("text", "café 日本 \x00")
		var null any
		if ok, err := x.Get("null", &null); !ok || err != nil {
			b.Errorf("Get of a null returns %v, %v", ok, err)
		}
		if want := []string{"list", "map", "null", "number", "text"}; x.IsNew() || !slices.Equal(x.Names(), want) {
			b.Errorf("IsNew %v, Names %v; want an old session with %v", x.IsNew(), x.Names(), want)
		}
	})
	b.cookieLines(lines, 0, "reading changes nothing")
	b.visit(func(x exchange) { x.set("number", 8) })
	b.visit(func(x exchange) {
		x.has("number", 8.0)
		if !x.Created().Equal(created) {
			b.Errorf("Created is %v, was %v", x.Created(), created)
		}
	})
}

func (b *browser) misfit() {
	b.visit(func(x exchange) {
		x.set("a", "text")
		if x.Set("a", make(chan int)) == nil || x.Set("b", func() {}) == nil || x.Set("", 1) == nil {
			b.Error("Set accepts what JSON does not keep, or no name")
		}
		n := 3
		if ok, err := x.Get("a", &n); ok || err == nil {
			b.Errorf("Get of a text as a number returns %v, %v; want an error", ok, err)
		}
		x.has("a", "text")
		x.has("b", nil)
	})
}

func (b *browser) nested() {
	b.visit(func(x exchange) { x.set("l", []string{"a"}) })
	b.visit(func(x exchange) {
		var list []string
		_, _ = x.Get("l", &list)
		list[0] = "changed"
		x.has("l", []any{"a"})
	})
	b.visit(func(x exchange) { x.has("l", []any{"a"}) })
}

func (b *browser) deleted() {
	b.visit(func(x exchange) { x.set("a", 1); x.set("b", 2) })
	b.visit(func(x exchange) { x.Delete("a"); x.has("a", nil) })
	b.visit(func(x exchange) { x.has("a", nil); x.has("b", 2.0); x.Delete("b"); x.set("b", 3) })
	b.visit(func(x exchange) { x.has("b", 3.0) })
}

func (b *browser) flash() {
	b.visit(func(x exchange) {
		x.flash("", "one", false)
		x.flash("", "two", false)
		x.flash("", "one", false)
		x.flash("", "two", true)
		x.flash("errors/of a form", "two", true)
		x.flashes("", false, "one", "two", "one")
	})
	b.visit(func(x exchange) {
		x.flashes("", false, "one", "two", "one")
		x.flash("", "three", true)
		x.flash("", "one", true)
		x.flashes("", true, "one", "two", "one", "three")
		x.flashes("", true)
		x.flashes("errors/of a form", false, "two")
	})
	b.visit(func(x exchange) {
		x.flashes("", true)
		x.flashes("errors/of a form", true, "two")
		x.flashes("errors", false)
	})
}

func (b *browser) changed() {
	b.cookieLines(b.visit(func(x exchange) { x.Changed() }), 1, "Changed begins even an empty session")
	b.visit(func(x exchange) {
		if x.IsNew() {
			b.Error("a session that Changed has saved is new again")
		}
	})
}

func (b *browser) foreign() {
	b.visit(func(x exchange) { x.set("user", "alice") })
	for name, valid := range b.cookies {
		for _, value := range []string{"", "AAAA", "%", valid + "A", valid[1:], "A" + valid[1:], strings.Repeat("A", len(valid)), strings.Repeat("A", 10_000)} {
			if value == valid {
				continue
			}
			thief := b.other(false)
			thief.cookies[name] = value
			thief.visit(func(x exchange) {
				x.has("user", nil)
				if !x.IsNew() {
					b.Errorf("a session with the cookie %.60q is not new", value)
				}
			})
		}
	}
}

func (b *browser) renew() {
	b.visit(func(x exchange) { x.set("cart", "book"); x.set(web.CSRFTokenKey, "t") })
	before := b.other(true)
	lines := b.visit(func(x exchange) { x.Renew(); x.set("user", "alice"); x.has(web.CSRFTokenKey, nil) })
	b.cookieLines(lines, 1, "the id is another")
	for name, value := range before.cookies {
		if b.cookies[name] == value {
			b.Error("the cookie is the same as before Renew")
		}
	}
	b.visit(func(x exchange) { x.has("cart", "book"); x.has("user", "alice"); x.has(web.CSRFTokenKey, nil) })
	before.visit(func(x exchange) { x.has("user", nil) })
}

func (b *browser) renewEnds() {
	b.visit(func(x exchange) { x.set("cart", "book") })
	before := b.other(true)
	b.visit(func(x exchange) { x.Renew() })
	before.visit(func(x exchange) {
		x.has("cart", nil)
		if !x.IsNew() {
			b.Error("the old id still has a session")
		}
	})
}

func (b *browser) invalidate() {
	b.visit(func(x exchange) { x.set("user", "alice"); x.flash("", "hello", false) })
	before := b.other(true)
	lines := b.visit(func(x exchange) {
		x.Invalidate()
		x.has("user", nil)
		x.flashes("", false)
		if !x.IsNew() || len(x.Names()) != 0 {
			b.Errorf("after Invalidate IsNew is %v, Names %v", x.IsNew(), x.Names())
		}
		x.set("next", 1)
	})
	b.cookieLines(lines, 1, "the session is another")
	for name, value := range before.cookies {
		if b.cookies[name] == value {
			b.Error("the cookie is the same as before Invalidate")
		}
	}
	b.visit(func(x exchange) { x.has("user", nil); x.has("next", 1.0) })
	b.cookieLines(b.visit(func(x exchange) { x.Invalidate() }), 1, "the cookie is removed")
	if len(b.cookies) != 0 {
		b.Errorf("after Invalidate the browser has the cookies %v", b.cookies)
	}
}

func (b *browser) replay() {
	b.visit(func(x exchange) { x.set("user", "alice") })
	before := b.other(true)
	b.visit(func(x exchange) { x.Invalidate() })
	before.visit(func(x exchange) { x.has("user", nil) })
	before.visit(func(x exchange) { x.set("a", 1) })
	before.visit(func(x exchange) { x.has("user", nil); x.has("a", 1.0) })
}

func (b *browser) unknown() {
	b.visit(func(x exchange) { x.set("a", 1) })
	planted := b.other(true)
	b.visit(func(x exchange) { x.Invalidate() })
	was := map[string]string{}
	for name, value := range planted.cookies {
		was[name] = value
	}
	planted.visit(func(x exchange) { x.set("user", "alice") })
	for name, value := range was {
		if planted.cookies[name] == value {
			b.Error("an id that the store does not know is used for a new session")
		}
	}
}

func (b *browser) merge() {
	b.visit(func(x exchange) { x.set("a", 1); x.set("b", 2); x.set("c", 3) })
	first, second := b.other(true).begin(), b.other(true).begin()
	first.set("a", 10)
	first.Delete("c")
	second.set("b", 20)
	second.set("d", 40)
	first.end()
	second.end()
	b.visit(func(x exchange) {
		x.has("a", 10.0)
		x.has("b", 20.0)
		x.has("c", nil)
		x.has("d", 40.0)
	})
}

func (b *browser) mergeFlash() {
	b.visit(func(x exchange) { x.flash("", "old", false) })
	pop, add, again := b.other(true).begin(), b.other(true).begin(), b.other(true).begin()
	pop.flashes("", true, "old")
	add.flash("", "new", false)
	again.flash("", "newer", false)
	add.end()
	pop.end()
	again.end()
	b.visit(func(x exchange) {
		got, err := x.PopFlash("")
		slices.Sort(got)
		if err != nil || !slices.Equal(got, []string{"new", "newer"}) {
			b.Errorf("after one request has shown a message while two have added one, there are %q, %v", got, err)
		}
	})
}

func (b *browser) outlived() {
	b.visit(func(x exchange) { x.set("user", "alice") })
	old, quiet := b.other(true).begin(), b.other(true).begin()
	b.visit(func(x exchange) { x.Invalidate() })
	old.set("cart", "book")
	b.cookieLines(old.end(), 0, "the session has ended meanwhile")
	b.cookieLines(quiet.end(), 0, "it has changed nothing")
	old.b.visit(func(x exchange) { x.has("user", nil); x.has("cart", nil) })
}

func (b *browser) loginOutlived() {
	b.visit(func(x exchange) { x.set("cart", "book") })
	login := b.other(true).begin()
	b.visit(func(x exchange) { x.Invalidate() })
	login.Renew()
	login.set("user", "alice")
	b.cookieLines(login.end(), 1, "a login works even if the session has ended meanwhile")
	login.b.visit(func(x exchange) { x.has("user", "alice"); x.has("cart", nil) })
}

// logoutMoved: an acknowledged logout ends the session, also if another request has renewed it
// since the one of the logout began, once or twice.
func (b *browser) logoutMoved() {
	for moves := range 3 {
		b.visit(func(x exchange) { x.set("user", "alice") })
		old := b.other(true)
		logout := old.begin()
		for range moves {
			b.visit(func(x exchange) { x.Renew(); x.set("admin", true) })
		}
		b.visit(func(x exchange) { x.has("user", "alice") })
		logout.Invalidate()
		logout.end()
		for _, client := range []*browser{b, old} {
			client.visit(func(x exchange) { x.has("user", nil); x.has("admin", nil) })
		}
		clear(b.cookies)
	}
}

// changesMoved: nothing that is set with an old id gets into the session, since somebody may have
// planted the id. What is deleted is deleted.
func (b *browser) changesMoved() {
	b.visit(func(x exchange) { x.set("user", "alice"); x.set("cart", "book"); x.flash("", "once", false) })
	old := b.other(true)
	late, planted := old.begin(), b.other(true).begin()
	b.visit(func(x exchange) { x.Renew(); x.set("cart", "books") })
	late.Delete("cart")
	late.set("theme", "dark")
	late.flashes("", true, "once")
	b.cookieLines(late.end(), 0, "the cookie of the other request counts")
	planted.set("user", "eve")
	b.cookieLines(planted.end(), 0, "the cookie of the other request counts")
	b.visit(func(x exchange) {
		x.has("user", "alice")
		x.has("cart", nil)
		x.has("theme", nil)
		x.flashes("", false)
	})
	old.visit(func(x exchange) { x.has("user", nil) })
}

// logoutAmongMoves: however they interleave, nothing of a session is left once a logout has been
// acknowledged.
func (b *browser) logoutAmongMoves() {
	for range 20 {
		b.visit(func(x exchange) { x.set("user", "alice") })
		clients := []*browser{b, b.other(true), b.other(true), b.other(true)}
		var requests []exchange
		for _, client := range clients {
			requests = append(requests, client.begin())
		}
		var group sync.WaitGroup
		for i, x := range requests {
			group.Go(func() {
				if i%2 == 0 {
					x.Renew()
					x.set("admin", true)
				} else {
					x.Invalidate()
				}
				x.end()
			})
		}
		group.Wait()
		for _, client := range clients {
			client.visit(func(x exchange) { x.has("user", nil) })
			clear(client.cookies)
		}
	}
}

func (b *browser) clients() {
	var group sync.WaitGroup
	for i := range workers {
		group.Go(func() {
			own, client := fmt.Sprintf("client %d", i), b.other(false)
			for range 5 {
				client.visit(func(x exchange) { x.set("own", own); x.flash("", own, true) })
				client.visit(func(x exchange) { x.has("own", own); x.flashes("", true, own) })
			}
		})
	}
	group.Wait()
}
