package web_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

var (
	before = web.NewKey[string]("before", nil)
	inside = web.NewKey[string]("inside", nil)
)

// meddle changes everything in a request that can be changed.
func meddle(r *web.Request) {
	r.Header.Set("X-Meddled", "yes")
	r.URL.Path = "/meddled"
	r.Method = "MEDDLE"
	r.Host = "meddled.example"
	_ = r.ParseForm()
	r.Form.Set("a", "meddled")
	r.Request.Body = http.NoBody
	web.Drive(r).SetMatch(web.NewMatch(web.Routed{Route: "meddled", Pattern: "/meddled"}))
	_ = (*traversal.Traverser)(nil).Walk(context.Background(), traversal.Map{}, traversal.Path{Escaped: "/meddled"}, r.Result())
	web.Drive(r).SetError(errors.New("meddled"))
	before.Set(r, "meddled")
	inside.Set(r, "meddled")
	r.Response().SetHeader("X-Meddled", "yes")
	_ = r.Text("meddled")
	r.AddResponseCallback(func(*web.Request, *web.Response) error { return errors.New("meddled") })
	r.AddFinishedCallback(func(*web.Request) error { return errors.New("meddled") })
	_ = r.ID()
	_ = r.Log()
	web.Drive(r).Publish()
}

func TestAbandonedCopyHasNoEffect(t *testing.T) {
	t.Parallel()
	r := web.Begin(nil, httptest.NewRequest("POST", "/page?a=1", strings.NewReader("body")))
	before.Set(r, "value")
	r.Response().SetHeader("X-Outer", "set")
	d := web.Drive(r).Detach(r.Context())
	assert.Equal(t, r.ID(), d.Request().ID())
	assert.Nil(t, d.Abandon())

	var wg sync.WaitGroup
	wg.Go(func() { meddle(d.Request()) })
	for range 100 { // while the other one runs
		assert.Equal(t, "/page", r.URL.Path)
		assert.Empty(t, r.Header.Get("X-Meddled"))
		assert.Nil(t, r.Match())
	}
	wg.Wait()
	assert.Equal(t, "POST", r.Method)
	assert.Equal(t, "example.com", r.Host)
	assert.Nil(t, r.Form)
	assert.Nil(t, r.Resource())
	assert.NoError(t, r.Err())
	value, err := before.Get(r)
	require.NoError(t, err)
	assert.Equal(t, "value", value)
	_, ok := inside.Peek(r)
	assert.False(t, ok)
	resp := r.Text("original")
	assert.Equal(t, "set", resp.Header("X-Outer"))
	assert.Empty(t, resp.Header("X-Meddled"))
	assert.NoError(t, web.Drive(r).RunResponseCallbacks(resp))
	assert.NoError(t, web.Drive(r).RunFinishedCallbacks())
	body, err := io.ReadAll(r.Request.Body)
	require.NoError(t, err, "the copy had not begun to read")
	assert.Equal(t, "body", string(body))
}

func TestAttach(t *testing.T) {
	t.Parallel()
	r := web.Begin(nil, httptest.NewRequest("POST", "/page?a=1", strings.NewReader("b=2")))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	web.Drive(r).SetErrorsHandled()
	before.Set(r, "value")
	r.Response().SetHeader("X-Outer", "set")
	var ran []string
	note := func(name string) func(*web.Request) error {
		return func(*web.Request) error { ran = append(ran, name); return nil }
	}
	r.AddFinishedCallback(note("outer"))
	hr := r.Request

	checked(t, r, "X-Before")
	d := web.Drive(r).Detach(r.Context())
	c := d.Request()
	assert.True(t, c.ErrorsHandled())
	web.Drive(c).SetMatch(web.NewMatch(web.Routed{Route: "page", Pattern: "/page"}))
	web.Drive(c).SetNegotiated()
	checked(t, c, "X-Seen")
	c.Header.Set("X-Inner", "set")
	inside.Set(c, "value")
	value, err := before.Get(c)
	require.NoError(t, err)
	assert.Equal(t, "value", value)
	p, err := c.Parameters()
	require.NoError(t, err)
	b, _ := p.Get("b")
	assert.Equal(t, "2", b)
	c.AddFinishedCallback(note("inner"))
	c.Response().SetHeader("X-Inner", "set")
	id := c.ID()
	d.Attach()

	assert.Same(t, hr, r.Request)
	assert.Equal(t, "set", r.Header.Get("X-Inner"))
	assert.Equal(t, "page", r.Match().Route)
	assert.True(t, r.Negotiated())
	assert.Equal(t, "Accept, X-Before, X-Seen", vary(r))
	assert.Equal(t, id, r.ID())
	value, err = inside.Get(r)
	require.NoError(t, err)
	assert.Equal(t, "value", value)
	body, err := io.ReadAll(r.Request.Body)
	require.NoError(t, err)
	assert.Equal(t, "b=2", string(body), "what Parameters read is there again")
	resp := r.Text("original")
	assert.Equal(t, "set", resp.Header("X-Outer"))
	assert.Equal(t, "set", resp.Header("X-Inner"))
	c.AddFinishedCallback(note("stream")) // a stream may use the copy
	require.NoError(t, web.Drive(r).RunFinishedCallbacks())
	assert.Equal(t, []string{"outer", "inner", "stream"}, ran)
}

