package jwt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/mastaba-go/mastaba/views/web"
)

// RemoteOptions are the options of [Remote]. URL is required.
type RemoteOptions struct {
	// URL of the JSON Web Key Set. It must be https, except on this machine.
	URL string
	// Client sends the requests; nil: one that follows no redirects.
	Client *http.Client
	// Timeout limits one fetch; zero: 5 seconds.
	Timeout time.Duration
	// MaxAge is how long the keys are used before they are fetched again; zero: one hour.
	MaxAge time.Duration
	// Interval is the shortest time between two fetches, successful or not; zero: one minute.
	Interval time.Duration
}

// Remote returns Keys from a URL: see the package documentation.
func Remote(o RemoteOptions) Keys {
	if o.Client == nil {
		o.Client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	if o.Timeout <= 0 {
		o.Timeout = 5 * time.Second
	}
	if o.MaxAge <= 0 {
		o.MaxAge = time.Hour
	}
	if o.Interval <= 0 {
		o.Interval = time.Minute
	}
	r := &remote{options: o, turn: make(chan struct{}, 1), err: checkURL(o.URL)}
	r.state.Store(new(fetched))
	return r
}

func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil {
		return fmt.Errorf("jwt.Remote: %w", err)
	}
	ip := net.ParseIP(u.Hostname())
	local := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return fmt.Errorf("jwt.Remote: URL %q: want an address such as https://login.example.com/jwks.json", text)
	}
	return nil
}

// remote keeps the last set of keys in state, and fetches the next one on the goroutine of a
// request that needs it. turn lets one request at a time do that.
type remote struct {
	options RemoteOptions
	state   atomic.Pointer[fetched]
	turn    chan struct{}
	err     error
}

// fetched is what a fetch brought. It is immutable.
type fetched struct {
	keys  keyset
	at    time.Time // of the keys
	tried time.Time // of the last fetch
	err   error     // of the last fetch
}

var _ Keys = (*remote)(nil)

func (r *remote) Err() error { return r.err }

func (r *remote) Find(ctx context.Context, id string) ([]jose.JSONWebKey, error) {
	now := r.state.Load()
	found := now.keys.find(id)
	if found != nil && time.Since(now.at) < r.options.MaxAge {
		return found, nil
	}
	now, err := r.refresh(ctx, now, found != nil)
	switch {
	case err != nil:
		return nil, err
	case now.keys == nil:
		return nil, web.ServiceUnavailable("").WithRetryAfter(r.options.Interval).With(fmt.Errorf("no keys to check tokens with: %w", now.err))
	}
	return now.keys.find(id), nil
}

// refresh returns a newer state than old, if one may be fetched. While another request fetches, it
// waits, or goes on with old if that has the key.
func (r *remote) refresh(ctx context.Context, old *fetched, has bool) (*fetched, error) {
	if !r.due(old) {
		return old, nil
	}
	select {
	case r.turn <- struct{}{}:
	default:
		if has {
			return old, nil
		}
		select {
		case r.turn <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	defer func() { <-r.turn }()
	now := r.state.Load()
	if now != old || !r.due(now) {
		return now, nil // another request has fetched in the meantime
	}
	next := &fetched{keys: now.keys, at: now.at}
	// If the client leaves, the fetch goes on: otherwise clients that leave at once would make a
	// fetch each, or put off the keys that others wait for.
	keys, err := r.fetch(context.WithoutCancel(ctx))
	next.tried, next.err = time.Now(), err
	if err == nil {
		next.keys, next.at = keys, next.tried
	} else if req, ok := web.FromContext(ctx); ok {
		req.Log().Warn().Err(err).Str("url", r.options.URL).Int("keys", len(now.keys)).Msg("keys for tokens cannot be fetched; the old ones stay in use")
	}
	r.state.Store(next)
	return next, nil
}

// due reports whether the last fetch is long enough ago.
func (r *remote) due(s *fetched) bool {
	return s.tried.IsZero() || time.Since(s.tried) >= r.options.Interval
}

// maxSet is how many bytes a key set may have.
const maxSet = 1 << 20

func (r *remote) fetch(ctx context.Context) (keyset, error) {
	ctx, cancel := context.WithTimeout(ctx, r.options.Timeout)
	defer cancel()
	hr, err := http.NewRequestWithContext(ctx, http.MethodGet, r.options.URL, nil)
	if err != nil {
		return nil, err
	}
	hr.Header.Set("Accept", "application/jwk-set+json, application/json")
	resp, err := r.options.Client.Do(hr)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %s", resp.Status)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxSet+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxSet {
		return nil, errors.New("the key set has more than 1 MiB")
	}
	return parseKeys(text)
}
