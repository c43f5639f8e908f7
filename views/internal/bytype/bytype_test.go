package bytype_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/internal/bytype"
)

type wide interface{ A() }
type narrow interface {
	A()
	B()
}
type one struct{}

func (one) A() {}
func (one) B() {}

type two struct{}

func (two) A() {}

func TestTable(t *testing.T) {
	t.Parallel()
	var table bytype.Table[string]
	assert.True(t, table.Empty())
	find := func(of reflect.Type) string { v, _ := table.For(of); return v }
	bytype.Put[wide](&table, "wide")
	bytype.Put[narrow](&table, "narrow")
	assert.False(t, table.Empty())
	assert.Equal(t, "narrow", find(reflect.TypeFor[one]()))
	assert.Equal(t, "wide", find(reflect.TypeFor[two]()))
	bytype.Put[one](&table, "one")
	assert.Equal(t, "one", find(reflect.TypeFor[one]()))
	bytype.Put[wide](&table, "wider")
	assert.Equal(t, "wider", find(reflect.TypeFor[two]()))
	assert.Empty(t, find(reflect.TypeFor[int]()))
	assert.Empty(t, find(nil))
	for _, value := range []any{one{}, two{}, 1, nil} {
		want, found := table.For(reflect.TypeOf(value))
		got, ok := table.Of(value)
		assert.Equal(t, want, got)
		assert.Equal(t, found, ok)
	}
	more := table.Clone()
	bytype.Put[two](&more, "two")
	table.Add(&more)
	assert.Equal(t, "two", find(reflect.TypeFor[two]()))
}
