package problem

import (
	"github.com/mastaba-go/mastaba/views/web/internal/header"
)

// Form is how a problem is rendered.
type Form uint8

// The forms of a problem.
const (
	Text Form = iota
	HTML
	JSON
)

// offers are the media types that decide on the form, in the order of preference.
var offers = func() (all [4]struct {
	form Form
	as   header.MediaType
}) {
	for i, form := range [...]Form{JSON, JSON, HTML, Text} {
		all[i].form = form
		all[i].as, _ = header.ParseMediaType([...]string{"application/problem+json", "application/json", "text/html", "text/plain"}[i])
	}
	return all
}()

// FormFor chooses the form by the Accept header. The greater q wins, then the form that Accept
// names more specifically: axios sends "application/json, text/plain, */*" and gets JSON. Among
// forms that are named equally well JSON comes first, then HTML. Among forms that only a wildcard
// matches, as for fetch and curl, which send */*, text comes first. Without a readable header the
// form is Text.
func FormFor(accept header.Accept) Form {
	if !accept.Readable {
		return Text
	}
	best, bestQ, bestMatch := Text, 0.0, header.NoMatch
	for i := range offers {
		q, match := accept.Match(offers[i].as)
		better := q > bestQ || q == bestQ && match > bestMatch
		if !better && q > 0 && q == bestQ && match == bestMatch && match < header.ExactType {
			better = true // a wildcard: the last one, which is the plainest
		}
		if better {
			best, bestQ, bestMatch = offers[i].form, q, match
		}
	}
	return best
}
