package statuserr_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views/web/internal/statuserr"
)

type status int

func (s status) Error() string { return "status" }
func (s status) Status() int   { return int(s) }

func TestFind(t *testing.T) {
	t.Parallel()
	plain, late := errors.New("plain"), fmt.Errorf("query: %w", context.DeadlineExceeded)
	for name, tc := range map[string]struct {
		err  error
		want int // 0: none
	}{
		"nil":                     {nil, 0},
		"plain":                   {plain, 0},
		"itself":                  {status(404), 404},
		"wrapped":                 {fmt.Errorf("a: %w", fmt.Errorf("b: %w", status(404))), 404},
		"the outermost":           {fmt.Errorf("%w: %w", status(409), status(404)), 409},
		"joined, the first":       {errors.Join(plain, fmt.Errorf("a: %w", status(410)), status(404)), 410},
		"joined, without":         {errors.Join(plain, plain), 0},
		"deadline":                {late, 504},
		"deadline with a status":  {errors.Join(late, status(503)), 503},
		"a panic with a deadline": {&async.PanicError{Value: context.DeadlineExceeded}, 0},
		"cancelled":               {context.Canceled, 0},
		"a panic with a status":   {&async.PanicError{Value: status(404)}, 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := statuserr.Find(tc.err)
			if tc.want == 0 {
				require.Nil(t, found)
				return
			}
			require.NotNil(t, found)
			assert.Equal(t, tc.want, found.Status())
			as, ok := errors.AsType[statuserr.Error](tc.err)
			if ok { // errors.As agrees
				assert.Equal(t, as, statuserr.In(tc.err))
			}
		})
	}
}
