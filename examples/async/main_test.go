package main

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/traversal/traversaltest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newApp(t *testing.T, delay time.Duration) (*frameworktest.App, *source) {
	t.Helper()
	sky, err := startSource(delay)
	require.NoError(t, err)
	t.Cleanup(sky.close)
	return frameworktest.New(t, configure(sky, new(frameworktest.Log).Logger())), sky
}

func TestWays(t *testing.T) {
	t.Parallel()
	tests := []struct {
		way, capability string
		trips           int64 // for three names and four children
		steps           int   // of that capability; the map at the root has Child too
	}{
		{"child", "child", 3 + 4, 1 + 3},
		{"future", "async child", 3 + 4, 3},
		{"path", "descend", 1 + 1, 1},
		{"batch", "child", 3 + 1, 1 + 3},
	}
	for _, test := range tests {
		t.Run(test.way, func(t *testing.T) {
			t.Parallel()
			app, sky := newApp(t, time.Millisecond)
			page := app.In(t).Get("/" + test.way + "/sol/outer/jupiter").Status(http.StatusOK).Body
			assert.Equal(t, test.trips, sky.trips.Load())
			assert.Contains(t, page, "<h1>Jupiter</h1>")
			assert.Contains(t, page, `<a href="/`+test.way+`/sol/outer/jupiter/ganymede">Ganymede</a>`)
			assert.Contains(t, page, `<a href="/`+test.way+`/sol/outer/">outer</a>`)
			assert.Equal(t, test.steps, strings.Count(page, "<small>"+test.capability+"</small>"))
			assert.Regexp(t, regexp.MustCompile(`class="bar page"><i style="left:\d+\.\d\d%;width:\d+\.\d\d%"`), page)

			for _, missing := range []string{"/sol/outer/vulcan", "/sol/outer/jupiter/europa/nobody"} {
				assert.Equal(t, 404, app.Get("/"+test.way+missing).Code)
			}
			assert.Equal(t, 405, app.Post("/"+test.way+"/sol").Code)
		})
	}
}

func TestFrontPageAndLog(t *testing.T) {
	t.Parallel()
	app, sky := newApp(t, time.Millisecond)
	front := app.Get("/").Status(http.StatusOK).Body
	for _, way := range ways {
		assert.Contains(t, front, `<a href="/`+way.URL+`/sol/outer/jupiter">`+way.Text+`</a>`)
	}
	app.Get("/path/sol?x=1").Status(http.StatusOK)
	assert.Equal(t, []string{"GET /", "GET /path/sol?x=1"}, sky.lines(), "written when the request ends")
}

func TestRequestsShareRoundTrips(t *testing.T) {
	t.Parallel()
	app, sky := newApp(t, 20*time.Millisecond)
	var all sync.WaitGroup
	for n := range 32 {
		all.Go(func() {
			planet := places["sol/outer"][n%4]
			assert.Equal(t, http.StatusOK, app.Get("/batch/sol/outer/"+planet).Code)
		})
	}
	all.Wait()
	assert.Less(t, sky.trips.Load(), int64(32), fmt.Sprint("of ", 32*3, " steps and as many children"))
}

func TestSourceFailure(t *testing.T) {
	t.Parallel()
	app, sky := newApp(t, 0)
	_ = sky.server.Close()
	for _, way := range ways {
		assert.Equal(t, 500, app.Get("/"+way.URL+"/sol").Code, way.URL)
	}
}

func TestContainerContract(t *testing.T) {
	t.Parallel()
	_, sky := newApp(t, 0)
	ctx, scope := async.WithScope(t.Context(), 0)
	defer func() { assert.NoError(t, scope.End(-1)) }()
	for _, root := range []traversal.Resource{
		&byChild{&Body{}, sky}, &byFuture{&Body{}, sky}, &byPath{&Body{}, sky}, &byBatch{&Body{}, newBatcher(sky)},
	} {
		assert.NoError(t, traversaltest.Check(ctx, root, traversaltest.Options{
			Paths: []string{"sol/inner/earth/moon", "sol/outer/jupiter/io"}, Missing: []string{"sol/outer/vulcan", "luna"},
		}))
	}
}

// lines returns the lines written to the log.
func (s *source) lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}
