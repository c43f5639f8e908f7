package order

import (
	"strconv"
	"strings"
)

// UnsatisfiedError is a name that wants to be under or over others of which none is there.
type UnsatisfiedError struct {
	Name  string
	Side  Side
	Wants []string // one of them would do
	Have  []string // the other names that are there, in order of registration
}

// Error is `"session" wants to be under "auth", which is not registered (have: log, recover, excview)`.
func (e *UnsatisfiedError) Error() string {
	wants := make([]string, len(e.Wants))
	for i, name := range e.Wants {
		wants[i] = strconv.Quote(name)
	}
	text := strconv.Quote(e.Name) + " wants to be " + string(e.Side) + " "
	switch len(wants) {
	case 0:
		text += "something, but names nothing"
	case 1:
		text += wants[0] + ", which is not registered"
	default:
		text += strings.Join(wants, " or ") + ", none of which is registered"
	}
	have := "nothing else"
	if len(e.Have) > 0 {
		have = strings.Join(e.Have, ", ")
	}
	return text + " (have: " + have + ")"
}

// CycleError is an order that cannot be: each name wants to be over the next, and the last one over the first.
type CycleError struct {
	Names []string // in the order of the cycle, from the one that was registered first
}

// Error is `the order goes in a circle: "a" over "b", "b" over "a"`.
func (e *CycleError) Error() string {
	steps := make([]string, len(e.Names))
	for i, name := range e.Names {
		steps[i] = strconv.Quote(name) + " over " + strconv.Quote(e.Names[(i+1)%len(e.Names)])
	}
	return "the order goes in a circle: " + strings.Join(steps, ", ")
}

var (
	_ error = (*UnsatisfiedError)(nil)
	_ error = (*CycleError)(nil)
)