func TestDetachedContext(t *testing.T) {
	t.Parallel()
	r := web.Begin(nil, httptest.NewRequest("GET", "/", nil))
	ctx, cancel := context.WithCancelCause(r.Context())
	c := web.Drive(r).Detach(ctx).Request()
	for _, of := range []context.Context{c.Context(), c.Request.Context(), c.HTTP().Context()} {
		found, ok := web.FromContext(of)
		require.True(t, ok)
		assert.Same(t, c, found, "the copy does not lead to the original")
	}
	child, release := context.WithCancel(c.Context())
	defer release()
	boom := errors.New("boom")
	cancel(boom)
	<-child.Done()
	assert.ErrorIs(t, context.Cause(child), boom)
}

func TestAbandonTakesOverWhatWasPublished(t *testing.T) {
	t.Parallel()
	r := web.Begin(nil, httptest.NewRequest("GET", "/a/b", nil))
	outer := web.Drive(r).Detach(r.Context())
	inner := web.Drive(outer.Request()).Detach(r.Context())
	c := inner.Request()
	web.Drive(c).SetMatch(web.NewMatch(web.Routed{Route: "page", Pattern: "/a/*rest"}))
	web.Drive(c).SetNegotiated()
	checked(t, c, "X-Seen")
	require.NoError(t, (*traversal.Traverser)(nil).Walk(c.Context(), traversal.Map{}, traversal.Path{Escaped: "/edit"}, c.Result()))
	web.Drive(c).Publish()
	web.Drive(c).ClearMatch()
	inner.Abandon()
	outer.Abandon()
	assert.Equal(t, "/a/*rest", r.Match().Pattern)
	assert.True(t, r.Negotiated())
	assert.Equal(t, "Accept, X-Seen", vary(r))
	assert.Equal(t, "edit", r.ViewName())
	assert.NotNil(t, r.Resource())

	web.Drive(r).Publish() // not detached: nothing happens
}

func TestBodyOfAbandonedCopy(t *testing.T) {
	t.Parallel()
	body := &slowBody{begun: make(chan struct{}), pieces: make(chan string)}
	r := web.Begin(nil, httptest.NewRequest("POST", "/", body))
	d := web.Drive(r).Detach(r.Context())
	got := make(chan string)
	go func() {
		b := make([]byte, 8)
		n, _ := d.Request().Body.Read(b) // in progress when the copy is abandoned
		got <- string(b[:n])
		_, err := d.Request().Body.Read(b)
		got <- err.Error()
	}()
	<-body.begun
	reading := d.Abandon()
	require.NotNil(t, reading)
	select {
	case <-reading:
		t.Error("a read waits for the client")
	case <-time.After(time.Millisecond):
	}
	_, err := r.Request.Body.Read(make([]byte, 1))
	require.Error(t, err, "the original must not read meanwhile")
	body.pieces <- "late"
	assert.Equal(t, "late", <-got)
	<-reading
	assert.Contains(t, <-got, "deadline")
	assert.NoError(t, d.Request().Body.Close())
	assert.NoError(t, r.Request.Body.Close())
}

