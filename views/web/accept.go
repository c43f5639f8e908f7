package web

import "github.com/mastaba-go/mastaba/views/web/internal/header"

// Accept is an Accept header: what media types a client prefers.
//
// The quality of an offer is the q of the most specific range that matches it: type and subtype
// with the same parameters, type and subtype, "type/*", "*/*"; among equally specific ranges the
// first. A q of 0 excludes the offer. A range with parameters matches only offers with the same
// parameters; one without parameters matches any. Types, subtypes and the names of parameters
// ignore case, the values of parameters do not.
//
// Only the first 100 ranges within the first 4 KiB count, so that a client cannot make reading them
// expensive.
//
// A missing or unreadable header accepts everything equally; an empty header accepts nothing. The
// zero value is a missing header.
type Accept struct{ parsed header.Accept }

// ParseAccept parses the values of the Accept header, which together are one list. Without values
// the header is missing.
//
//	web.ParseAccept(r.Header["Accept"]...)
func ParseAccept(values ...string) Accept { return Accept{header.ReadAccept(values)} }

// Accept returns the client's preference among media types. The header is parsed once per request,
// unless it changes. A view that depends on it also calls Response.AddVary("Accept").
func (r *Request) Accept() Accept {
	lines := r.Request.Header["Accept"]
	if len(lines) == 0 {
		return Accept{}
	}
	return Accept{r.more().accept.Read(lines)}
}

// IsReadable reports whether there was a header and it could be parsed. Otherwise the client has no
// preference.
func (a Accept) IsReadable() bool { return a.parsed.Readable }

// Quality returns the quality of an offer, a media type such as "text/html" or "text/html;level=1":
// from 0, not acceptable, to 1. An invalid media type, or one with a wildcard, has the quality 0.
func (a Accept) Quality(offer string) float64 { return a.parsed.Quality(offer) }

// Best returns the acceptable offers, the preferred first; offers of equal quality keep their
// order. Invalid media types and duplicates are omitted.
func (a Accept) Best(offers []string) []string { return a.parsed.Best(offers) }
