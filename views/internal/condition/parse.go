package condition

import (
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// ParseHeaders reads specs "Name" and "Name:regexp". It returns the headers and their texts in the
// predicate, both sorted and without duplicates, and all errors joined.
func ParseHeaders(specs []string) (headers Headers, printed []string, wrong error) {
	for _, spec := range set(specs) {
		name, expr, valued := strings.Cut(spec, ":")
		h := Header{Name: textproto.CanonicalMIMEHeaderKey(name), Expr: expr}
		if valued {
			var err error
			if h.Value, err = Anchored(expr); err != nil {
				wrong = errors.Join(wrong, fmt.Errorf("header %q: %w", spec, err))
			}
		}
		const want = "want \"Name\" or \"Name:regexp\""
		switch {
		case name == "":
			wrong = errors.Join(wrong, fmt.Errorf("header %q: missing name: %s", spec, want))
		case !IsToken(name):
			wrong = errors.Join(wrong, fmt.Errorf("header %q: invalid name %q, which no header has: %s", spec, name, want))
		}
		headers = append(headers, h)
		if expr != "" {
			printed = append(printed, h.Name+":"+expr)
		} else {
			printed = append(printed, h.Name)
		}
	}
	return headers, set(printed), wrong
}

// Hold reports whether the request has all the headers.
func (h Headers) Hold(r *web.Request) bool {
	for i := range h {
		value, present := HeaderOf(r, h[i].Name)
		if !present || h[i].Value != nil && !h[i].Value.MatchString(value) {
			return false
		}
	}
	return true
}

// Vary returns the names for Vary. Host is not among them: to caches it is part of the URL.
func (h Headers) Vary() (names []string) {
	for _, one := range h {
		if one.Name != "Host" {
			names = append(names, one.Name)
		}
	}
	return set(names)
}

// HeaderOf returns the header with a canonical name, several lines joined by commas, and whether it
// is there.
func HeaderOf(r *web.Request, name string) (string, bool) {
	values := r.Header[name]
	switch {
	case len(values) == 1:
		return values[0], true
	case len(values) > 1:
		return strings.Join(values, ", "), true
	case name == "Host": // net/http moves it out of the header
		return r.Host, r.Host != ""
	default:
		return "", false
	}
}

// ParsePairs reads specs "k", "k=v" and "k=". A leading equals sign belongs to the name. It returns
// the pairs and their texts in the predicate, and all errors joined, as ParseHeaders does.
func ParsePairs(specs []string) (pairs Pairs, printed []string, wrong error) {
	for _, spec := range set(specs) {
		rest, lead := spec, ""
		if strings.HasPrefix(spec, "=") {
			rest, lead = spec[1:], "="
		}
		p := Pair{Name: spec}
		if name, value, valued := strings.Cut(rest, "="); valued {
			p = Pair{strings.TrimSpace(lead + name), strings.TrimSpace(value), true}
		}
		if p.Name == "" {
			wrong = errors.Join(wrong, fmt.Errorf("param %q: missing name: want \"name\" or \"name=value\"", spec))
		}
		pairs = append(pairs, p)
		printed = append(printed, p.String())
	}
	return pairs, set(printed), wrong
}

// ParseValues reads specs "name=value", the values of markers. It returns the pairs and their texts
// in the predicate, and all errors joined, as ParseHeaders does.
func ParseValues(specs []string) (pairs Pairs, printed []string, wrong error) {
	for _, spec := range set(specs) {
		name, value, valued := strings.Cut(spec, "=")
		p := Pair{strings.TrimSpace(name), strings.TrimSpace(value), true}
		if !valued || p.Name == "" {
			wrong = errors.Join(wrong, fmt.Errorf("match param %q: want \"name=value\"", spec))
		}
		pairs = append(pairs, p)
		printed = append(printed, p.Name+"="+p.Value)
	}
	return pairs, set(printed), wrong
}

// Anchored compiles expr to match at the start only. With an error it returns an expression that
// matches nothing.
func Anchored(expr string) (*regexp.Regexp, error) {
	// Compile expr alone first: "a)(b" is valid only within parentheses, and "\Q" only outside.
	re, err := regexp.Compile(expr)
	if err == nil {
		re, err = regexp.Compile(`\A(?:` + expr + `)`)
		if wrong, ok := errors.AsType[*syntax.Error](err); ok {
			err = fmt.Errorf("error parsing regexp: %s", wrong.Code)
		}
	}
	if err != nil {
		return regexp.MustCompile(`[^\x{0}-\x{10FFFF}]`), err
	}
	return re, nil
}

// IsToken reports whether s is a token (RFC 9110, 5.6.2), as methods and names of headers are.
// net/http decides: it requires one as the name of a cookie.
func IsToken(s string) bool { return (&http.Cookie{Name: s}).Valid() == nil }

// set returns the values sorted and without duplicates.
func set(values []string) []string {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}
