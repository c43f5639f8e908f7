package header

import (
	"slices"
	"strings"
)

// The grammar of Accept (RFC 9110, 12.5.1):
//
//	list    = [ element ] *( OWS "," OWS [ element ] )
//	element = type "/" subtype *( OWS ";" OWS name "=" value ) [ OWS ";" OWS "q=" qvalue *( OWS ";" OWS name [ "=" value ] ) ]
//
// Whatever follows the q is read and ignored. A q has at most three decimals and is at most 1.
// Anything else makes the whole header unreadable.

// MediaType is a media type with its parameters. Types, subtypes and the names of parameters are
// in lower case.
type MediaType struct {
	main, sub string
	params    []mediaParam
}

type mediaParam struct{ name, value string }

// Range is one media range of an Accept header.
type Range struct {
	MediaType
	q float64
}

// Specificity is how precisely a range names a media type, the least precise first.
type Specificity int

// The ways in which a range can match.
const (
	NoMatch         Specificity = iota
	AnyType                     // */*
	AnySubtype                  // type/*
	ExactType                   // type/subtype
	ExactWithParams             // type/subtype;name=value
)

// maxRanges is how many ranges of a header count.
const maxRanges = 100

// ParseAccept reads a header up to its hundredth range; false if that much is unreadable.
func ParseAccept(text string) (ranges []Range, ok bool) {
	s := scanner{text: text}
	if s.done() {
		return nil, true
	}
	if strings.HasPrefix(text, ",") {
		s.take(',')
	} else {
		r, ok := s.mediaRange()
		if !ok {
			return nil, false
		}
		ranges = append(ranges, r)
	}
	for !s.done() && len(ranges) < maxRanges {
		s.space()
		// If the list begins with a comma, another comma has to follow before the first element:
		// ",a/b" is invalid, ",,a/b" is valid.
		if !s.take(',') {
			return nil, false
		}
		start := s.at
		s.space()
		if s.done() || s.text[s.at] == ',' {
			if s.done() && s.at > start {
				return nil, false // trailing space
			}
			s.at = start
			continue
		}
		r, ok := s.mediaRange()
		if !ok {
			return nil, false
		}
		ranges = append(ranges, r)
	}
	return ranges, true
}

// mediaRange reads one element with its parameters, q and extensions.
func (s *scanner) mediaRange() (r Range, ok bool) {
	r.q = 1
	if !s.mediaType(&r.MediaType) {
		return r, false
	}
	weighted := false
	for s.semicolon() {
		name := s.token()
		isQ := name == "q" || name == "Q"
		switch {
		case name == "":
			return r, false
		case weighted: // an extension, with an optional value: ignored
			if s.take('=') {
				if _, ok := s.value(); !ok {
					return r, false
				}
			}
		case !s.take('='):
			return r, false
		case isQ:
			if r.q, ok = s.qvalue(); !ok {
				return r, false
			}
			weighted = true
		default:
			value, ok := s.value()
			if !ok {
				return r, false
			}
			r.params = append(r.params, mediaParam{strings.ToLower(name), value})
		}
	}
	return r, true
}

// ParseMediaType reads a media type as a server offers it: without q and wildcards.
func ParseMediaType(text string) (MediaType, bool) {
	s := scanner{text: text}
	var t MediaType
	if !s.mediaType(&t) || t.main == "*" || t.sub == "*" {
		return t, false
	}
	for s.semicolon() {
		name := s.token()
		if name == "" || name == "q" || name == "Q" || !s.take('=') {
			return t, false
		}
		value, ok := s.value()
		if !ok {
			return t, false
		}
		t.params = append(t.params, mediaParam{strings.ToLower(name), value})
	}
	return t, s.done()
}

// Quality returns the q of the most specific range that matches t, the first of several, and how
// specific it is.
func Quality(ranges []Range, t MediaType) (q float64, found Specificity) {
	for i := range ranges {
		if s := ranges[i].match(t); s > found {
			q, found = ranges[i].q, s
		}
	}
	return q, found
}

func (r *Range) match(t MediaType) Specificity {
	switch {
	case r.main == t.main && r.sub == t.sub:
		switch {
		case len(r.params) == 0:
			return ExactType
		case slices.Equal(r.params, t.params):
			return ExactWithParams
		}
	case r.sub == "*" && r.main == t.main:
		return AnySubtype
	case r.sub == "*" && r.main == "*":
		return AnyType
	}
	return NoMatch
}
