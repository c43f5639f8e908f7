package order

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Side is the position of a name relative to others.
type Side string

// The two sides.
const (
	Under Side = "under" // inside the others
	Over  Side = "over"  // outside the others
)

// Hint is the position of a name relative to others. Options such as tweens.Under are made of it.
type Hint struct {
	Side  Side
	Names []string
}

var _ fmt.Stringer = Hint{}

// Of returns a Hint with a copy of names.
func Of(side Side, names []string) Hint { return Hint{side, slices.Clone(names)} }

// String returns the hint as listings and errors show it: `under "session", INGRESS`.
func (h Hint) String() string { return string(h.Side) + " " + List(h.Names) }

// AddTo appends the names of h to the list for its side.
func (h Hint) AddTo(under, over *[]string) {
	if h.Side == Over {
		*over = append(*over, h.Names...)
	} else {
		*under = append(*under, h.Names...)
	}
}

// List returns names as listings and errors show them: `"session", INGRESS`. Names in capitals,
// which are built in, are not quoted.
func List(names []string) string {
	texts := make([]string, len(names))
	for i, name := range names {
		if texts[i] = name; name == "" || strings.ToUpper(name) != name {
			texts[i] = strconv.Quote(name)
		}
	}
	return strings.Join(texts, ", ")
}
