package ratelimit_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/tweens/ratelimit"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// around returns a handler that responds with 200 inside the tween.
func around(t testing.TB, f tweens.Factory) web.Handler {
	t.Helper()
	reg, err := registry.New(registry.Options{}).Build()
	require.NoError(t, err)
	h, err := f.Build(func(r *web.Request) (*web.Response, error) { return r.Text("x"), nil }, reg)
	require.NoError(t, err)
	return h
}

// get sends a request from a client, and returns what matters of the response.
func get(t testing.TB, h web.Handler, client string) string {
	t.Helper()
	hr := httptest.NewRequest("GET", "/", nil)
	hr.RemoteAddr = client
	return send(t, h, web.Begin(nil, hr))
}

func send(t testing.TB, h web.Handler, r *web.Request) string {
	t.Helper()
	resp, err := h(r)
	require.NoError(t, err)
	require.NoError(t, web.Drive(r).RunResponseCallbacks(resp))
	text := fmt.Sprint(resp.Status())
	for _, name := range []string{"RateLimit", "Retry-After"} {
		if value := resp.Header(name); value != "" {
			text += " " + value
		}
	}
	return text
}

const (
	alice = "192.0.2.1:1"
	bob   = "192.0.2.2:1"
)

func TestRates(t *testing.T) {
	t.Parallel()
	type step struct {
		after time.Duration
		from  string
		want  string
	}
	for name, tt := range map[string]struct {
		rates  []ratelimit.Rate
		policy string
		steps  []step
	}{
		"the whole quota at once, then evenly": {
			[]ratelimit.Rate{{Requests: 3, Per: 30 * time.Second}}, `"client";q=3;w=30`,
			[]step{
				{0, alice, `200 "client";r=2;t=10`}, {0, alice, `200 "client";r=1;t=20`}, {0, alice, `200 "client";r=0;t=30`},
				{0, alice, `429 "client";r=0;t=10 10`}, {0, bob, `200 "client";r=2;t=10`},
				{4 * time.Second, alice, `429 "client";r=0;t=6 6`}, {5900 * time.Millisecond, alice, `429 "client";r=0;t=1 1`},
				{100 * time.Millisecond, alice, `200 "client";r=0;t=30`}, {0, alice, `429 "client";r=0;t=10 10`},
				{25 * time.Second, alice, `200 "client";r=1;t=15`}, {time.Hour, alice, `200 "client";r=2;t=10`},
			},
		},
		"a small burst": {
			[]ratelimit.Rate{{Requests: 60, Per: time.Minute, Burst: 2}}, `"client";q=60;w=60`,
			[]step{
				{0, alice, `200 "client";r=1;t=1`}, {0, alice, `200 "client";r=0;t=2`}, {0, alice, `429 "client";r=0;t=1 1`},
				{time.Second, alice, `200 "client";r=0;t=2`}, {time.Second, alice, `200 "client";r=0;t=2`},
			},
		},
		"a large burst": {
			[]ratelimit.Rate{{Requests: 1, Per: 100 * time.Millisecond, Burst: 2}}, `"client";q=1`,
			[]step{{0, alice, `200 "client";r=1;t=1`}, {0, alice, `200 "client";r=0;t=1`}, {0, alice, `429 "client";r=0;t=1 1`}},
		},
		// A refused request counts for no rate.
		"two rates": {
			[]ratelimit.Rate{{Name: "second", Requests: 1, Per: time.Second}, {Name: "hour", Requests: 2, Per: time.Hour}},
			`"second";q=1;w=1, "hour";q=2;w=3600`,
			[]step{
				{0, alice, `200 "second";r=0;t=1, "hour";r=1;t=1800`}, {0, alice, `429 "second";r=0;t=1, "hour";r=1;t=1800 1`},
				{0, alice, `429 "second";r=0;t=1, "hour";r=1;t=1800 1`}, {time.Second, alice, `200 "second";r=0;t=1, "hour";r=0;t=3599`},
				{time.Second, alice, `429 "second";r=1;t=0, "hour";r=0;t=1798 1798`},
				{1798 * time.Second, alice, `200 "second";r=0;t=1, "hour";r=0;t=3600`},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := around(t, ratelimit.New(ratelimit.Options{}, tt.rates...))
				r := web.Begin(nil, httptest.NewRequest("GET", "/", nil))
				r.Request.RemoteAddr = "203.0.113.1:1"
				resp, err := h(r)
				require.NoError(t, err)
				require.NoError(t, web.Drive(r).RunResponseCallbacks(resp))
				assert.Equal(t, tt.policy, resp.Header("RateLimit-Policy"))
				for i, s := range tt.steps {
					time.Sleep(s.after)
					assert.Equal(t, s.want, get(t, h, s.from), "step %d", i)
				}
			})
		})
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	trusted, err := web.ParseTrustedProxies([]string{"10.0.0.0/8"})
	require.NoError(t, err)
	type visit struct{ from, forwarded string }
	for name, tt := range map[string]struct {
		key        ratelimit.Key
		one, other visit
		same       bool
	}{
		"another port":                    {ratelimit.ByClient(), visit{"192.0.2.1:1", ""}, visit{"192.0.2.1:2", ""}, true},
		"another address":                 {ratelimit.Key{}, visit{"192.0.2.1:1", ""}, visit{"192.0.2.2:1", ""}, false},
		"the same /64":                    {ratelimit.Key{}, visit{"[2001:db8::1]:1", ""}, visit{"[2001:db8::ffff:1]:1", ""}, true},
		"another /64":                     {ratelimit.Key{}, visit{"[2001:db8::1]:1", ""}, visit{"[2001:db8:0:1::1]:1", ""}, false},
		"IPv4 in IPv6":                    {ratelimit.Key{}, visit{"192.0.2.1:1", ""}, visit{"[::ffff:192.0.2.1]:1", ""}, true},
		"other IPv4 in IPv6":              {ratelimit.Key{}, visit{"[::ffff:192.0.2.2]:1", ""}, visit{"[::ffff:192.0.2.1]:1", ""}, false},
		"a wider network":                 {ratelimit.ByNetwork(24, 48), visit{"192.0.2.1:1", ""}, visit{"192.0.2.200:1", ""}, true},
		"a wider network of IPv6":         {ratelimit.ByNetwork(24, 48), visit{"[2001:db8::1]:1", ""}, visit{"[2001:db8:0:1::1]:1", ""}, true},
		"single IPv6 addresses":           {ratelimit.ByNetwork(32, 128), visit{"[2001:db8::1]:1", ""}, visit{"[2001:db8::2]:1", ""}, false},
		"clients behind a trusted proxy":  {ratelimit.Key{}, visit{"10.0.0.1:1", "192.0.2.1"}, visit{"10.0.0.1:1", "192.0.2.2"}, false},
		"a client of two proxies":         {ratelimit.Key{}, visit{"10.0.0.1:1", "192.0.2.1"}, visit{"10.0.0.2:1", "192.0.2.1"}, true},
		"a client that poses as a proxy":  {ratelimit.Key{}, visit{"192.0.2.1:1", "1.1.1.1"}, visit{"192.0.2.1:1", "2.2.2.2"}, true},
		"a client that writes the header": {ratelimit.Key{}, visit{"10.0.0.1:1", "1.1.1.1, 192.0.2.1"}, visit{"10.0.0.1:1", "2.2.2.2, 192.0.2.1"}, true},
		"unix sockets":                    {ratelimit.Key{}, visit{"@", ""}, visit{"", ""}, true},
		"a function":                      {ratelimit.By("key", fromHeader), visit{"192.0.2.1:1", "a"}, visit{"192.0.2.2:1", "a"}, true},
		"another key":                     {ratelimit.By("key", fromHeader), visit{"192.0.2.1:1", "a"}, visit{"192.0.2.1:1", "b"}, false},
		"no key":                          {ratelimit.By("key", fromHeader), visit{"192.0.2.1:1", ""}, visit{"192.0.2.1:1", ""}, false},
		"long keys": {ratelimit.By("key", fromHeader), visit{"", strings.Repeat("x", 5000) + "a"},
			visit{"", strings.Repeat("x", 5000) + "b"}, false},
		"the same long key": {ratelimit.By("key", fromHeader), visit{"", strings.Repeat("x", 5000)}, visit{"", strings.Repeat("x", 5000)}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := around(t, ratelimit.New(ratelimit.Options{}, ratelimit.Rate{Requests: 1, Per: time.Hour, Key: tt.key}))
			for i, v := range []visit{tt.one, tt.other} {
				hr := httptest.NewRequest("GET", "/", nil)
				hr.RemoteAddr = v.from
				hr.Header.Set("X-Forwarded-For", v.forwarded)
				want := "200"
				if i == 1 && tt.same {
					want = "429"
				}
				got := send(t, h, web.Begin(&web.Application{Trusted: trusted}, hr))
				assert.True(t, strings.HasPrefix(got, want), got)
			}
		})
	}
}

