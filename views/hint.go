package views

import (
	"errors"
	"fmt"

	"github.com/mastaba-go/mastaba/registry/order"
)

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

// problem returns what is wrong with the hint.
func (h Hint) problem() error {
	switch {
	case h.hint.Side == "":
		return errors.New("zero views.Hint: want views.Under or views.Over")
	case len(h.hint.Names) == 0:
		return fmt.Errorf("views.%s without names: want one or more", map[order.Side]string{order.Under: "Under", order.Over: "Over"}[h.hint.Side])
	}
	return nil
}

// sides returns the names of all hints, by side; nil for a side without any.
func sides(hints []Hint) (under, over []string, err error) {
	var errs []error
	for _, h := range hints {
		errs = append(errs, h.problem())
		h.hint.AddTo(&under, &over)
	}
	return under, over, errors.Join(errs...)
}
