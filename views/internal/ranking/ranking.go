// Package ranking orders names by hints: the kinds of predicates by weight, and media types by
// preference.
package ranking

import (
	"errors"
	"fmt"
	"slices"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/registry/order"
)

// The ends of a ranking.
const (
	lightest = "LIGHTEST"
	heaviest = "HEAVIEST"
)

// Ranking collects names and their hints, and sorts them.
type Ranking struct {
	noun    string
	upwards bool
	sorter  *order.Sorter
	places  map[string]registry.Source
}

// New returns a ranking of names, to which others can be added. noun is what a name is, for error
// texts. With upwards, the last name is over all others; otherwise the first one is.
func New(noun string, upwards bool, names []string) *Ranking {
	k := &Ranking{noun: noun, upwards: upwards, sorter: order.New(lightest, heaviest), places: map[string]registry.Source{}}
	for _, name := range names {
		k.Add(name, nil, nil, registry.Source{})
	}
	return k
}

// Add adds a name and the names that it is under and over; without any it comes last. A name that
// is added again counts as added last. at is the line that adds it, for errors.
func (k *Ranking) Add(name string, under, over []string, at registry.Source) {
	k.places[name] = at
	after, before := under, over
	if k.upwards {
		after, before = over, under
	}
	if after == nil && before == nil {
		before = []string{heaviest}
	}
	k.sorter.Add(name, after, before)
}

// Sorted returns the names in order. Its error is a *registry.Mistake at the line that added the
// name which cannot be placed.
func (k *Ranking) Sorted() ([]string, error) {
	names, err := k.sorter.Sorted()
	if unmet, ok := errors.AsType[*order.UnsatisfiedError](err); ok {
		worded := *unmet
		worded.Have = visible(unmet.Have)
		if k.upwards {
			worded.Side = map[order.Side]order.Side{order.Under: order.Over, order.Over: order.Under}[unmet.Side]
		}
		return nil, &registry.Mistake{Source: k.places[unmet.Name], Err: fmt.Errorf("%s %w", k.noun, &worded)}
	}
	if cycle, ok := errors.AsType[*order.CycleError](err); ok {
		worded := &order.CycleError{Names: slices.Clone(cycle.Names)}
		if k.upwards {
			slices.Reverse(worded.Names)
		}
		return nil, &registry.Mistake{Source: k.places[cycle.Names[0]], Err: fmt.Errorf("%ss: %w", k.noun, worded)}
	}
	return names, err
}

// visible returns the names without the ends.
func visible(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return name == lightest || name == heaviest
	})
}
