package sessiontest

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/views/web"
)

// TestOutages checks what clients see of a store whose server stops. While clients send requests
// all the time, outages stops and starts the server; when it returns, the server has to run. Each
// response must be right or a 503 with Retry-After: what a response acknowledged is in the session,
// no client has lost its session, and none has that of another. The server must have every write on
// the disk before it answers.
//
// The function that outages gets waits until that many more requests were answered, and that many
// more were refused with a 503. A client that tries again for a long time refuses few.
func TestOutages(t *testing.T, o session.Options, outages func(wait func(answered, refused int64))) {
	t.Helper()
	factory, err := session.New(o)
	if err != nil {
		t.Fatal(err)
	}
	l := &load{T: t, app: &web.Application{Sessions: factory}}
	var group sync.WaitGroup
	clients := make([]*survivor, workers)
	for i := range clients {
		clients[i] = &survivor{load: l, own: fmt.Sprintf("client %d", i)}
		group.Go(func() {
			for !l.over.Load() && !t.Failed() {
				clients[i].request()
			}
		})
	}
	outages(l.wait)
	l.over.Store(true)
	group.Wait()
	for _, c := range clients {
		c.last()
	}
}

// wait waits until more requests are over.
func (l *load) wait(answered, refused int64) {
	l.Helper()
	answered += l.answered.Load()
	refused += l.refused.Load()
	for end := time.Now().Add(time.Minute); l.answered.Load() < answered || l.refused.Load() < refused; time.Sleep(5 * time.Millisecond) {
		if l.Failed() {
			return
		}
		if time.Now().After(end) {
			l.Errorf("after a minute %d requests were answered, want %d; %d were refused, want %d", l.answered.Load(), answered, l.refused.Load(), refused)
			return
		}
	}
}

// load is what the clients have in common.
type load struct {
	*testing.T
	app               *web.Application
	over              atomic.Bool
	answered, refused atomic.Int64
}

// survivor is a client that counts its requests in its session.
type survivor struct {
	*load
	own    string
	cookie *http.Cookie // nil before the first answer
	sent   int          // the last count it has tried to store
	saved  int          // the last count that was acknowledged
}

// request reads the count and stores the next one. Every seventh renews the id.
func (c *survivor) request() {
	next := c.sent + 1
	err := c.exchange(func(s web.Session) error {
		if c.cookie == nil {
			if err := s.Set("own", c.own); err != nil {
				return err
			}
		} else if err := c.check(s); err != nil {
			return err
		}
		if next%7 == 0 {
			s.Renew()
		}
		c.sent = next
		return s.Set("count", next)
	})
	if err == nil {
		c.saved = next
		c.answered.Add(1)
		return
	}
	if c.refusal(err) {
		c.refused.Add(1)
		time.Sleep(5 * time.Millisecond)
	}
}

// refusal reports whether err is a 503 as it has to be.
func (c *survivor) refusal(err error) bool {
	e, ok := errors.AsType[*web.HTTPError](err)
	if !ok || e.Status() != http.StatusServiceUnavailable || e.Header("Retry-After") == "" {
		c.Errorf("%s: want a right answer or a 503 with Retry-After, got %v", c.own, err)
		return false
	}
	return true
}

// check checks what the session has: the count that was acknowledged last, or one of those after it
// whose answer was a 503, since nobody knows whether the store has made that change.
func (c *survivor) check(s web.Session) error {
	var own string
	var count int
	_, err := s.Get("own", &own)
	_, failed := s.Get("count", &count)
	switch {
	case err != nil || failed != nil:
		return errors.Join(err, failed)
	case s.IsNew():
		return fmt.Errorf("the session is lost: it had the count %d", c.saved)
	case own != c.own:
		return fmt.Errorf("this is the session of %q", own)
	case count < c.saved || count > c.sent:
		return fmt.Errorf("the session has the count %d, want one from %d, the last acknowledged, to %d, the last sent", count, c.saved, c.sent)
	}
	return nil
}

// last checks the session when all is over.
func (c *survivor) last() {
	if c.cookie == nil {
		return
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		err := c.exchange(c.check)
		if err == nil {
			return
		}
		if !c.refusal(err) {
			return
		}
		if time.Now().After(end) {
			c.Errorf("%s: the store does not recover: %v", c.own, err)
			return
		}
	}
}

// exchange is one request.
func (c *survivor) exchange(view func(web.Session) error) error {
	hr := httptest.NewRequestWithContext(c.Context(), http.MethodGet, "https://example.com/", http.NoBody)
	if c.cookie != nil {
		hr.AddCookie(c.cookie)
	}
	r := web.Begin(c.app, hr)
	resp, err := c.answer(r, view)
	if err != nil {
		refusal, ok := web.Drive(r).ErrorResponse(err)
		if !ok {
			return err
		}
		resp = refusal
		_ = web.Drive(r).RerunResponseCallbacks(resp) // err says more
	}
	for _, line := range resp.HeaderValues("Set-Cookie") {
		cookie, invalid := http.ParseSetCookie(line)
		if invalid != nil {
			return invalid
		}
		c.cookie = &http.Cookie{Name: cookie.Name, Value: cookie.Value}
	}
	return err
}

func (c *survivor) answer(r *web.Request, view func(web.Session) error) (*web.Response, error) {
	s, err := r.Session()
	if err != nil {
		return nil, err
	}
	if err := view(s); err != nil {
		return nil, err
	}
	resp := r.Text("")
	return resp, web.Drive(r).RunResponseCallbacks(resp)
}
