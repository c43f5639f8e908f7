package registry_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
)

func TestEvents(t *testing.T) {
	t.Parallel()
	type saved struct{ n int }
	var log []string
	note := func(name string) func(*saved) error {
		return func(e *saved) error { log = append(log, fmt.Sprint(name, e.n)); return nil }
	}
	stop := errors.New("stop")
	c := registry.New(registry.Options{})
	registry.Subscribe(c, note("a"))
	registry.Subscribe(c, note("even"), registry.Filter[*saved]{Text: "even", Holds: func(e *saved) (bool, error) { return e.n%2 == 0, nil }})
	registry.Subscribe(c, note("b"),
		registry.Filter[*saved]{Text: "fit", Holds: func(e *saved) (bool, error) { return true, map[int]error{9: stop}[e.n] }})
	registry.Subscribe(c, func(e *saved) error { return map[int]error{7: stop}[e.n] })
	registry.Subscribe(c, note("c"))
	reg, err := c.Build()
	require.NoError(t, err)

	notify := registry.Notifier[*saved](reg)
	require.NoError(t, notify(&saved{1}))
	require.NoError(t, registry.Notify(reg, &saved{2}))
	require.ErrorIs(t, notify(&saved{7}), stop)
	require.ErrorIs(t, notify(&saved{9}), stop)
	assert.Equal(t, []string{"a1", "b1", "c1", "a2", "even2", "b2", "c2", "a7", "b7", "a9"}, log)

	require.NoError(t, registry.Notify(reg, saved{1}), "the subscriber takes the pointer, not the value")
	assert.Nil(t, registry.Notifier[saved](reg))

	described := reg.Introspect().Category("subscribers")
	require.Len(t, described, 5)
	assert.Equal(t, "*registry_test.saved", described[1].Title)
	filters, _ := described[1].Field("filters")
	assert.Equal(t, []string{"even"}, filters)
	assert.Contains(t, described[1].Source.String(), "events_test.go:")
}

func TestSubscribeInvalid(t *testing.T) {
	t.Parallel()
	c := registry.New(registry.Options{})
	registry.Subscribe[int](c, nil)
	registry.Subscribe(c, func(int) error { return nil }, registry.Filter[int]{Text: "odd"})
	_, err := c.Build()
	require.ErrorContains(t, err, "subscriber to int: the function is nil")
	require.ErrorContains(t, err, `subscriber to int: filter 1 ("odd") has no Holds`)
}

func TestNotifyWithoutSubscribersAllocatesNothing(t *testing.T) {
	reg := build(t, func(*registry.Registry) {})
	type event struct{ n int }
	e := &event{1}
	assert.Zero(t, testing.AllocsPerRun(100, func() { _ = registry.Notify(reg, e) }))
}
