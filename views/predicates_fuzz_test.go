package views_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views"
)

// Whatever the values: their order does not matter, and what was printed can
// be written again and is the same predicate.
func FuzzPredicatesPrint(f *testing.F) {
	for _, seed := range [][2]string{{"a", "b=2"}, {"=a=1", " b = "}, {"X-A:[a-z]", "x-b:"}, {"text/html;level=1", "Text/*"}, {"0/}", `a/b; C="\";d=e"`}, {`\Q`, ""}, {"", "\x00\""}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		assert.Equal(t, views.Param(a, b).String(), views.Param(b, a, b).String())
		assert.Equal(t, views.Header(a, b).String(), views.Header(b, a, a).String())
		assert.Equal(t, views.Method(a, b).String(), views.Method(b, a).String())
		assert.Equal(t, views.MatchParam(a, b).String(), views.MatchParam(b, a).String())
		assert.Equal(t, views.ContentType(a, b).String(), views.ContentType(b, a).String())

		if offer := views.Accept(a); offer.Err() == nil {
			again := views.Accept(strings.Trim(strings.ReplaceAll(offer.Text(), `\"`, `"`), `"`))
			if assert.NoError(t, again.Err(), offer) {
				assert.Equal(t, offer.String(), again.String())
			}
			holds, err := offer.Holds(asked{header: []string{"Accept: */*"}}.of(nil))
			assert.NoError(t, err)
			assert.True(t, holds, offer)
		}
		for _, p := range []string{a, b} {
			if re := views.PathInfo(p); re.Err() == nil {
				_, err := re.Holds(asked{}.of(nil))
				assert.NoError(t, err)
			}
		}
	})
}
