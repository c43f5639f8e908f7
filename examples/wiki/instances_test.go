package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/transaction"
)

// roundRobin sends requests to instances in turn, and, as proxies do, to the next one if it cannot
// connect.
type roundRobin struct {
	hosts     []string
	turn      atomic.Uint64
	transport http.Transport
}

func (rr *roundRobin) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	}
	for range rr.hosts {
		if r.GetBody != nil {
			r.Body, _ = r.GetBody() // an attempt closes it
		}
		r.URL.Host = rr.hosts[rr.turn.Add(1)%uint64(len(rr.hosts))]
		resp, err = rr.transport.RoundTrip(r)
		if op, ok := errors.AsType[*net.OpError](err); !ok || op.Op != "dial" {
			break
		}
	}
	return resp, err
}

// proxy returns the URL of a proxy in front of instances.
func proxy(t *testing.T, instances ...*instance) string {
	t.Helper()
	rr := new(roundRobin)
	for _, i := range instances {
		rr.hosts = append(rr.hosts, strings.TrimPrefix(i.URL, "http://"))
	}
	server := httptest.NewServer(&httputil.ReverseProxy{
		Transport: rr,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: rr.hosts[0]})
			r.SetXForwarded()
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	})
	t.Cleanup(func() { server.Close(); rr.transport.CloseIdleConnections() })
	return server.URL
}

// TestInstances: two processes of the wiki are one wiki, and the death of one of them loses nothing.
func TestInstances(t *testing.T) {
	t.Parallel()
	for name, env := range map[string]func(t *testing.T) []string{
		"PostgreSQL": func(*testing.T) []string { return nil },
		"PostgreSQL, Redis, NATS": func(t *testing.T) []string {
			return []string{"REDIS_URL=" + redisURL(t), "NATS_URL=" + natsURL(t)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// With such a bound only events can make a page new.
			shared := append(env(t), "DATABASE_URL="+newSchema(t), "WIKI_STALE_FOR=1h", "MASTABA_TRUSTED_PROXIES=127.0.0.1")
			one, two := start(t, shared...), start(t, shared...)
			requireOneWiki(t, one, two)
			requireSurvival(t, shared, one, two)
		})
	}
}

// requireOneWiki fails unless what people do at one instance counts at the other.
func requireOneWiki(t *testing.T, one, two *instance) {
	t.Helper()
	alice := newPerson(t, one.URL)
	alice.enter("alice", two.Invite) // the newest one counts
	assert.Contains(t, alice.at(two.URL).get("/", http.StatusOK).body, "alice", "logged in at both")
	bob := newPerson(t, two.URL)
	bob.enter("alice", "")

	const edits = 50
	took := make([]time.Duration, edits)
	for i := range took {
		// Both have the page in memory.
		require.NotEqual(t, fmt.Sprintf("edit %d\n", i), bob.page("/welcome").Text)
		require.NoError(t, alice.submit("/welcome/@@edit", "/welcome/@@edit", "title", "Title", "text", fmt.Sprintf("edit %d", i)))
		begin := time.Now()
		for bob.page("/welcome").Text != fmt.Sprintf("edit %d\n", i) {
			require.NoError(t, t.Context().Err())
		}
		took[i] = time.Since(begin)
		alice.get("/welcome", http.StatusOK)
		require.Equal(t, fmt.Sprintf("edit %d\n", i), alice.at(two.URL).page("/welcome").Text, "the change of one's own counts at once")
	}
	slices.Sort(took)
	t.Logf("after the response to an edit, another person saw it at the other instance within %v (median), %v (worst of %d)", took[edits/2], took[edits-1], edits)
}

// requireSurvival kills one of two instances while people edit through a proxy. They go on without
// logging in again, and all that was acknowledged is there.
func requireSurvival(t *testing.T, env []string, one, two *instance) {
	t.Helper()
	front := proxy(t, one, two)
	var people []*person
	for i := range 4 {
		p := newPerson(t, front)
		p.enter("alice", "")
		require.NoError(t, p.submit("/@@newpage", "/@@newpage", "name", fmt.Sprintf("page%d", i), "title", "Title", "text", "edit 0"))
		people = append(people, p)
	}
	acknowledged := make([][]string, len(people))
	var total, failed atomic.Int64
	kill := make(chan struct{})
	var all sync.WaitGroup
	for i, p := range people {
		all.Go(func() {
			path := fmt.Sprintf("/page%d", i)
			after := 0
			for n := 1; after < 10; n++ {
				text := fmt.Sprintf("edit %d", n)
				switch err := p.edit(path, text); {
				case err == nil:
					acknowledged[i] = append(acknowledged[i], text+"\n")
					if total.Add(1) == 40 {
						close(kill)
					}
					select {
					case <-one.ended:
						after++
					default:
					}
				case failed.Add(1) > 100 || t.Context().Err() != nil:
					t.Error(err)
					return
				}
			}
		})
	}
	<-kill
	one.signal(os.Kill)
	all.Wait()
	t.Logf("%d edits were acknowledged, and %d failed when an instance was killed", total.Load(), failed.Load())
	two.signal(os.Interrupt)
	for i, texts := range acknowledged {
		requireHistory(t, env, fmt.Sprintf("page%d", i), texts)
	}
}

// requireHistory fails unless a page has a revision of each text, in this order, and its newest
// revision is what the page is.
func requireHistory(t *testing.T, env []string, name string, texts []string) {
	t.Helper()
	w := openStopped(t, env)
	err := transaction.Run(t.Context(), w.db, transaction.RunOptions{}, func(ctx context.Context) error {
		root, err := w.tree.Root(ctx, "/")
		if err != nil {
			return err
		}
		found, err := root.(*Folder).Descend(ctx, []string{name})
		if err != nil {
			return err
		}
		page := found[0].(*Page)
		list, err := w.revisions(ctx, 100_000, `page = $1 ORDER BY version`, page.ID().String())
		if err != nil {
			return err
		}
		requireSame(t, page, list[len(list)-1])
		for _, v := range list {
			if len(texts) > 0 && v.Text == texts[0] {
				texts = texts[1:]
			}
		}
		assert.Empty(t, texts, "%s: edits that were acknowledged are lost", name)
		return nil
	})
	require.NoError(t, err)
}

// requireSame fails unless a page and its newest revision agree.
func requireSame(t *testing.T, page *Page, newest Revision) {
	t.Helper()
	require.Equal(t, page.Version(), newest.Version, page.Name())
	require.Equal(t, page.Text, newest.Text, page.Name())
	require.Equal(t, page.Title, newest.Title, page.Name())
}

// openStopped opens the wiki of an environment, of which no instance runs.
func openStopped(t *testing.T, env []string) *wiki {
	t.Helper()
	var a addresses
	for _, pair := range env {
		name, value, _ := strings.Cut(pair, "=")
		switch name {
		case "DATABASE_URL":
			a.Database = value
		case "WIKI_FILE":
			a.File = value
		}
	}
	s, err := connect(t.Context(), a, new(frameworktest.Log).Logger())
	require.NoError(t, err)
	w, err := newWiki(t.Context(), s)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.close(context.WithoutCancel(t.Context()))) })
	return w
}
