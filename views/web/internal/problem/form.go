package problem

import (
	"net/http"
	"strings"

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

// FormOf chooses the form by the headers of a request; accept parses Accept. Many clients accept
// anything: then the header need not be parsed.
func FormOf(h http.Header, accept func() header.Accept) Form {
	plain := Text
	if sent := header.ContentType(h); sent == "application/json" || strings.HasSuffix(sent, "+json") {
		plain = JSON
	}
	if lines := h["Accept"]; len(lines) == 1 && lines[0] == "*/*" {
		return plain
	}
	return FormFor(accept(), plain)
}

// FormFor chooses the form by the Accept header. The greater q wins, then the form that Accept
// names more specifically: axios sends "application/json, text/plain, */*" and gets JSON. Among
// forms that are named equally well JSON comes first, then HTML. Among forms that only a wildcard
// matches, as for fetch and curl, which send */*, plain comes first: JSON in return for
// JSON, otherwise text. Without a readable header the form is plain.
func FormFor(accept header.Accept, plain Form) Form {
	if !accept.Readable {
		return plain
	}
	best, bestQ, bestMatch := plain, 0.0, header.NoMatch
	for i := range offers {
		q, match := accept.Match(offers[i].as)
		better := q > bestQ || q == bestQ && match > bestMatch
		if !better && q > 0 && q == bestQ && match == bestMatch && match < header.ExactType {
			better = best != plain // a wildcard: the last one, which is the plainest
		}
		if better {
			best, bestQ, bestMatch = offers[i].form, q, match
		}
	}
	return best
}
