package order_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/registry/order"
)

func TestHint(t *testing.T) {
	t.Parallel()
	names := []string{"session", "INGRESS"}
	h := order.Of(order.Under, names)
	names[0] = "changed"
	assert.Equal(t, `under "session", INGRESS`, h.String())
	assert.Equal(t, `over "in\"ner", ""`, order.Of(order.Over, []string{`in"ner`, ""}).String())

	var under, over []string
	h.AddTo(&under, &over)
	order.Of(order.Over, []string{"a"}).AddTo(&under, &over)
	order.Of(order.Under, []string{"b"}).AddTo(&under, &over)
	assert.Equal(t, []string{"session", "INGRESS", "b"}, under)
	assert.Equal(t, []string{"a"}, over)
}
