package order

import (
	"strconv"
	"strings"
)

// UnsatisfiedError is the error of a name whose hint for one side names only unknown names.
type UnsatisfiedError struct {
	Name  string
	Side  Side
	Wants []string // one of them would suffice
	Have  []string // the other names, in the order they were added
}

// Error returns `"session" wants to be under "auth", which is not registered (have: log, recover,
// excview)`.
func (e *UnsatisfiedError) Error() string {
	wants := make([]string, len(e.Wants))
	for i, name := range e.Wants {
		wants[i] = strconv.Quote(name)
	}
	text := strconv.Quote(e.Name) + " wants to be " + string(e.Side) + " "
	switch len(wants) {
	case 0:
		text += "other names, but gives none"
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

// CycleError is the error of names that are each over the next, and the last over the first.
type CycleError struct {
	Names []string // in the order of the cycle, starting with the one that was added first
}

// Error returns `cycle: "a" over "b", "b" over "a"`.
func (e *CycleError) Error() string {
	steps := make([]string, len(e.Names))
	for i, name := range e.Names {
		steps[i] = strconv.Quote(name) + " over " + strconv.Quote(e.Names[(i+1)%len(e.Names)])
	}
	return "cycle: " + strings.Join(steps, ", ")
}

var (
	_ error = (*UnsatisfiedError)(nil)
	_ error = (*CycleError)(nil)
)
