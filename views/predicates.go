package views

import (
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// The kinds of the built-in predicates, with which their texts begin. AddPredicate places others
// relative to them.
const (
	kindXHR           = "xhr"
	kindMethod        = "method"
	kindPathInfo      = "path_info"
	kindParam         = "param"
	kindHeader        = "header"
	kindAccept        = "accept"
	kindContainment   = "containment"
	kindMatchParam    = "match_param"
	kindPhysicalPath  = "physical_path"
	kindAuthenticated = "authenticated"
	kindPrincipals    = "principals"
	kindContentType   = "content_type"
)

// methods is the Data of a Method predicate: sorted, HEAD beside GET.
type methods []string

// Method holds for requests with one of the methods. GET includes HEAD. If only the method does not
// match, the response is a 405 with the allowed methods, or for OPTIONS a 204 with the same list.
//
// A view without Method handles every method except CONNECT and TRACE, which a view handles only if
// it names them.
func Method(names ...string) web.Predicate {
	set := sortedSet(names)
	if slices.Contains(set, http.MethodGet) && !slices.Contains(set, http.MethodHead) {
		set = sortedSet(append(set, http.MethodHead))
	}
	p := web.NewPredicate(kindMethod, texts(set), func(r *web.Request) (bool, error) {
		return slices.Contains(set, methodOf(r)), nil
	}).WithData(methods(set))
	for _, name := range names {
		if !isToken(name) {
			p = p.WithErr(fmt.Errorf("method: invalid method %q: no request has it: want a method such as \"GET\"", name))
		}
		if upper := strings.ToUpper(name); upper != name && slices.Contains(standardMethods, upper) {
			p = p.WithErr(fmt.Errorf("method: invalid method %q: methods are case-sensitive, want %q", name, upper))
		}
	}
	return required(p, names, "method")
}

// isToken reports whether s is a token (RFC 9110, 5.6.2), as a method is.
func isToken(s string) bool {
	for _, c := range []byte(s) {
		letter, digit := 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9'
		if !letter && !digit && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}

func methodOf(r *web.Request) string {
	if r.Method == "" {
		return http.MethodGet // as net/http reads it
	}
	return r.Method
}

// Header holds if the request has all the headers. "Name" requires a header of that name, even an
// empty one. "Name:regexp" also requires that the expression matches at the start of the value; the
// expression begins right after the colon. Vary of the response has the names of the headers.
func Header(specs ...string) web.Predicate {
	type condition struct {
		name  string
		value *regexp.Regexp // nil: any
	}
	var conditions []condition
	var printed, names []string
	var problem error
	for _, spec := range sortedSet(specs) {
		name, expr, valued := strings.Cut(spec, ":")
		c := condition{name: textproto.CanonicalMIMEHeaderKey(name)}
		if valued {
			var err error
			if c.value, err = anchored(expr); err != nil {
				problem = errors.Join(problem, fmt.Errorf("header %q: %w", spec, err))
			}
		}
		switch {
		case c.name == "":
			problem = errors.Join(problem, fmt.Errorf("header %q: missing name: want \"Name\" or \"Name:regexp\"", spec))
		case !isToken(name):
			problem = errors.Join(problem, fmt.Errorf("header %q: invalid name %q: want \"Name\" or \"Name:regexp\", without spaces in the name", spec, name))
		case c.name != "Host": // part of the URL, as which caches know it
			names = append(names, c.name)
		}
		conditions = append(conditions, c)
		if expr != "" {
			printed = append(printed, c.name+":"+expr)
		} else {
			printed = append(printed, c.name)
		}
	}
	p := web.NewPredicate(kindHeader, texts(sortedSet(printed)), func(r *web.Request) (bool, error) {
		for _, c := range conditions {
			value, present := headerOf(r, c.name)
			if !present || c.value != nil && !c.value.MatchString(value) {
				return false, nil
			}
		}
		return true, nil
	})
	if problem != nil {
		return p.WithErr(problem)
	}
	return required(p.WithVary(sortedSet(names)...), specs, "header")
}

// headerOf returns the header with a canonical name, several lines joined by commas.
func headerOf(r *web.Request, name string) (string, bool) {
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

// Param holds if the request has all the parameters, in its query or its form body; see Parameters
// of web.Request. "k" requires a parameter k, "k=v" that value (without surrounding spaces), "k="
// an empty value. A leading equals sign belongs to the name. The view can still read the body.
//
// Two views that differ only in "k" and "k=" conflict.
func Param(specs ...string) web.Predicate {
	conditions, printed := parameters(specs)
	p := web.NewPredicate(kindParam, texts(printed), func(r *web.Request) (bool, error) {
		params, err := r.Parameters()
		if err != nil {
			return false, err
		}
		for _, c := range conditions {
			value, present := params.Get(c.name)
			if !present || c.valued && value != c.value {
				return false, nil
			}
		}
		return true, nil
	})
	return required(p, specs, "parameter")
}

// pair is a name with a required value.
type pair struct {
	name, value string
	valued      bool
}

func (p pair) String() string {
	if p.value == "" {
		return p.name
	}
	return p.name + "=" + p.value
}

func parameters(specs []string) (conditions []pair, printed []string) {
	for _, spec := range sortedSet(specs) {
		rest, lead := spec, ""
		if strings.HasPrefix(spec, "=") {
			rest, lead = spec[1:], "="
		}
		c := pair{name: spec}
		if name, value, valued := strings.Cut(rest, "="); valued {
			c = pair{strings.TrimSpace(lead + name), strings.TrimSpace(value), true}
		}
		conditions = append(conditions, c)
		printed = append(printed, c.String())
	}
	return conditions, sortedSet(printed)
}

// PathInfo holds if the regular expression matches at the start of the decoded path.
func PathInfo(expr string) web.Predicate {
	re, err := anchored(expr)
	p := web.NewPredicate(kindPathInfo, strconv.Quote(expr), func(r *web.Request) (bool, error) {
		return re.MatchString(r.URL.Path), nil
	})
	if err != nil {
		return p.WithErr(fmt.Errorf("path info %q: %w", expr, err))
	}
	return p
}

// anchored compiles expr to match at the start only. With an error it returns an expression that
// matches nothing.
func anchored(expr string) (*regexp.Regexp, error) {
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

// XHR holds for requests with the header X-Requested-With: XMLHttpRequest, which scripts of a page
// send, or with false for all others.
func XHR(want bool) web.Predicate {
	return web.NewPredicate(kindXHR, strconv.FormatBool(want), func(r *web.Request) (bool, error) {
		value, _ := headerOf(r, "X-Requested-With")
		return (value == "XMLHttpRequest") == want, nil
	}).WithVary("X-Requested-With")
}

// MatchParam holds if the markers of the matched route have the given values, each written
// "name=value". It never holds without a match, and never for a marker with several values.
func MatchParam(specs ...string) web.Predicate {
	var conditions []pair
	var problem error
	for _, spec := range sortedSet(specs) {
		name, value, valued := strings.Cut(spec, "=")
		if !valued {
			problem = errors.Join(problem, fmt.Errorf("match param %q: want \"name=value\"", spec))
		}
		conditions = append(conditions, pair{strings.TrimSpace(name), strings.TrimSpace(value), true})
	}
	var printed []string
	for _, c := range conditions {
		printed = append(printed, c.name+"="+c.value)
	}
	p := web.NewPredicate(kindMatchParam, texts(sortedSet(printed)), func(r *web.Request) (bool, error) {
		match := r.Match()
		if match.Len() == 0 {
			return false, nil
		}
		for _, c := range conditions {
			if p, ok := match.Get(c.name); !ok || p.Values != nil || p.Value != c.value {
				return false, nil
			}
		}
		return true, nil
	})
	if problem != nil {
		return p.WithErr(problem)
	}
	return required(p, specs, "marker")
}

// Where makes a predicate of your own, which holds if fn returns true. values is how it prints, and
// what distinguishes it from others of its kind, so give all values that fn depends on:
//
//	func Weekday(day string) web.Predicate {
//		return views.Where("weekday", func(r *web.Request) (bool, error) {
//			return r.Header.Get("X-Weekday") == day, nil
//		}, day).WithVary("X-Weekday")
//	}
//
// WithVary names the headers that fn reads, for Vary of the response. Two views whose predicates print the same conflict if they differ in nothing else. An error of fn
// ends the search for a view and becomes the request's error. [AddPredicate] sets the weight of a
// kind; kinds that were not added weigh more than those that were, in order of first use.
func Where(kind string, fn func(*web.Request) (bool, error), values ...string) web.Predicate {
	p := web.NewPredicate(kind, texts(values), fn)
	switch {
	case kind == "":
		return p.WithErr(errors.New("predicate without a kind: want a name such as \"weekday\""))
	case fn == nil:
		return p.WithErr(fmt.Errorf("predicate %q: nil function: want a func(*web.Request) (bool, error)", kind))
	case slices.Contains(builtinKinds, kind):
		return p.WithErr(fmt.Errorf("predicate %q: the kind is built in, choose another name", kind))
	}
	return p
}

// Not holds when p does not. It weighs as much as p.
func Not(p web.Predicate) web.Predicate { return web.Not(p) }

// required adds an error to a predicate without values.
func required(p web.Predicate, values []string, noun string) web.Predicate {
	if len(values) == 0 {
		return p.WithErr(fmt.Errorf("%s: want at least one %s", p.Kind(), noun))
	}
	return p
}

// texts prints the values of a predicate, quoted.
func texts(values []string) string {
	var b strings.Builder
	for i, v := range values {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(v))
	}
	return b.String()
}

// sortedSet returns the values sorted and without duplicates, in a new slice.
func sortedSet(values []string) []string {
	set := slices.Clone(values)
	slices.Sort(set)
	return slices.Compact(set)
}
