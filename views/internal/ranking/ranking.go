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
	noun     string
	category string
	upwards  bool
	sorter   *order.Sorter
	places   map[string]registry.Source
}

// New returns a ranking of names, to which others can be added. noun is what a name is, for error
// texts, and category is that of the declarations that add one. With upwards, the last name is over
// all others; otherwise the first one is.
func New(noun, category string, upwards bool, names []string) *Ranking {
	k := &Ranking{noun: noun, category: category, upwards: upwards, sorter: order.New(lightest, heaviest), places: map[string]registry.Source{}}
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

// Sorted returns the names in order. Its error joins a *registry.Mistake for each name that cannot
// be placed, at the line that added it, and for each cycle. The order then ignores some hints.
func (k *Ranking) Sorted() ([]string, error) {
	names, errs := k.sorter.Sort()
	for i, err := range errs {
		at := ""
		switch wrong := err.(type) {
		case *order.UnsatisfiedError:
			at, err = wrong.Name, fmt.Errorf("%s %w", k.noun, k.unsatisfied(wrong))
			err = registry.Missing(err, registry.Refs(k.category, wrong.Wants...)...)
		case *order.CycleError:
			worded := &order.CycleError{Names: slices.Clone(wrong.Names)}
			if k.upwards {
				slices.Reverse(worded.Names)
			}
			at, err = wrong.Names[0], fmt.Errorf("%ss: %w", k.noun, worded)
		}
		errs[i] = &registry.Mistake{Source: k.places[at], Err: err}
	}
	return names, errors.Join(errs...)
}

// unsatisfied returns the error in the words of the ranking.
func (k *Ranking) unsatisfied(err *order.UnsatisfiedError) error {
	worded := *err
	worded.Have = visible(err.Have)
	if k.upwards {
		worded.Side = map[order.Side]order.Side{order.Under: order.Over, order.Over: order.Under}[err.Side]
	}
	return &worded
}

// visible returns the names without the ends.
func visible(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return name == lightest || name == heaviest
	})
}