func fromHeader(r *web.Request) (string, error) { return r.Header.Get("X-Forwarded-For"), nil }

func TestInvalidRates(t *testing.T) {
	t.Parallel()
	for want, rates := range map[string][]ratelimit.Rate{
		"no rates: want one or more":                               nil,
		"Requests is 0: want 1 or more":                            {{Per: time.Second}},
		"Per is 0s: want a duration":                               {{Requests: 1}},
		"Per is -1s: want a duration":                              {{Requests: 1, Per: -time.Second}},
		"Per is 9600h0m0s: want a duration":                        {{Requests: 1, Per: 400 * 24 * time.Hour}},
		"2000 requests per 1ms are more than one each microsecond": {{Requests: 2000, Per: time.Millisecond}},
		"Burst is -1":                                                 {{Requests: 1, Per: time.Second, Burst: -1}},
		"Burst is 1001":                                               {{Requests: 1, Per: time.Second, Burst: 1001}},
		`two rates are named "client": set Name`:                      {{Requests: 1, Per: time.Second}, {Requests: 1, Per: time.Hour}},
		`invalid name "a\"b"`:                                         {{Name: `a"b`, Requests: 1, Per: time.Second}},
		`invalid name "a\nb"`:                                         {{Requests: 1, Per: time.Second, Key: ratelimit.By("a\nb", fromHeader)}},
		"ratelimit.By: want a name and a function":                    {{Requests: 1, Per: time.Second, Key: ratelimit.By("x", nil)}},
		"ratelimit.ByNetwork(33, 64): want 1 to 32 bits":              {{Requests: 1, Per: time.Second, Key: ratelimit.ByNetwork(33, 64)}},
		`rate x: 0 per 1s, at most 2 at once, by user: Requests is 0`: {{Name: "x", Per: time.Second, Burst: 2, Key: ratelimit.ByUser()}},
	} {
		reg, err := registry.New(registry.Options{}).Build()
		require.NoError(t, err)
		_, err = ratelimit.New(ratelimit.Options{}, rates...).Build(nil, reg)
		require.ErrorContains(t, err, "rate limit: ")
		require.ErrorContains(t, err, want)
	}
	f := ratelimit.New(ratelimit.Options{StoreTimeout: -1}, ratelimit.Rate{Requests: 1, Per: time.Second})
	_, err := f.Build(nil, nil)
	require.ErrorContains(t, err, "StoreTimeout is -1ns")
	assert.Equal(t, "ratelimit.New(1 per 1s by client)", f.String())
}

