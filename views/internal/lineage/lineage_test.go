package lineage_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/internal/lineage"
)

type (
	content struct{}
	page    struct{ content }
	article struct{ page }
	dated   struct{}
	titled  interface{ Title() string }
)

func (content) Title() string { return "" }

var (
	contentType = reflect.TypeFor[content]()
	pageType    = reflect.TypeFor[page]()
	articleType = reflect.TypeFor[article]()
	datedType   = reflect.TypeFor[dated]()
	titledType  = reflect.TypeFor[titled]()
)

// to is an edge whose conversion records the way.
func to(t reflect.Type) lineage.Edge {
	return lineage.Edge{To: t, Convert: func(v any) (any, error) { return fmt.Sprint(v, " as ", t.Name()), nil }}
}

func names(line lineage.Line) (all []string) {
	for _, a := range line {
		all = append(all, a.Type.Name())
	}
	return all
}

func TestLine(t *testing.T) {
	t.Parallel()
	ts := lineage.New()
	ts.Inherit(articleType, to(pageType))
	ts.Inherit(articleType, to(datedType))
	ts.Inherit(pageType, to(contentType))
	ts.Inherit(datedType, to(contentType))
	require.NoError(t, ts.Finish())

	line := ts.Of(articleType)
	assert.Equal(t, []string{"article", "page", "dated", "content"}, names(line), "a parent comes after all types that inherit from it")
	assert.Equal(t, []string{"content"}, names(ts.Of(contentType)))

	got, err := line.As(contentType)("x")
	require.NoError(t, err)
	assert.Equal(t, "x as dated as content", got, "by the parent next to it")
	assert.Nil(t, line.As(articleType), "no conversion to its own type")
	assert.Nil(t, line.As(titledType), "the type itself has the methods")
	assert.True(t, line.Fits(titledType))
	assert.False(t, ts.Of(datedType)[:1].Fits(titledType))

	assert.True(t, ts.Inherits(articleType, datedType))
	assert.False(t, ts.Inherits(contentType, contentType), "it inherits from nothing")
}

func TestInheritReplaces(t *testing.T) {
	t.Parallel()
	ts := lineage.New()
	ts.Inherit(pageType, lineage.Edge{To: contentType, Convert: func(any) (any, error) { return "old", nil }})
	ts.Inherit(pageType, to(contentType))
	got, err := ts.Of(pageType).As(contentType)("x")
	require.NoError(t, err)
	assert.Equal(t, "x as content", got)
}

func TestConversionFails(t *testing.T) {
	t.Parallel()
	ts := lineage.New()
	ts.Inherit(articleType, lineage.Edge{To: pageType, Convert: func(any) (any, error) { return nil, assert.AnError }})
	ts.Inherit(pageType, to(contentType))
	_, err := ts.Of(articleType).As(contentType)("x")
	assert.ErrorIs(t, err, assert.AnError)
}

func TestPreference(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		order []reflect.Type
		want  []reflect.Type
	}{
		"without an order":    {nil, []reflect.Type{articleType, pageType, contentType}},
		"the rest comes last": {[]reflect.Type{contentType}, []reflect.Type{articleType, contentType, pageType}},
		"itself listed":       {[]reflect.Type{titledType, articleType}, []reflect.Type{titledType, articleType, pageType, contentType}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ts := lineage.New()
			ts.Inherit(articleType, to(pageType))
			ts.Inherit(pageType, to(contentType))
			if tt.order != nil {
				ts.SetOrder(articleType, lineage.Order{Types: tt.order})
			}
			require.NoError(t, ts.Finish())
			assert.Equal(t, tt.want, ts.Preference(articleType, ts.Of(articleType)))
		})
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	here := registry.Source{File: "app.go", Line: 7}
	for name, tt := range map[string]struct {
		declare func(*lineage.Types)
		want    string
	}{
		"cycle": {func(ts *lineage.Types) {
			ts.Inherit(pageType, lineage.Edge{To: contentType, Source: here})
			ts.Inherit(contentType, to(pageType))
		}, "inherit lineage_test.page from lineage_test.content: cycle: lineage_test.content inherits from lineage_test.page"},
		"listed twice": {func(ts *lineage.Types) {
			ts.SetOrder(pageType, lineage.Order{Types: []reflect.Type{titledType, titledType}, Source: here})
		}, "order of views for lineage_test.page: lineage_test.titled is listed twice"},
		"does not serve it": {func(ts *lineage.Types) {
			ts.SetOrder(datedType, lineage.Order{Types: []reflect.Type{titledType}, Source: here})
		}, "views for lineage_test.titled do not serve it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ts := lineage.New()
			tt.declare(ts)
			err := ts.Finish()
			assert.ErrorContains(t, err, tt.want)
			assert.ErrorContains(t, err, "app.go:7")
		})
	}
}

func TestDeclare(t *testing.T) {
	t.Parallel()
	ts := lineage.New()
	ts.Declare(pageType, registry.Source{File: "first.go", Line: 1})
	ts.Declare(contentType, registry.Source{File: "other.go", Line: 2})
	ts.Declare(pageType, registry.Source{File: "second.go", Line: 3})
	assert.Equal(t, []reflect.Type{pageType, contentType}, ts.Declared())
	src, ok := ts.Source(pageType)
	assert.True(t, ok)
	assert.Equal(t, "first.go", src.File)
	_, ok = ts.Source(articleType)
	assert.False(t, ok)
}
