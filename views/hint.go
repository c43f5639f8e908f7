package views

import (
	"slices"
	"strconv"
	"strings"
)

// Hint places one thing relative to others by name: a deriver ([AddDeriver]), a kind of predicate ([AddPredicate]) or a
// media type ([AddAcceptOrder]). Names that are not registered are ignored, but one of those in a Hint has to be.
type Hint struct {
	over  bool
	names []string
}

var _ DeriverOption = Hint{}

// Under places a deriver inside the named ones, nearer to the view. A kind of predicate under another weighs less, so its
// views are checked later; a media type under another is offered after it.
func Under(names ...string) Hint { return Hint{names: slices.Clone(names)} }

// Over places a deriver outside the named ones, nearer to the request. A kind of predicate over another weighs more, so its
// views are checked earlier; a media type over another is offered before it.
func Over(names ...string) Hint { return Hint{over: true, names: slices.Clone(names)} }

// String returns the hint as it is listed: `under "audit", INGRESS`.
func (h Hint) String() string {
	side := "under "
	if h.over {
		side = "over "
	}
	names := make([]string, len(h.names))
	for i, name := range h.names {
		if names[i] = name; name != Ingress && name != Innermost {
			names[i] = strconv.Quote(name)
		}
	}
	return side + strings.Join(names, ", ")
}

func (h Hint) applyTo(d *deriver) {
	if h.over {
		d.over = append(d.over, h.names...)
	} else {
		d.under = append(d.under, h.names...)
	}
}

// sides returns the names of all hints, by side; nil for a side without any.
func sides(hints []Hint) (under, over []string) {
	for _, h := range hints {
		if h.over {
			over = append(over, h.names...)
		} else {
			under = append(under, h.names...)
		}
	}
	return under, over
}