// broken is a store that fails as long as err is set.
type broken struct {
	ratelimit.Store
	err   atomic.Pointer[error]
	calls atomic.Int64
}

func (b *broken) Take(ctx context.Context, counts []ratelimit.Count) ([]ratelimit.State, error) {
	b.calls.Add(1)
	if err := b.err.Load(); err != nil {
		if errors.Is(*err, context.DeadlineExceeded) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return nil, *err
	}
	return b.Store.Take(ctx, counts)
}

func (b *broken) set(err error) {
	if err == nil {
		b.err.Store(nil)
	} else {
		b.err.Store(&err)
	}
}

// A store that fails is asked once a second, and its failures are logged every ten seconds.
func TestFailingStore(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		err    error
		closed bool
		want   string
	}{
		"passes":            {errors.New("down"), false, "200"},
		"is refused":        {errors.New("down"), true, "503 1"},
		"hangs":             {context.DeadlineExceeded, false, "200"},
		"hangs, is refused": {context.DeadlineExceeded, true, "503 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				store := &broken{Store: ratelimit.NewMemory(0)}
				h := around(t, ratelimit.New(ratelimit.Options{Store: store, FailClosed: tt.closed}, ratelimit.Rate{Requests: 1, Per: 2 * time.Minute}))
				log := new(frameworktest.Log)
				visit := func() string {
					hr := httptest.NewRequest("GET", "/", nil)
					hr.RemoteAddr = alice
					return send(t, h, web.Begin(&web.Application{Log: log.Logger()}, hr))
				}
				assert.Equal(t, `200 "client";r=0;t=120`, visit())
				store.set(tt.err)
				start := time.Now()
				for range 100 {
					assert.Equal(t, tt.want, visit())
				}
				assert.LessOrEqual(t, time.Since(start), 250*time.Millisecond)
				assert.EqualValues(t, 2, store.calls.Load(), "one call, then none for a second")
				require.Len(t, log.Lines(), 1)
				assert.Equal(t, "error", log.Lines()[0]["level"])
				for range 9 {
					time.Sleep(time.Second)
					assert.Equal(t, tt.want, visit())
				}
				assert.Len(t, log.Lines(), 1+btoi(errors.Is(tt.err, context.DeadlineExceeded)))
				store.set(nil)
				time.Sleep(time.Second)
				assert.True(t, strings.HasPrefix(visit(), "429 "), "it counts again")
			})
		})
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// A client that disconnects at once is counted.
func TestDisconnectedClientsCount(t *testing.T) {
	t.Parallel()
	h := around(t, ratelimit.New(ratelimit.Options{Store: &broken{Store: ratelimit.NewMemory(0)}}, ratelimit.Rate{Requests: 2, Per: time.Hour}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, want := range []string{"200", "200", "429"} {
		hr := httptest.NewRequest("GET", "/", nil).WithContext(ctx)
		assert.Equal(t, want, send(t, h, web.Begin(nil, hr))[:3])
	}
}

// short is a store that breaks its contract.
type short struct{}

func (short) Take(context.Context, []ratelimit.Count) ([]ratelimit.State, error) { return nil, nil }

func TestStoreThatReturnsTooLittle(t *testing.T) {
	t.Parallel()
	h := around(t, ratelimit.New(ratelimit.Options{Store: short{}, FailClosed: true}, ratelimit.Rate{Requests: 2, Per: time.Hour}))
	assert.Equal(t, "503 1", get(t, h, alice))
}

// However many requests come at the same time, the quota is exact.
func TestConcurrentRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := around(t, ratelimit.New(ratelimit.Options{},
			ratelimit.Rate{Requests: 50, Per: time.Hour}, ratelimit.Rate{Name: "all", Requests: 120, Per: time.Hour, Key: ratelimit.By("all", func(*web.Request) (string, error) { return "all", nil })}))
		var passed [3]atomic.Int64
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for i := range 90 {
					if strings.HasPrefix(get(t, h, fmt.Sprintf("192.0.2.%d:1", i%3)), "200") {
						passed[i%3].Add(1)
					}
				}
			})
		}
		wg.Wait()
		sum := int64(0)
		for i := range passed {
			assert.LessOrEqual(t, passed[i].Load(), int64(50))
			sum += passed[i].Load()
		}
		assert.EqualValues(t, 120, sum)
	})
}

