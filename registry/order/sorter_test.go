package order_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry/order"
)

type add struct {
	name        string
	under, over []string
}

func sorter(adds ...add) *order.Sorter {
	s := order.New("INGRESS", "MAIN")
	for _, a := range adds {
		s.Add(a.name, a.under, a.over)
	}
	return s
}

func in(names ...string) []string { return names }

func TestSorted(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		adds []add
		want []string
	}{
		"nothing": {nil, []string{}},
		"a later name is the outer one": {
			[]add{{"excview", in("INGRESS"), nil}, {"a", in("INGRESS"), nil}, {"b", in("INGRESS"), nil}},
			in("b", "a", "excview"),
		},
		"the same over keeps the order of registration": {
			[]add{{"excview", in("INGRESS"), nil}, {"a", nil, in("excview")}, {"b", nil, in("excview")}},
			in("a", "b", "excview"),
		},
		"only over MAIN ends inside": {
			[]add{{"excview", in("INGRESS"), nil}, {"a", nil, in("MAIN")}},
			in("excview", "a"),
		},
		"of several names one is enough": {
			[]add{{"a", in("INGRESS"), nil}, {"b", in("none", "a"), nil}},
			in("a", "b"),
		},
		"the hint of another name suffices": {
			[]add{{"a", in("none"), nil}, {"b", in("INGRESS"), in("a")}},
			in("b", "a"),
		},
		"a name added again goes to the end, without its former hints": {
			[]add{{"a", in("INGRESS"), nil}, {"b", in("a"), nil}, {"a", in("b"), nil}, {"b", in("INGRESS"), nil}},
			in("b", "a"),
		},
		"without hints": {
			[]add{{"a", nil, nil}, {"b", nil, nil}},
			in("a", "b"),
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := sorter(tt.adds...).Sorted()
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestUnsatisfied(t *testing.T) {
	t.Parallel()
	base := []add{{"log", in("INGRESS"), nil}, {"recover", in("INGRESS"), nil}, {"excview", in("INGRESS"), nil}}
	tests := map[string]struct {
		adds []add
		want string
	}{
		"under": {
			append(slices.Clone(base), add{"session", in("auth"), nil}),
			`"session" wants to be under "auth", which is not registered (have: log, recover, excview)`,
		},
		"over, with several names": {
			append(slices.Clone(base), add{"session", nil, in("auth", "acl")}),
			`"session" wants to be over "auth" or "acl", none of which is registered (have: log, recover, excview)`,
		},
		"alone": {
			[]add{{"session", in("auth"), nil}},
			`"session" wants to be under "auth", which is not registered (have: nothing else)`,
		},
		"an empty list": {
			[]add{{"session", []string{}, nil}},
			`"session" wants to be under other names, but gives none (have: nothing else)`,
		},
		"all together, over before under, by name": {
			[]add{{"c", in("x"), nil}, {"b", in("x"), nil}, {"a", nil, in("x")}},
			`"a" wants to be over "x", which is not registered (have: c, b)
"b" wants to be under "x", which is not registered (have: c, a)
"c" wants to be under "x", which is not registered (have: b, a)`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := sorter(tt.adds...).Sorted()
			require.EqualError(t, err, tt.want)
			assert.Nil(t, got)
			_, ok := errors.AsType[*order.UnsatisfiedError](err)
			assert.True(t, ok)
		})
	}
}

func TestCycle(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		adds []add
		want string
	}{
		"itself": {[]add{{"a", in("a"), nil}}, `cycle: "a" over "a"`},
		"two":    {[]add{{"a", in("b"), nil}, {"b", in("a"), nil}}, `cycle: "a" over "b", "b" over "a"`},
		"what hangs on it is not named": {
			[]add{{"d", in("c"), nil}, {"a", in("INGRESS"), nil}, {"c", in("b"), nil}, {"b", in("e"), nil}, {"e", in("c"), nil}},
			`cycle: "c" over "e", "e" over "b", "b" over "c"`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := sorter(tt.adds...).Sorted()
			require.EqualError(t, err, tt.want)
			_, ok := errors.AsType[*order.CycleError](err)
			assert.True(t, ok)
		})
	}
}

