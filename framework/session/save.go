package session

import (
	"context"
	"errors"
	"strings"

	"github.com/mastaba-go/mastaba/framework/internal/cookies"
	"github.com/mastaba-go/mastaba/views/web"
)

// Save saves the session and sets the cookie in the response. The framework calls it when the
// response callbacks have run. A second call, with the response to an error, sets the same cookie
// there and saves nothing.
func (s *session) Save(r *web.Request, resp *web.Response, failed bool) error {
	st := s.lock()
	defer st.mu.Unlock()
	resp.AddVary("Cookie")
	if !st.saved {
		st.saved = true
		if resp.Status() == web.StatusClientClosedRequest || failed && st.f.o.DiscardOnError {
			return nil
		}
		line, err := st.f.keeper.save(r, st.cookie, st)
		st.outcome = line
		if err != nil {
			return err
		}
		st.removed = line == "" && st.invalid && st.sent
		st.f.warnInsecure(r, line, st.cookie)
	}
	switch {
	case st.outcome != "":
		st.cookie.set(resp, st.outcome)
	case st.removed:
		st.cookie.remove(resp)
	}
	return nil
}

// warnInsecure logs once that browsers may refuse the cookie.
func (f *Factory) warnInsecure(r *web.Request, line string, c *cookie) {
	if line == "" || c != &f.secure || r.TLS != nil || r.Scheme() == "https" {
		return
	}
	f.insecureOnce.Do(func() {
		r.Log().Warn().Str("cookie", c.name).Msg("the session cookie is Secure, but the request came over plain http: " +
			"browsers accept it at most from localhost. Use TLS, set framework.Options.TrustedProxies if a proxy terminates TLS, " +
			"or on your own machine run serve --dev, or without package cli call config.SetDevelopment()")
	})
}

// sealed keeps sessions in the cookie.
type sealed struct {
	*Factory
	ring, plainRing *keyring
}

var _ keeper = (*sealed)(nil)

// ringOf returns the key ring of a cookie.
func (k *sealed) ringOf(c *cookie) *keyring {
	if c == &k.plain {
		return k.plainRing
	}
	return k.ring
}

func (k *sealed) open(_ *web.Request, c *cookie, value string, s *state) (bool, error) {
	plain, ok := k.ringOf(c).open(value)
	if !ok {
		return false, nil
	}
	created, renewed, entries, err := parseFrame(plain, s.room[:0])
	s.opened = now()
	if err != nil || !k.alive(created, renewed, s.opened) {
		return false, nil
	}
	s.known, s.created, s.renewed, s.entries = true, created, renewed, entries
	return true, nil
}

func (k *sealed) limit(c *cookie, entries []entry) error {
	size := len(c.name) + 1 + sealedLen(frameLen(entries))
	if size <= cookies.MaxSize+1 { // the equals sign does not count
		return nil
	}
	return newTooLargeError(c.name, entries, size-1)
}

func (k *sealed) save(_ *web.Request, c *cookie, s *state) (string, error) {
	switch {
	case s.isChanged() || s.touched || s.renew && s.known:
	case s.known && k.due(s.renewed, s.opened):
	default:
		return "", nil
	}
	plain := appendFrame(make([]byte, 0, frameLen(s.entries)), s.created, now(), s.entries)
	line := make([]byte, 0, len(c.name)+1+sealedLen(len(plain)))
	line = append(append(line, c.name...), '=')
	return string(k.ringOf(c).appendSealed(line, plain)), nil
}

// isChanged reports whether there is anything to save: a change of a known session, or any value of
// a new one. The caller holds mu.
func (s *state) isChanged() bool {
	if !s.known {
		return !isEmpty(s.entries)
	}
	for _, e := range s.entries {
		if e.written {
			return true
		}
	}
	return false
}

// stored keeps sessions in a Store.
type stored struct{ *Factory }

var _ keeper = (*stored)(nil)

func (k *stored) limit(*cookie, []entry) error { return nil }

// open tries both ids of a cookie that update has set when it did not know which one is valid.
func (k *stored) open(r *web.Request, c *cookie, value string, s *state) (bool, error) {
	token, old, both := strings.Cut(value, bothIDs)
	found, err := k.load(r, token, s)
	if both && !found && err == nil {
		found, err = k.load(r, old, s)
	}
	s.both = found && both
	return found, err
}

// bothIDs is between two ids in a cookie: the new one, then the old one.
const bothIDs = "~"

