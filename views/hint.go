package views

import "github.com/mastaba-go/mastaba/registry/order"

// Hint places a deriver ([AddDeriver]), a kind of predicate ([AddPredicate]) or a media type
// ([AddAcceptOrder]) relative to others of its sort. Names that are not registered are ignored, but
// at least one name of a Hint has to be.
type Hint struct{ hint order.Hint }

var _ DeriverOption = Hint{}

// Under places a deriver inside the named ones, nearer to the view. A kind of predicate under
// another weighs less, so its views are tried later. A media type under another is offered after
// it.
func Under(names ...string) Hint { return Hint{order.Of(order.Under, names)} }

// Over places a deriver outside the named ones, nearer to the request. A kind of predicate over
// another weighs more, so its views are tried earlier. A media type over another is offered before
// it.
func Over(names ...string) Hint { return Hint{order.Of(order.Over, names)} }

// String returns the hint as it is listed: `under "audit", INGRESS`.
func (h Hint) String() string { return h.hint.String() }

func (h Hint) applyTo(d *deriver) { h.hint.AddTo(&d.under, &d.over) }

// sides returns the names of all hints, by side; nil for a side without any.
func sides(hints []Hint) (under, over []string) {
	for _, h := range hints {
		h.hint.AddTo(&under, &over)
	}
	return under, over
}
