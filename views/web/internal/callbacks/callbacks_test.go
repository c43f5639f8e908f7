package callbacks_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web/internal/callbacks"
)

// record returns a function that calls callbacks, which are names, and records them; the names of
// fail have an error.
func record(fail ...string) (call func(string) error, calls *[]string) {
	calls = new([]string)
	return func(name string) error {
		*calls = append(*calls, name)
		if slices.Contains(fail, name) {
			return errors.New(name)
		}
		return nil
	}, calls
}

func of(names ...string) *callbacks.List[string] {
	l := new(callbacks.List[string])
	for _, name := range names {
		l.Add(name)
	}
	return l
}

func TestRun(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		callbacks, fail, run, rerun string
	}{
		"none":            {"", "", "", ""},
		"in order":        {"a b c", "", "a b c", "a b c"},
		"one fails":       {"a b c", "b", "a b", "a c"},
		"the last fails":  {"a b", "b", "a b", "a"},
		"the first fails": {"a b c", "a", "a", "b c"},
		"two would fail":  {"a b c d", "b c", "a b", "a c d"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := of(strings.Fields(tc.callbacks)...)
			assert.Equal(t, tc.callbacks == "", l.IsEmpty())
			call, calls := record(strings.Fields(tc.fail)...)
			err := l.Run(call)
			assert.Equal(t, tc.fail != "", err != nil)
			require.NoError(t, l.Run(call), "each once")
			assert.Equal(t, tc.run, strings.Join(*calls, " "))
			*calls = nil
			err = l.Rerun(call)
			assert.Equal(t, tc.rerun, strings.Join(*calls, " "))
			if name == "two would fail" {
				require.EqualError(t, err, "c")
			} else {
				require.NoError(t, err)
			}
			*calls = nil
			require.NoError(t, l.Rerun(call), "what failed is left out")
		})
	}
}

func TestAddedMeanwhile(t *testing.T) {
	t.Parallel()
	l := of("a")
	call, calls := record()
	add := func(name string) error {
		if name == "a" || name == "b" {
			l.Add(name + "'")
		}
		return call(name)
	}
	require.NoError(t, l.Run(add))
	l.Add("b")
	require.NoError(t, l.Run(add))
	assert.Equal(t, []string{"a", "a'", "b", "b'"}, *calls)
}

func TestPrecede(t *testing.T) {
	t.Parallel()
	l := of("c", "d")
	l.Precede(of("a", "b"))
	l.Precede(of())
	call, calls := record()
	require.NoError(t, l.Run(call))
	assert.Equal(t, []string{"a", "b", "c", "d"}, *calls)
}

type closer struct{ closed int }

func (c *closer) Close() error { c.closed++; return errors.New("ignored") }

func TestClosers(t *testing.T) {
	t.Parallel()
	var list, other callbacks.Closers
	one, two := new(closer), new(closer)
	list.Add(one)
	other.Add(two)
	list.Adopt(&other)
	other.Close()
	assert.Zero(t, two.closed, "it has another owner")
	list.Close()
	list.Close()
	assert.Equal(t, []int{1, 1}, []int{one.closed, two.closed})
}
