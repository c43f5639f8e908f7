package related_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/internal/related"
)

type (
	base    struct{ Title string }
	page    struct{ base }
	linked  struct{ *page }
	looping struct{ *looping }
	titled  interface{ title() string }
	book    struct{}
)

func (b *base) title() string { return b.Title }

func TestHint(t *testing.T) {
	t.Parallel()
	const inherit = "it is embedded: use views.Inherit(c, func(x "
	for name, tt := range map[string]struct {
		of, has reflect.Type // of the resource, and of the views
		want    string
	}{
		"no type":             {reflect.TypeFor[page](), nil, ""},
		"the same":            {reflect.TypeFor[page](), reflect.TypeFor[page](), ""},
		"a pointer":           {reflect.TypeFor[*page](), reflect.TypeFor[page](), "the resource is a *related_test.page, a different type: register the view for that type"},
		"no pointer":          {reflect.TypeFor[page](), reflect.TypeFor[*page](), "the resource is a related_test.page, a different type: register the view for that type"},
		"methods":             {reflect.TypeFor[page](), reflect.TypeFor[titled](), "only *related_test.page has its methods, but the resource is a related_test.page"},
		"implements":          {reflect.TypeFor[*page](), reflect.TypeFor[titled](), ""},
		"embedded":            {reflect.TypeFor[*page](), reflect.TypeFor[*base](), inherit + "*related_test.page) *related_test.base { … })"},
		"embedded, deeper":    {reflect.TypeFor[linked](), reflect.TypeFor[base](), inherit + "related_test.linked) related_test.base { … })"},
		"embeds itself":       {reflect.TypeFor[looping](), reflect.TypeFor[base](), ""},
		"not implemented":     {reflect.TypeFor[*book](), reflect.TypeFor[titled](), "a *related_test.book does not implement it: the compiler names the missing method for var _ related_test.titled = *new(*related_test.book)"},
		"nothing in common":   {reflect.TypeFor[int](), reflect.TypeFor[base](), ""},
		"the other direction": {reflect.TypeFor[base](), reflect.TypeFor[page](), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, related.Hint(tt.of, tt.has))
		})
	}
}