// In an application: one limit for all, another for two views, error views, and headers on every
// response.
func TestInAnApplication(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := new(frameworktest.Log)
		config := framework.New(framework.Options{Security: frameworktest.Policy{}, Logger: log.Logger()})
		text := func(r *framework.Request) (*framework.Response, error) { return r.Text("x"), nil }
		config.AddView(views.Func(text))
		login := views.Group(views.Around(ratelimit.New(ratelimit.Options{}, ratelimit.Rate{Name: "login", Requests: 1, Per: time.Minute})))
		config.AddView(views.Func(text), views.Name("login"), login)
		config.AddView(views.Func(text), views.Name("reset"), login)
		config.AddView(views.Func(func(*framework.Request) (*framework.Response, error) { return nil, errors.New("broken") }), views.Name("broken"))
		config.AddErrorView(views.ErrorStatus(429, 429, func(r *framework.Request, _ error) (*framework.Response, error) {
			return r.Text("slow down"), nil
		}))
		config.AddTween("rate limit", ratelimit.New(ratelimit.Options{Skip: func(r *web.Request) bool { return r.URL.Path == "/healthz" }},
			ratelimit.Rate{Requests: 4, Per: time.Hour}, ratelimit.Rate{Requests: 1, Per: time.Hour, Key: ratelimit.ByUser()}), tweens.Under(tweens.ExcView))
		app := frameworktest.New(t, config)

		h := app.Get("/", frameworktest.As("alice")).Status(200).Header
		assert.Equal(t, `"client";r=3;t=900, "user";r=0;t=3600`, h.Get("RateLimit"))
		got := app.Get("/", frameworktest.As("alice")).Status(429)
		assert.Equal(t, "slow down", got.Body)
		assert.Equal(t, "3600", got.Header.Get("Retry-After"))
		app.Get("/", frameworktest.As("bob")).Status(200)
		assert.Equal(t, `"client";r=1;t=2700`, app.Get("/broken").Status(500).Header.Get("RateLimit"), "on the answer to an error too")
		h = app.Get("/login").Status(200).Header
		assert.Equal(t, []string{`"client";r=0;t=3600`, `"login";r=0;t=60`}, h["Ratelimit"])
		app.Get("/").Status(429)
		app.Get("/healthz").Status(404)
		time.Sleep(15 * time.Minute)
		app.Get("/reset").Status(200)
		time.Sleep(15 * time.Minute)
		app.Get("/reset").Status(200)
		app.Get("/login").Status(429)
	})
	config := framework.New(framework.Options{})
	config.AddTween("rate limit", ratelimit.New(ratelimit.Options{DisableHeaders: true}, ratelimit.Rate{Requests: 1, Per: time.Hour}))
	config.AddErrorView(views.ErrorStatus(429, 429, func(r *framework.Request, _ error) (*framework.Response, error) {
		return r.Text("slow down"), nil
	}))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("x"), nil }))
	app := frameworktest.New(t, config)
	app.Get("/").Status(200)
	got := app.Get("/").Status(http.StatusTooManyRequests)
	assert.NotContains(t, got.Header, "Ratelimit")
	assert.NotEmpty(t, got.Header.Get("Retry-After"))
	assert.NotEqual(t, "slow down", got.Body, "outside EXCVIEW the response is plain")
}

// A policy that fails is the error of the request.
func TestFailingKey(t *testing.T) {
	t.Parallel()
	h := around(t, ratelimit.New(ratelimit.Options{}, ratelimit.Rate{Requests: 1, Per: time.Hour, Key: ratelimit.By("tenant", func(*web.Request) (string, error) {
		return "", web.ServiceUnavailable("no tenants")
	})}))
	_, err := h(web.Begin(nil, httptest.NewRequest("GET", "/", nil)))
	require.ErrorContains(t, err, "rate limit by tenant: 503")
	status, _ := web.StatusOf(err)
	assert.Equal(t, 503, status)
}

func BenchmarkRateLimit(b *testing.B) {
	for name, rates := range map[string][]ratelimit.Rate{
		"one": {{Requests: 1e9, Per: 1000 * time.Second}},
		"two": {{Requests: 1e9, Per: 1000 * time.Second}, {Name: "hour", Requests: 1e9, Per: time.Hour}},
	} {
		b.Run(name, func(b *testing.B) {
			h := around(b, ratelimit.New(ratelimit.Options{}, rates...))
			hr := httptest.NewRequest("GET", "/", nil)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := h(web.Begin(nil, hr)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
