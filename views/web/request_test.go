package web

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/traversal"
)

// 192 bytes are a size class of the allocator. Each smaller class saves about five nanoseconds per
// request; objects beyond 512 bytes, with the room for the walk, take a slower path.
func TestRequestSize(t *testing.T) {
	t.Parallel()
	size := reflect.TypeFor[Request]().Size()
	assert.LessOrEqual(t, size, uintptr(192))
	t.Logf("Request %d, of it Match %d, Result %d, Response %d", size,
		reflect.TypeFor[Match]().Size(), reflect.TypeFor[traversal.Result]().Size(), reflect.TypeFor[Response]().Size())
}

// Add a new field here once Detach, Attach and Abandon handle it.
func TestDetachHandlesEveryField(t *testing.T) {
	t.Parallel()
	fields := func(of any) (names []string) {
		for i := range reflect.TypeOf(of).NumField() {
			names = append(names, reflect.TypeOf(of).Field(i).Name)
		}
		return names
	}
	assert.Equal(t, []string{"Request", "app", "from", "err", "extras", "slot", "flags", "state", "kept", "match", "result", "first"}, fields(Request{}))
	assert.Equal(t, []string{"detached", "vary", "accept", "claims", "interim", "ready", "savedIn", "view", "attributes", "onResponse", "onFinished", "closers", "responses", "mu", "id", "log", "sent"}, fields(extras{}))
}