// slowBody blocks as a client that sends nothing.
type slowBody struct {
	begun  chan struct{}
	pieces chan string
}

func (b *slowBody) Read(p []byte) (int, error) {
	close(b.begun)
	return copy(p, <-b.pieces), nil
}

func (b *slowBody) Close() error { return nil }

// The limit changes for the copy, and for the original once the copy is attached.
func TestBodyLimitOfDetachedCopy(t *testing.T) {
	t.Parallel()
	for _, home := range []bool{true, false} {
		r := web.Begin(nil, httptest.NewRequest("POST", "/", strings.NewReader("0123456789")))
		web.Drive(r).LimitBody(5)
		d := web.Drive(r).Detach(r.Context())
		web.Drive(d.Request()).LimitBody(20)
		if home {
			d.Attach()
		} else {
			d.Abandon()
		}
		body, err := io.ReadAll(r.Body)
		if home {
			require.NoError(t, err)
			assert.Equal(t, "0123456789", string(body))
			continue
		}
		status, _ := web.StatusOf(err)
		assert.Equal(t, 413, status)
		_, err = d.Request().Body.Read(make([]byte, 1))
		assert.ErrorContains(t, err, "deadline")
	}
}

func TestDetachedTrailer(t *testing.T) {
	t.Parallel()
	trailer := make(chan string, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		d := web.Drive(web.Begin(nil, hr)).Detach(hr.Context())
		_, _ = io.Copy(io.Discard, d.Request().Body)
		trailer <- d.Request().Trailer.Get("X-Sum")
	}))
	defer s.Close()
	hr, err := http.NewRequest("POST", s.URL, io.MultiReader(strings.NewReader("body")))
	require.NoError(t, err)
	hr.Trailer = http.Header{"X-Sum": {"42"}}
	resp, err := s.Client().Do(hr)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, "42", <-trailer)
}

type closer func()

func (c closer) Close() error { c(); return nil }

func BenchmarkDetach(b *testing.B) {
	hr := httptest.NewRequest("GET", "/a/b?c=d", nil)
	for _, name := range []string{"Accept", "Accept-Encoding", "Accept-Language", "Cookie", "Host", "User-Agent"} {
		hr.Header.Set(name, "value of "+name)
	}
	hr.Form = url.Values{}
	b.ReportAllocs()
	for b.Loop() {
		r := web.Begin(nil, hr)
		d := web.Drive(r).Detach(context.Background())
		d.Attach()
	}
}

// checked checks a predicate that reads a header.
func checked(t *testing.T, r *web.Request, name string) {
	t.Helper()
	p := web.NewPredicate("x", "", func(*web.Request) (bool, error) { return false, nil }).WithVary(name)
	require.NoError(t, p.Err())
	_, err := p.Holds(r)
	require.NoError(t, err)
}

// vary returns the Vary of a response to the request.
func vary(r *web.Request) string {
	resp := new(web.Response)
	web.Drive(r).AddVary(resp)
	return resp.Header("Vary")
}

// What the copy walks after it was published and abandoned is not in the original.
func TestAbandonedCopyWalksOnItsOwn(t *testing.T) {
	t.Parallel()
	for _, published := range []bool{false, true} {
		r := web.Begin(&web.Application{Walks: true}, httptest.NewRequest("GET", "/a/b", nil))
		d := web.Drive(r).Detach(r.Context())
		if published {
			web.Drive(d.Request()).Publish() // its route, before it walks
		}
		d.Abandon()
		var walking sync.WaitGroup
		walking.Go(func() {
			path := traversal.Path{Escaped: "/b", VirtualRoot: []string{"a"}}
			root := traversal.Map{"a": traversal.Map{"b": traversal.Map{}}}
			assert.NoError(t, (*traversal.Traverser)(nil).Walk(context.Background(), root, path, d.Request().Result()))
		})
		assert.Empty(t, r.VirtualRootPath())
		walking.Wait()
		assert.Empty(t, r.VirtualRootPath())
		assert.Empty(t, r.Traversed())
		assert.True(t, r.Node().IsZero())
		assert.Equal(t, "/a/b", d.Request().Node().Path())
	}
}
