package traversal_test

import (
	"context"
	"iter"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
)

type (
	fitting   struct{}
	misfitted struct{}
	pointed   struct{}
	embedding struct{ *misfitted }
	nothing   struct{ Child, Children string }
)

func (fitting) Child(context.Context, string) (traversal.Resource, error)            { return nil, nil }
func (fitting) Descend(context.Context, []string) ([]traversal.Resource, error)      { return nil, nil }
func (fitting) ChildAsync(context.Context, string) *async.Future[traversal.Resource] { return nil }
func (fitting) Children(context.Context) iter.Seq2[traversal.Entry, error]           { return nil }

func (*misfitted) Child(string) (*fitting, error)               { return nil, nil }
func (*misfitted) Descend(context.Context, ...string) error     { return nil }
func (misfitted) ChildAsync() func(int)                         { return nil }
func (*misfitted) Children() []*fitting                         { return nil }
func (*pointed) Child(context.Context, string) (any, error)     { return nil, nil }
func (pointed) Children(context.Context) iter.Seq2[string, int] { return nil }

func TestMisfits(t *testing.T) {
	t.Parallel()
	const (
		child    = "Child(string) (*traversal_test.fitting, error) is not called: want Child(context.Context, string) (traversal.Resource, error)"
		async    = "its method ChildAsync() func(int) is not called: want ChildAsync(context.Context, string) *async.Future[traversal.Resource]"
		children = "its method Children() []*traversal_test.fitting is not called: want Children(context.Context) iter.Seq2[traversal.Entry, error]"
		descend  = "its method Descend(context.Context, ...string) error is not called: want Descend(context.Context, []string) ([]traversal.Resource, error)"
	)
	for name, tt := range map[string]struct {
		of   reflect.Type
		want []string
	}{
		"nil":           {nil, nil},
		"fits":          {reflect.TypeFor[fitting](), nil},
		"pointer fits":  {reflect.TypeFor[*fitting](), nil},
		"other methods": {reflect.TypeFor[*misfitted](), []string{"its method " + child, async, descend, children}},
		"embedded":      {reflect.TypeFor[embedding](), []string{"its method " + child, async, descend, children}},
		"fields":        {reflect.TypeFor[nothing](), nil},
		"interface":     {reflect.TypeFor[interface{ Child() }](), nil},
		"a map":         {reflect.TypeFor[traversal.Map](), nil},
		"pointer receiver": {reflect.TypeFor[pointed](), []string{
			"its method Child is not called, since only a *traversal_test.pointed has it: put pointers in the tree, or give the method a value receiver",
			"its method Children(context.Context) iter.Seq2[string,int] is not called: want Children(context.Context) iter.Seq2[traversal.Entry, error]",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, traversal.Misfits(tt.of))
		})
	}
}
