package jsonvalue_test

import (
	"encoding/json"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/internal/jsonvalue"
	"github.com/mastaba-go/mastaba/views/web"
)

type point struct{ X, Y int }
type inner struct {
	A     int `json:"a"`
	Share string
}
type outer struct {
	inner
	*point
	B     any            `json:"b,omitempty"`
	C     map[string]any `json:"c,omitempty"`
	D     int64          `json:"d,string"`
	E     time.Time      `json:"e,omitzero"`
	F     []byte
	Skip  string `json:"-"`
	Dash  any    `json:"-,"`
	Share int
	lower int
	G     *big.Int
	H     map[int]any
	I     [2]any
	J     *string `json:",omitempty"`
	K     bool    `json:"k<,string,omitempty"`
}

// TestLikeEncodingJSON compares with encoding/json, with an adapter that changes nothing of these.
func TestLikeEncodingJSON(t *testing.T) {
	t.Parallel()
	var table jsonvalue.Table
	jsonvalue.Put(&table, func(_ *web.Request, v chan int) (any, error) { return nil, nil })
	text := "x"
	for _, v := range []any{
		nil, 1, "a<b", []any{1, nil, "x"}, map[string]any{"b": 1, "a": map[string]any{}}, outer{},
		outer{
			inner: inner{A: 1, Share: "s"}, point: &point{1, 2}, B: []any{point{}}, C: map[string]any{"z": 1}, D: 5, E: time.Unix(0, 0).UTC(),
			F: []byte("bytes"), Dash: 1, Share: 2, lower: 3, G: big.NewInt(7), H: map[int]any{2: "b", 10: "a"}, I: [2]any{1, "2"}, J: &text, K: true,
		},
		&outer{G: big.NewInt(1)}, []*outer{nil, {}}, json.RawMessage(`{"a":1}`), [0]any{}, []any(nil), map[string]any(nil), 1.5,
	} {
		want, err := json.Marshal(v)
		require.NoError(t, err)
		got, err := table.Marshal(nil, v)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got))
	}
}

func TestAdapters(t *testing.T) {
	t.Parallel()
	var table jsonvalue.Table
	jsonvalue.Put(&table, func(_ *web.Request, p point) (any, error) { return []any{p.X, big.NewRat(1, int64(p.Y))}, nil })
	jsonvalue.Put(&table, func(_ *web.Request, r *big.Rat) (any, error) { return nil, nil }) // encodes itself
	jsonvalue.Put(&table, func(_ *web.Request, c chan int) (any, error) { return c, nil })
	got, err := table.Marshal(nil, map[string]any{"p": point{3, 4}, "q": []*point{{5, 6}}, "o": struct{ P point }{point{7, 8}}})
	require.NoError(t, err)
	assert.JSONEq(t, `{"p":[3,"1/4"],"q":[[5,"1/6"]],"o":{"P":[7,"1/8"]}}`, string(got))

	_, err = table.Marshal(nil, []any{make(chan int)})
	require.ErrorContains(t, err, "nested too deeply")
}
