package views

import (
	"fmt"
	"slices"

	"github.com/mastaba-go/mastaba/registry"
)

// The weight of predicates.
//
// Of the views of one multiview, the one with the smallest number is tried first:
//
//	floor((2^30 - score) / (n + 1))
//
// n is the number of the view's predicates, and score the sum of 2^(i+1) over them, where i is the
// index of the predicate's kind in the list of kinds. So views with more predicates come before
// those with fewer, and of equally many the one with the heaviest kind. Views with the same number
// are tried in order of registration. The division is floor division: from about thirty kinds on
// the number is negative, and from sixty on it does not fit a machine integer. It is computed once
// with big numbers, and the views keep only their order (ranking.Scale).

// builtinKinds are the built-in kinds, the lightest first. Their positions are those of Pyramid,
// since the weights depend on them, and so does the order of views where floor division makes
// numbers equal. Only permitted is ours, in the place of request_type, which has no use here.
var builtinKinds = []string{
	kindXHR, kindMethod, kindPathInfo, kindParam, kindHeader, kindAccept, kindContainment, kindPermitted,
	kindMatchParam, kindPhysicalPath, kindAuthenticated, kindPrincipals, kindContentType,
}

// AddPredicate sets the weight of a kind of predicates made with [Where]: of views with equally
// many predicates, the one with the heaviest is tried first. The built-in kinds, from the lightest
// on, are xhr, method, path_info, param, header, accept, containment, permitted, match_param,
// physical_path, authenticated, principals and content_type. Without [Over] and [Under] the kind
// weighs more than these and all kinds added before it.
func AddPredicate(c registry.Recorder, kind string, hints ...Hint) {
	config := c.Directive()
	if kind == "" || slices.Contains(builtinKinds, kind) {
		config.Report(fmt.Errorf("predicate kind %q is built in or empty: choose another name", kind))
		return
	}
	under, over, err := sides(hints)
	if err != nil {
		config.Report(fmt.Errorf("predicate kind %q: %w", kind, err))
	}
	config.Declare(registry.Declaration{
		Category: categoryPredicates, Type: "view predicate", ID: kind, Subject: fmt.Sprintf("predicate %q", kind),
		Fields: []registry.Field{{Name: "under", Value: under}, {Name: "over", Value: over}},
		Phase:  registry.Phase1,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			TableOf(reg).kinds.Add(kind, under, over, config.Source())
			return nil
		},
	})
}
