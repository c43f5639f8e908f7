package web

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Who adds a field says here that Detach, Attach and Abandon know what to do with it.
func TestDetachKnowsEveryField(t *testing.T) {
	t.Parallel()
	fields := func(of any) (names []string) {
		for i := range reflect.TypeOf(of).NumField() {
			names = append(names, reflect.TypeOf(of).Field(i).Name)
		}
		return names
	}
	assert.Equal(t, []string{"Request", "app", "from", "err", "extras", "slot", "flags", "state", "match", "result", "first"}, fields(Request{}))
	assert.Equal(t, []string{"detached", "mu", "attributes", "onResponse", "onFinished", "room", "id", "log", "responses", "sent"}, fields(extras{}))
}
