package async_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/traversal/async"
)

type page struct{}

func (*page) Load(context.Context) (*async.Future[string], error) { return nil, nil }
func (*page) Show(context.Context) (string, error)                { return "", nil }

func TestIsAsync(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		fn   any
		want bool
	}{
		{"future", func() *async.Future[int] { return nil }, true},
		{"future and error", (*page).Load, true},
		{"method value", (&page{}).Load, true},
		{"Awaitable", func() async.Awaitable { return nil }, true},
		{"type", reflect.TypeOf((*page).Load), true},
		{"plain", (*page).Show, false},
		{"future second", func() (int, *async.Future[int]) { return 0, nil }, false},
		{"future by value", func() struct{ F *async.Future[int] } { panic("not called") }, false},
		{"any", func() any { return nil }, false},
		{"nothing", func() {}, false},
		{"no function", 1, false},
		{"a future itself", async.Settled(1, nil), false},
		{"nil", nil, false},
		{"nil function", (func() *async.Future[int])(nil), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, async.IsAsync(tt.fn))
		})
	}
}
