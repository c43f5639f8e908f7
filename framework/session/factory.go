package session

import (
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/mastaba-go/mastaba/framework/internal/cookies"
	"github.com/mastaba-go/mastaba/views/web"
)

// Factory finds the sessions of clients, for framework.Options.Sessions. It is immutable and safe
// for concurrent use.
type Factory struct {
	o      Options
	secure cookie
	plain  cookie // in development over plain http
	keeper keeper

	plainOnce, insecureOnce sync.Once
}

var _ web.SessionFactory = (*Factory)(nil)

// keeper keeps the content of sessions: in the cookie, or in a Store. Its callers hold the lock of
// the state, or are alone with it.
type keeper interface {
	// open reads the session that a cookie has, into a new state. It returns false if there is
	// none that is valid.
	open(r *web.Request, c *cookie, value string, s *state) (bool, error)
	// save saves what changed. It returns what becomes of the cookie: "" to leave it as it is.
	save(r *web.Request, c *cookie, s *state) (line string, err error)
	// limit returns an error if a session with these entries cannot be saved.
	limit(c *cookie, entries []entry) error
}

// New returns a Factory. The error names all mistakes in the options.
func New(o Options) (*Factory, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("session.New: %w", err)
	}
	f := &Factory{o: o, secure: newCookie(&o, true), plain: newCookie(&o, false)}
	if o.Store != nil {
		f.keeper = &stored{f}
		return f, nil
	}
	sealed := &sealed{Factory: f}
	if sealed.ring, err = newKeyring(o.Secrets, f.secure.name); err == nil {
		sealed.plainRing, err = newKeyring(o.Secrets, f.plain.name)
	}
	if err != nil {
		return nil, fmt.Errorf("session.New: %w", err)
	}
	f.keeper = sealed
	return f, nil
}

// CookieName returns the name of the cookie, with its prefix.
func (f *Factory) CookieName() string { return f.secure.name }

// Session returns the session of the client. A cookie that is expired, damaged or not ours gives a
// new, empty session; only a Store that does not answer is an error, with status 503.
func (f *Factory) Session(r *web.Request) (web.Session, error) {
	s := &session{r: r}
	st := &s.first
	st.f, st.cookie = f, f.cookieFor(r)
	s.at.Store(st)
	values := cookies.Named(r.Request.Header, st.cookie.name)
	st.sent = len(values.All()) > 0
	for _, value := range values.All() {
		found, err := f.keeper.open(r, st.cookie, value, st)
		if err != nil {
			return nil, err
		}
		if found {
			break
		}
	}
	if !st.known {
		st.begin()
	}
	st.saved = web.Drive(r).ResponseReady()
	return s, nil
}

// cookieFor returns the cookie for a request: the secure one, except in development over plain
// http.
func (f *Factory) cookieFor(r *web.Request) *cookie {
	if r.TLS != nil || r.Scheme() == "https" {
		return &f.secure
	}
	if r.Application().Development {
		f.plainOnce.Do(func() {
			r.Log().Warn().Str("cookie", f.plain.name).Msg("development: over plain http the session cookie has no Secure attribute")
		})
		return &f.plain
	}
	return &f.secure
}

// now returns the time in whole seconds.
func now() time.Time { return time.Unix(time.Now().Unix(), 0) }

// alive reports whether a session with these stamps has not ended.
func (f *Factory) alive(created, renewed, at time.Time) bool {
	return (f.o.Timeout < 0 || age(renewed, at) < f.o.Timeout) && (f.o.Lifetime < 0 || age(created, at) < f.o.Lifetime)
}

// ttl returns how long a session lasts that is renewed now.
func (f *Factory) ttl(created, at time.Time) time.Duration {
	ttl := f.o.Timeout
	if f.o.Lifetime >= 0 {
		if left := created.Add(f.o.Lifetime).Sub(at); ttl < 0 || left < ttl {
			ttl = left
		}
	}
	return max(ttl, time.Second)
}

// due reports whether the stamp is old enough to be renewed without a change.
func (f *Factory) due(renewed, at time.Time) bool {
	return f.o.RenewAfter >= 0 && age(renewed, at) >= f.o.RenewAfter
}

// age returns how old a stamp is, as Time.Sub does. Since stamps are whole seconds, it is faster.
func age(stamp, at time.Time) time.Duration {
	const most = int64(math.MaxInt64 / time.Second)
	return time.Duration(max(min(at.Unix()-stamp.Unix(), most), -most)) * time.Second
}
