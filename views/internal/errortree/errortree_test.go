package errortree_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/internal/errortree"
)

// parts joins errors of which some are nil.
type parts []error

func (parts) Error() string     { return "parts" }
func (p parts) Unwrap() []error { return p }

func TestOf(t *testing.T) {
	t.Parallel()
	a, b, c := errors.New("a"), errors.New("b"), errors.New("c")
	for name, tc := range map[string]struct {
		err  error
		want []string // the texts, outermost first
	}{
		"alone":       {a, []string{"a"}},
		"wrapped":     {fmt.Errorf("x: %w", a), []string{"x: a", "a"}},
		"joined":      {errors.Join(a, b), []string{"a\nb", "a", "b"}},
		"depth first": {fmt.Errorf("x: %w", errors.Join(fmt.Errorf("y: %w", a), b)), []string{"x: y: a\nb", "y: a\nb", "y: a", "a", "b"}},
		"several":     {fmt.Errorf("%w, %w", b, c), []string{"b, c", "b", "c"}},
		"nil parts":   {parts{nil, a, nil}, []string{"parts", "a"}},
	} {
		var got []string
		for _, err := range errortree.Of(tc.err) {
			got = append(got, err.Error())
		}
		assert.Equal(t, tc.want, got, name)
	}
}
