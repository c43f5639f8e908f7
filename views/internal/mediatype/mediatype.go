// Package mediatype reads and orders the media types that views offer and take.
package mediatype

import (
	"cmp"
	"errors"
	"fmt"
	"mime"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// Range returns a media type, or a range such as "image/*", in lower case. Parameters are an error.
func Range(t string) (string, error) {
	normal := strings.ToLower(strings.TrimSpace(t))
	example := normal // of what the range covers
	if major, all := strings.CutSuffix(normal, "/*"); all {
		example = major + "/x"
	}
	if !Plain(normal) || !valid(example) {
		return normal, errors.New("want a media type such as \"application/json\" or \"image/*\"")
	}
	return normal, nil
}

// Offer returns the normal form of an offer: names in lower case, no spaces around parameters,
// which keep their order. Ranges are an error.
func Offer(offer string) (string, error) {
	mediaType, _, err := mime.ParseMediaType(offer)
	if err != nil {
		return offer, fmt.Errorf("want a media type such as \"text/html\": %w", err)
	}
	major, minor, slash := strings.Cut(mediaType, "/")
	switch {
	case !slash || major == "" || minor == "":
		return offer, errors.New("want a media type such as \"text/html\"")
	case major == "*" || minor == "*":
		return offer, errors.New("a view offers media types, not ranges: name each type, such as \"text/html\"")
	}
	normal := mediaType + spellParameters(offer)
	if !valid(normal) { // mime reads more than HTTP does
		return offer, fmt.Errorf("want a media type such as \"text/html\" or \"text/html;level=1\": names consist of letters, digits and !#$%%&'*+-.^_`|~, and the parameter q is for clients")
	}
	return normal, nil
}

// valid uses the parser of the Accept header: without the header every media type is accepted.
func valid(text string) bool { return web.ParseAccept().Quality(text) > 0 }

// spellParameters returns the parameters of an offer, quoted as they were.
func spellParameters(offer string) string {
	quoted, escaped := false, false
	parts := strings.FieldsFunc(offer, func(c rune) bool {
		switch {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = quoted
		case c == '"':
			quoted = !quoted
		}
		return c == ';' && !quoted
	})
	var b strings.Builder
	for _, param := range parts[1:] {
		if name, value, valued := strings.Cut(param, "="); valued {
			b.WriteString(";" + strings.ToLower(strings.TrimSpace(name)) + "=" + strings.TrimSpace(value))
		}
	}
	return b.String()
}

// Base returns an offer without its parameters.
func Base(offer string) string {
	mediaType, _, _ := strings.Cut(offer, ";")
	return mediaType
}

// Plain reports whether an offer has no parameters.
func Plain(offer string) bool { return !strings.Contains(offer, ";") }

// Sort sorts distinct offers by the server's preference, a list of media types. An offer that is
// not on the list has the number of offers as its position: see the file accept.go of package
// views.
func Sort(offers, list []string) {
	at := func(offer string, otherwise int) int {
		if i := slices.Index(list, offer); i >= 0 {
			return i
		}
		return otherwise
	}
	unknown := len(offers)
	slices.SortStableFunc(offers, func(a, b string) int {
		if c := cmp.Compare(at(Base(a), unknown), at(Base(b), unknown)); c != 0 {
			return c
		}
		detail := func(offer string) int {
			if Plain(offer) {
				return unknown + 1
			}
			return at(offer, unknown)
		}
		return cmp.Compare(detail(a), detail(b))
	})
}

// Rival returns the normal form of a media type that offer can be placed before or after in the
// server's order.
func Rival(offer, other string) (string, error) {
	normal, err := Offer(other)
	switch {
	case err != nil:
		return other, err
	case Plain(offer) != Plain(normal):
		return other, errors.New("one has parameters and the other has none")
	case !Plain(offer) && Base(offer) != Base(normal):
		return other, errors.New("media types with parameters are ordered within one type only")
	}
	return normal, nil
}

// In reports whether a media type, in lower case and without parameters, is in one of the ranges;
// "" is in none.
func In(ranges []string, have string) bool {
	major, _, _ := strings.Cut(have, "/")
	return have != "" && slices.ContainsFunc(ranges, func(r string) bool {
		of, all := strings.CutSuffix(r, "/*")
		return r == have || all && of == major
	})
}
