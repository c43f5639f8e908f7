package header_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
)

func accept(lines ...string) header.Accept { return header.ReadAccept(lines) }

func TestAcceptQuality(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		field, offer string
		want         float64
	}{
		{"text/html", "text/html", 1},
		{"text/html", "text/plain", 0},
		{"TEXT/Html;q=0.5", "text/HTML", 0.5},
		{"text/*;q=0.3, text/html;q=0.7, */*;q=0.1", "text/html", 0.7},
		{"text/*;q=0.3, text/html;q=0.7, */*;q=0.1", "text/plain", 0.3},
		{"text/*;q=0.3, text/html;q=0.7, */*;q=0.1", "image/png", 0.1},
		{"text/html;q=0, */*", "text/html", 0},
		{"text/html;q=0, */*", "text/plain", 1},
		{"text/html;level=1;q=0.4, text/html;q=0.7", "text/html;level=1", 0.4},
		{"text/html;level=1;q=0.4, text/html;q=0.7", "text/html;level=2", 0.7},
		{"text/html;level=1;q=0.4, text/html;q=0.7", "text/html", 0.7},
		{"text/html;level=1", "text/html", 0},
		{"text/html;LEVEL=a", "text/html;level=a", 1},
		{"text/html;level=A", "text/html;level=a", 0},
		{`text/html;level="a b"`, `text/html; level="a\ b"`, 1},
		{"text/html;a=1;b=2", "text/html;b=2;a=1", 0},
		{"text/html;q=0.5, text/html", "text/html", 0.5},
		{"text/*;level=1", "text/html", 1},
		{"", "text/html", 0},
		{",", "text/html", 0},
		{",,text/html", "text/html", 1},
		{"text/plain ,\ttext/html", "text/html", 1},
		{"text/html;q=0.5;ext;other=\"x\"", "text/html", 0.5},
		{"text/html;q=0.5;q=0.9", "text/html", 0.5},
		// unreadable: as if missing
		{"garbage", "text/html", 1},
		{",text/plain", "text/html", 1},
		{"text/plain, ", "text/html", 1},
		{" text/plain", "text/html", 1},
		{"text/plain;q=2", "text/html", 1},
		{"text/plain;q=0.1234", "text/html", 1},
		{"text/plain;q=1.001", "text/html", 1},
		{"text/plain;level", "text/html", 1},
		{"text/plain;", "text/html", 1},
		{`text/plain;a="b`, "text/html", 1},
		{"text / plain", "text/html", 1},
		// invalid offers
		{"*/*", "text/*", 0},
		{"*/*", "html", 0},
		{"*/*", "text/html;q=1", 0},
	} {
		t.Run(tc.field+" for "+tc.offer, func(t *testing.T) {
			t.Parallel()
			assert.InDelta(t, tc.want, accept(tc.field).Quality(tc.offer), 1e-9)
		})
	}
}

func TestAcceptBest(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		fields []string
		offers string
		want   string
	}{
		{"no header admits all", nil, "text/html a/b nonsense", "text/html a/b"},
		{"unreadable header likewise", []string{"nonsense"}, "text/html a/b", "text/html a/b"},
		{"empty header admits nothing", []string{""}, "text/html a/b", ""},
		{"by preference", []string{"a/b;q=0.2, c/d, */*;q=0.1"}, "x/y a/b c/d", "c/d a/b x/y"},
		{"ties keep the order of the offers", []string{"a/b, c/d"}, "c/d a/b", "c/d a/b"},
		{"several headers are one list", []string{"a/b;q=0.5", "c/d"}, "a/b c/d", "c/d a/b"},
		{"an offer counts once", []string{"a/b"}, "a/b a/b", "a/b"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := accept(tc.fields...).Best(strings.Fields(tc.offers))
			assert.Equal(t, tc.want, strings.Join(got, " "))
		})
	}
}

func TestAcceptIsReadable(t *testing.T) {
	t.Parallel()
	assert.False(t, accept().Readable)
	assert.False(t, accept("nonsense").Readable)
	assert.True(t, accept("").Readable)
}

func FuzzAccept(f *testing.F) {
	for _, seed := range []string{"", ",", "text/html;q=0.5, */*", `a/b;c="\"";q=1;e`, "a/b;q=1.", "\\", `a/b;c="`} {
		f.Add(seed, "text/html;level=1")
	}
	f.Fuzz(func(t *testing.T, field, offer string) {
		a := accept(field)
		q := a.Quality(offer)
		if q < 0 || q > 1 {
			t.Fatalf("quality %v", q)
		}
		best := a.Best([]string{offer, "text/html"})
		if slices.Contains(best, offer) != (q > 0) {
			t.Fatalf("Best %q and Quality %v disagree over %q", best, q, offer)
		}
		if !a.Readable && !slices.Contains(best, "text/html") {
			t.Fatal("an unreadable header excludes")
		}
	})
}

func BenchmarkAccept(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		accept("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8").Quality("application/json")
	}
}

func TestAcceptIsBounded(t *testing.T) {
	t.Parallel()
	many := strings.Repeat("a/b;q=0.1,", 99)
	assert.Equal(t, 0.5, accept(many+"c/d;q=0.5").Quality("c/d"))
	assert.Zero(t, accept(many+"a/b, c/d").Quality("c/d"), "the 101st range")
	long := "a/b;x=" + strings.Repeat("y", 4000)
	assert.Zero(t, accept(long, strings.Repeat("z", 90)+"/d").Quality("c/d"))
	assert.Equal(t, 1.0, accept("c/d", long, long).Quality("c/d"))
	assert.False(t, accept(long+long).Readable, "no whole range")
}
