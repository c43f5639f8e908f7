package statuses_test

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	perTable    = 20   // requests
	someInAll   = 4000 // requests, unless MASTABA_STATUSES sets another number
	defaultSeed = 9110 // unless MASTABA_STATUSES_SEED sets another one
)

// Status, Allow, Vary and the view that responds are what the reference expects, for requests that
// are recycled and for others.
func TestResponsesFollowTheReference(t *testing.T) {
	t.Parallel()
	requests, seed := setting(t, "MASTABA_STATUSES", someInAll), setting(t, "MASTABA_STATUSES_SEED", defaultSeed)
	statuses := map[int]int{}
	for n := range requests / perTable {
		g := newRandom(uint64(seed), uint64(n))
		tab := g.table()
		tab.recycle = n%2 == 1
		app, err := build(tab)
		for err != nil { // two views are the same, for example
			tab = g.table()
			tab.recycle = n%2 == 1
			app, err = build(tab)
		}
		for range perTable {
			r := g.request()
			statuses[expect(tab, r).status]++
			if differs(app, tab, r) != "" {
				report(t, tab, r)
			}
		}
	}
	t.Logf("%d requests; responses %v", requests, statuses)
	for _, status := range []int{200, 204, 403, 404, 405, 406, 415} {
		require.NotZero(t, statuses[status], "a response with status %d", status)
	}
}

// setting returns the number in an environment variable.
func setting(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, name)
	return n
}

// report shrinks a difference, and fails with it.
func report(t *testing.T, tab table, r request) {
	t.Helper()
	tab, r = shrink(tab, r, func(tab table, r request) bool {
		app, err := build(tab)
		return err == nil && differs(app, tab, r) != ""
	})
	app, err := build(tab)
	require.NoError(t, err)
	t.Fatalf("%s\n%s\n%s", differs(app, tab, r), r, tab)
}

// differs describes how the response of an application differs from the reference, "" if it does
// not.
func differs(app http.Handler, t table, r request) string {
	want := expect(t, r)
	got, vary := send(app, r)
	if got != want {
		return fmt.Sprintf("got %+v, want %+v", got, want)
	}
	must, may := varies(t, r)
	switch {
	case !contains(vary, must):
		return fmt.Sprintf("%d has Vary %q, want at least %q", got.status, vary, must)
	case !contains(may, vary):
		return fmt.Sprintf("%d has Vary %q, want at most %q", got.status, vary, may)
	}
	return ""
}

func contains(all, part []string) bool {
	return !slices.ContainsFunc(part, func(name string) bool { return !slices.Contains(all, name) })
}