func (k *stored) load(r *web.Request, token string, s *state) (bool, error) {
	id, ok := idOf(token)
	if !ok {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), k.o.StoreTimeout)
	defer cancel()
	rec, err := k.o.Store.Load(ctx, id)
	switch {
	case errors.Is(err, ErrNotFound):
		return false, nil
	case err != nil && r.Context().Err() != nil:
		return false, err // the client disconnected, or the deadline is over
	case err != nil:
		return false, k.down(r, "load", id, err)
	case !k.alive(rec.Created, rec.Renewed, now()):
		return false, nil
	}
	s.known, s.token, s.created, s.renewed = true, token, rec.Created, rec.Renewed
	s.entries = make([]entry, 0, len(rec.Values)+2)
	for name, text := range rec.Values {
		s.entries = append(s.entries, entry{name: name, text: text})
	}
	return true, nil
}

func (k *stored) save(r *web.Request, c *cookie, s *state) (string, error) {
	// A response that was made is worth saving even if the client has just disconnected.
	ctx := context.WithoutCancel(r.Context())
	if s.ended != "" {
		id, _ := idOf(s.ended)
		if err := k.end(ctx, r, id); err != nil {
			return "", err
		}
	}
	if !s.known {
		return k.create(ctx, r, c, s)
	}
	return k.update(ctx, r, c, s)
}

// create stores a new session, unless there is nothing in it.
func (k *stored) create(ctx context.Context, r *web.Request, c *cookie, s *state) (string, error) {
	if isEmpty(s.entries) && !s.touched {
		return "", nil
	}
	token := newToken()
	id, _ := idOf(token)
	rec := Record{Created: s.created, Renewed: now(), Values: map[string]string{}}
	for _, e := range s.entries {
		if !e.deleted {
			rec.Values[e.name] = e.text
		}
	}
	ttl := k.ttl(rec.Created, rec.Renewed)
	if err := k.call(ctx, func(ctx context.Context) error { return k.o.Store.Create(ctx, id, rec, ttl) }); err != nil {
		return "", k.down(r, "create", id, err)
	}
	return c.name + "=" + token, nil
}

// update stores the changes of a session.
func (k *stored) update(ctx context.Context, r *web.Request, c *cookie, s *state) (string, error) {
	at := now()
	must := s.isChanged() || s.touched || s.renew
	if !must && !k.due(s.renewed, at) {
		return "", nil
	}
	id, _ := idOf(s.token)
	token, change := s.token, Change{Renewed: at}
	for _, e := range s.entries {
		switch {
		case !e.written:
		case e.deleted:
			change.Delete = append(change.Delete, e.name)
		default:
			if change.Set == nil {
				change.Set = map[string]string{}
			}
			change.Set[e.name] = e.text
		}
	}
	if s.renew {
		token = newToken()
		moved, _ := idOf(token)
		change.Move = &moved
	}
	err := k.call(ctx, func(ctx context.Context) error { return k.o.Store.Update(ctx, id, change, k.ttl(s.created, at)) })
	switch {
	case errors.Is(err, ErrNotFound):
		return k.gone(ctx, r, c, s, change.Delete)
	case err != nil && !must:
		_ = k.down(r, "prolong", id, err) // the response is right; the session only lasts less long
		return "", nil
	case err != nil && s.renew:
		// The store may have made the change, with only its reply lost. So the client keeps both
		// ids: the session has one of them.
		return c.name + "=" + token + bothIDs + s.token, k.down(r, "renew the id", id, err)
	case err != nil:
		return "", k.down(r, "update", id, err)
	case s.renew || s.both || k.o.MaxAge > 0:
		return c.name + "=" + token, nil
	}
	return "", nil
}

// gone saves the changes to a session that ended while the request ran: another request has
// invalidated it or given it another id, or it has expired. They are discarded, except that deleted
// values are deleted under the other id. The cookie stays as it is, since that request may have set
// another one. After Renew the changes become a session of their own, without the values from
// before: a login has to work.
func (k *stored) gone(ctx context.Context, r *web.Request, c *cookie, s *state, deleted []string) (string, error) {
	r.Log().Debug().Msg("the session ended while the request ran")
	if !s.renew {
		if id, ok := idOf(s.token); ok && len(deleted) > 0 {
			return "", k.take(ctx, r, id, s, deleted)
		}
		return "", nil
	}
	fresh := &state{created: now()}
	for _, e := range s.entries {
		if e.written && !e.deleted {
			fresh.entries = append(fresh.entries, e)
		}
	}
	return k.create(ctx, r, c, fresh)
}

// call calls the store with its own deadline.
func (k *stored) call(ctx context.Context, fn func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, k.o.StoreTimeout)
	defer cancel()
	return fn(ctx)
}

// down logs an error of the store and returns the 503 for it.
func (k *stored) down(r *web.Request, what string, id ID, err error) error {
	r.Log().Error().Err(err).Str("session", id.String()[:8]).Msg("session store: " + what)
	return web.ServiceUnavailable("").WithRetryAfter(k.o.RetryAfter).With(err)
}
