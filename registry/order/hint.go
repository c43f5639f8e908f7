package order

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Side is where a name belongs in relation to others.
type Side string

// The two sides.
const (
	Under Side = "under" // inside the others
	Over  Side = "over"  // outside the others
)

// Hint places a name in relation to others. It is what the options of packages that sort by name are made of.
type Hint struct {
	Side  Side
	Names []string
}

var _ fmt.Stringer = Hint{}

// Of returns a Hint with a copy of names.
func Of(side Side, names []string) Hint { return Hint{side, slices.Clone(names)} }

// String returns the hint as listings and errors show it: `under "session", INGRESS`.
func (h Hint) String() string { return string(h.Side) + " " + List(h.Names) }

// AddTo appends the names of h to those of its side.
func (h Hint) AddTo(under, over *[]string) {
	if h.Side == Over {
		*over = append(*over, h.Names...)
	} else {
		*under = append(*under, h.Names...)
	}
}

// List returns names as listings and errors show them: quoted, other than names in capitals, which are those that every
// order has: `"session", INGRESS`.
func List(names []string) string {
	texts := make([]string, len(names))
	for i, name := range names {
		if texts[i] = name; name == "" || strings.ToUpper(name) != name {
			texts[i] = strconv.Quote(name)
		}
	}
	return strings.Join(texts, ", ")
}
