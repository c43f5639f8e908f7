package merge_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/examples/wiki/merge"
)

func ExampleThree() {
	result := merge.Three("one\ntwo\nthree\n", "ONE\ntwo\nthree\n", "one\ntwo\nthree\nfour\n")
	fmt.Print(result.Conflicts, "\n", result.Text("", ""))
	// Output:
	// 0
	// ONE
	// two
	// three
	// four
}

func ExampleDiff() {
	for _, line := range merge.Diff("a\nb\nc\n", "a\nB\nc\n", 1) {
		fmt.Println(line.Op, line.Text)
	}
	// Output:
	// same a
	// removed b
	// added B
	// same c
}

func TestThree(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		base, mine, theirs string
		conflicts          int
		want               string
	}{
		"only mine":           {"a\n", "b\n", "a\n", 0, "b\n"},
		"only theirs":         {"a\n", "a\n", "b\n", 0, "b\n"},
		"the same change":     {"a\n", "b\n", "b\n", 0, "b\n"},
		"far apart":           {"a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", 0, "A\nb\nC\n"},
		"the same line":       {"a\nb\n", "a\nM\n", "a\nT\n", 1, "a\n<<<<<<< me\nM\n=======\nT\n>>>>>>> you\n"},
		"neighbours":          {"a\nb\n", "A\nb\n", "a\nB\n", 1, "<<<<<<< me\nA\nb\n=======\na\nB\n>>>>>>> you\n"},
		"both append":         {"a\n", "a\nm\n", "a\nt\n", 1, "a\n<<<<<<< me\nm\n=======\nt\n>>>>>>> you\n"},
		"removed and changed": {"a\nb\n", "a\n", "a\nB\n", 1, "a\n<<<<<<< me\n=======\nB\n>>>>>>> you\n"},
		"all empty":           {"", "", "", 0, ""},
	} {
		got := merge.Three(test.base, test.mine, test.theirs)
		assert.Equal(t, test.conflicts, got.Conflicts, name)
		text := got.Text("me", "you")
		assert.Equal(t, test.want, text, name)
		assert.Equal(t, test.conflicts > 0, merge.Marked(text), name)
	}
	assert.Equal(t, "a\nb\nc\n", merge.Normal("a\r\nb\rc"))
}

// The laws of a merge hold for random texts.
func TestLaws(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	text := func() string {
		var b strings.Builder
		for range random.IntN(9) {
			b.WriteString(string(rune('a'+random.IntN(4))) + "\n")
		}
		return b.String()
	}
	join := func(r merge.Result, of func(merge.Part) string) string {
		var b strings.Builder
		for _, p := range r.Parts {
			b.WriteString(of(p))
		}
		return b.String()
	}
	clean := 0
	for range 3_000 {
		base, mine, theirs := text(), text(), text()
		r, mirrored := merge.Three(base, mine, theirs), merge.Three(base, theirs, mine)
		require.Equal(t, base, join(r, func(p merge.Part) string { return p.Base }))
		require.Equal(t, join(r, func(p merge.Part) string { return p.Mine }), join(mirrored, func(p merge.Part) string { return p.Theirs }))
		require.Equal(t, r.Conflicts, mirrored.Conflicts)
		require.Equal(t, mine, merge.Three(base, mine, base).Text("", ""))
		require.Equal(t, theirs, merge.Three(base, base, theirs).Text("", ""))
		require.Equal(t, mine, merge.Three(base, mine, mine).Text("", ""))
		if r.Conflicts == 0 {
			clean++
		}

		var before, after strings.Builder // a comparison with all lines has both texts
		for _, line := range merge.Diff(base, mine, 100) {
			if line.Op != merge.Added {
				before.WriteString(line.Text + "\n")
			}
			if line.Op != merge.Removed {
				after.WriteString(line.Text + "\n")
			}
		}
		if base != mine {
			require.Equal(t, base, before.String())
			require.Equal(t, mine, after.String())
		}
	}
	assert.Greater(t, clean, 20, "random texts merge cleanly now and then")
}

func TestSkippedLines(t *testing.T) {
	t.Parallel()
	before := "1\n2\n3\n4\n5\n6\n7\n8\n"
	lines := merge.Diff(before, strings.Replace(before, "5\n", "five\n", 1), 1)
	assert.Equal(t, []merge.Line{
		{Op: merge.Skipped}, {Op: merge.Same, Text: "4", Old: 4, New: 4},
		{Op: merge.Removed, Text: "5", Old: 5}, {Op: merge.Added, Text: "five", New: 5},
		{Op: merge.Same, Text: "6", Old: 6, New: 6}, {Op: merge.Skipped},
	}, lines)
	assert.Empty(t, merge.Diff(before, before, 1))
}