// TestAsPyramid compares with what Pyramid 2.0 returned for random registrations.
func TestAsPyramid(t *testing.T) {
	t.Parallel()
	var cases []struct {
		Adds        [][3]json.RawMessage
		Names       []string
		Sorted      []string
		Unsatisfied []string // the side, then the names
		Left        []string // in cycles, or behind them
	}
	data, err := os.ReadFile("testdata/pyramid.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &cases))
	require.NotEmpty(t, cases)
	for i, c := range cases {
		s := order.New("INGRESS", "MAIN")
		for _, a := range c.Adds {
			var name string
			var under, over []string
			require.NoError(t, json.Unmarshal(a[0], &name))
			require.NoError(t, json.Unmarshal(a[1], &under))
			require.NoError(t, json.Unmarshal(a[2], &over))
			s.Add(name, under, over)
		}
		assert.Equal(t, c.Names, s.Names(), "case %d: %s", i, c.Adds)
		got, err := s.Sorted()
		switch {
		case c.Unsatisfied != nil:
			var names []string
			for _, e := range unsatisfied(err) {
				if string(e.Side) == c.Unsatisfied[0] { // Pyramid reports the first side only
					names = append(names, e.Name)
				}
			}
			assert.Equal(t, c.Unsatisfied[1:], names, "case %d: %s", i, c.Adds)
		case c.Left != nil:
			e, ok := errors.AsType[*order.CycleError](err)
			if assert.True(t, ok, "case %d: %s: %v", i, c.Adds, err) {
				assert.Subset(t, c.Left, e.Names, "case %d: %s", i, c.Adds)
			}
		default:
			require.NoError(t, err, "case %d: %s", i, c.Adds)
			assert.Equal(t, c.Sorted, got, "case %d: %s", i, c.Adds)
		}
	}
}

func unsatisfied(err error) []*order.UnsatisfiedError {
	if e, ok := err.(*order.UnsatisfiedError); ok {
		return []*order.UnsatisfiedError{e}
	}
	var all []*order.UnsatisfiedError
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, part := range joined.Unwrap() {
			all = append(all, unsatisfied(part)...)
		}
	}
	return all
}

// FuzzSorted checks the laws: all names come out once, all edges between known names are kept,
// asking twice gives the same, and an error is one of the two.
func FuzzSorted(f *testing.F) {
	f.Add(uint64(1), uint8(5))
	f.Add(uint64(99), uint8(30))
	f.Fuzz(func(t *testing.T, seed uint64, n uint8) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		s := order.New("INGRESS", "MAIN")
		type pair struct{ outer, inner string }
		given := map[string][]pair{}
		known := map[string]bool{"INGRESS": true, "MAIN": true}
		for range int(n) {
			name := fmt.Sprint(rnd.IntN(int(n)))
			pick := func(sentinel string) []string {
				if rnd.IntN(3) == 0 {
					return nil
				}
				names := []string{fmt.Sprint(rnd.IntN(int(n) * 3)), sentinel}
				return names[:1+rnd.IntN(2)]
			}
			under, over := pick("INGRESS"), pick("MAIN")
			s.Add(name, under, over)
			known[name], given[name] = true, nil
			for _, u := range under {
				given[name] = append(given[name], pair{u, name})
			}
			for _, o := range over {
				given[name] = append(given[name], pair{name, o})
			}
		}
		got, err := s.Sorted()
		again, _ := s.Sorted()
		require.Equal(t, got, again)
		if err != nil {
			if e, ok := errors.AsType[*order.CycleError](err); ok {
				for i, name := range e.Names {
					p := pair{name, e.Names[(i+1)%len(e.Names)]}
					require.True(t, slices.Contains(given[p.outer], p) || slices.Contains(given[p.inner], p), "%v is no edge", p)
				}
				return
			}
			require.NotEmpty(t, unsatisfied(err))
			return
		}
		require.ElementsMatch(t, s.Names(), got)
		at := map[string]int{"INGRESS": -1, "MAIN": len(got)}
		for i, name := range got {
			at[name] = i
		}
		for _, pairs := range given {
			for _, p := range pairs {
				if known[p.outer] && known[p.inner] && p.inner != "MAIN" && p.outer != "INGRESS" {
					require.Less(t, at[p.outer], at[p.inner], "%v", p)
				}
			}
		}
	})
}

// chain has n names, each under the one before; every third is added twice.
func chain(n int) *order.Sorter {
	s := order.New("INGRESS", "MAIN")
	before := "INGRESS"
	for i := range n {
		name := fmt.Sprint(i)
		s.Add(name, in(before), in("MAIN"))
		if i%3 == 0 {
			s.Add(name, in(before, "unknown"), in("MAIN"))
		}
		before = name
	}
	return s
}

func BenchmarkSorted(b *testing.B) {
	for _, n := range []int{10, 100, 1_000, 10_000} {
		b.Run(fmt.Sprintf("names=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := chain(n).Sorted(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/name")
		})
	}
}

// TestEverythingAtOnce has several mistakes: each is reported, and the order lacks no name.
func TestEverythingAtOnce(t *testing.T) {
	t.Parallel()
	s := order.New("FIRST", "LAST")
	s.Add("a", nil, []string{"b"})
	s.Add("b", nil, []string{"a", "c"})
	s.Add("c", []string{"ghost", "b"}, nil)
	s.Add("d", []string{"ghost"}, nil)
	s.Add("e", []string{"f"}, nil)
	s.Add("f", []string{"e"}, []string{"g"})
	s.Add("g", nil, []string{"LAST"})
	names, errs := s.Sort()
	assert.ElementsMatch(t, []string{"a", "b", "c", "d", "e", "f", "g"}, names)
	var texts []string
	for _, err := range errs {
		texts = append(texts, err.Error())
	}
	assert.Equal(t, []string{
		`"d" wants to be under "ghost", which is not registered (have: a, b, c, e, f, g)`,
		`cycle: "e" over "f", "f" over "e"`,
		`cycle: "a" over "b", "b" over "a"`,
	}, texts)
	names, err := s.Sorted()
	assert.Nil(t, names)
	require.ErrorContains(t, err, texts[2])
}
