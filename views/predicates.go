package views

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/views/internal/condition"
	"github.com/mastaba-go/mastaba/views/internal/nearmiss"
	"github.com/mastaba-go/mastaba/views/web"
)

// The kinds of the built-in predicates, with which their texts begin. AddPredicate places others
// relative to them.
const (
	kindXHR           = "xhr"
	kindMethod        = condition.KindMethod
	kindPathInfo      = "path_info"
	kindParam         = "param"
	kindHeader        = "header"
	kindAccept        = condition.KindAccept
	kindContainment   = "containment"
	kindPermitted     = "permitted"
	kindMatchParam    = "match_param"
	kindPhysicalPath  = "physical_path"
	kindAuthenticated = "authenticated"
	kindPrincipals    = "principals"
	kindContentType   = condition.KindContentType
)

// methods is the Data of a Method predicate: sorted, HEAD beside GET.
type methods = condition.Methods

// Method holds for requests with one of the methods. GET includes HEAD. If only the method does not
// match, the response is a 405 with the allowed methods, or for OPTIONS a 204 with the same list.
//
// A view without Method handles every method except CONNECT and TRACE, which a view handles only if
// it names them.
func Method(names ...string) web.Predicate {
	set := condition.Set(names)
	if slices.Contains(set, http.MethodGet) && !slices.Contains(set, http.MethodHead) {
		set = condition.Set(append(set, http.MethodHead))
	}
	p := web.NewPredicate(kindMethod, condition.Texts(set), func(r *web.Request) (bool, error) {
		return slices.Contains(set, methodOf(r)), nil
	}).WithData(methods(set))
	for _, name := range names {
		if !condition.IsToken(name) {
			p = p.WithErr(fmt.Errorf("method: invalid method %q: no request has it: want a method such as \"GET\"", name))
		}
		if upper := strings.ToUpper(name); upper != name && slices.Contains(nearmiss.StandardMethods, upper) {
			p = p.WithErr(fmt.Errorf("method: invalid method %q: methods are case-sensitive, want %q", name, upper))
		}
	}
	return condition.Required(p, names, "method")
}

func methodOf(r *web.Request) string {
	if r.Method == "" {
		return http.MethodGet // as net/http reads it
	}
	return r.Method
}

// Header holds if the request has all the headers. "Name" requires a header of that name, even an
// empty one. "Name:regexp" also requires that the expression matches at the start of the value; the
// expression begins right after the colon. The response names the headers in Vary, except Host.
func Header(specs ...string) web.Predicate {
	headers, printed, err := condition.ParseHeaders(specs)
	p := web.NewPredicate(kindHeader, condition.Texts(printed), func(r *web.Request) (bool, error) {
		return headers.Hold(r), nil
	}).WithData(headers)
	if err != nil {
		return p.WithErr(err)
	}
	return condition.Required(p.WithVary(headers.Vary()...), specs, "header")
}

// Param holds if the request has all the parameters, in its query or its form body; see Parameters
// of web.Request. "k" requires a parameter k, "k=v" that value (without surrounding spaces), "k="
// an empty value. A leading equals sign belongs to the name. The view can still read the body. If
// all names come before the first file of a form, that is as far as it is read.
//
// Two views that differ only in "k" and "k=" conflict.
func Param(specs ...string) web.Predicate {
	pairs, printed, err := condition.ParsePairs(specs)
	p := web.NewPredicate(kindParam, condition.Texts(printed), pairs.Hold).WithData(pairs)
	if err != nil {
		return p.WithErr(err)
	}
	return condition.Required(p, specs, "parameter")
}

// PathInfo holds if the regular expression matches at the start of the decoded path.
func PathInfo(expr string) web.Predicate {
	re, err := condition.Anchored(expr)
	p := web.NewPredicate(kindPathInfo, strconv.Quote(expr), func(r *web.Request) (bool, error) {
		return re.MatchString(r.URL.Path), nil
	}).WithData(condition.Path(expr))
	if err != nil {
		return p.WithErr(fmt.Errorf("path info %q: %w", expr, err))
	}
	return p
}

// XHR holds for requests with the header X-Requested-With: XMLHttpRequest, which scripts of a page
// send, or with false for all others.
func XHR(want bool) web.Predicate {
	return web.NewPredicate(kindXHR, strconv.FormatBool(want), func(r *web.Request) (bool, error) {
		value, _ := condition.HeaderOf(r, "X-Requested-With")
		return (value == "XMLHttpRequest") == want, nil
	}).WithVary("X-Requested-With").WithData(condition.Flag(want))
}

// MatchParam holds if the markers of the matched route have the given values, each written
// "name=value". It never holds without a match, and never for a marker with several values.
func MatchParam(specs ...string) web.Predicate {
	pairs, printed, err := condition.ParseValues(specs)
	p := web.NewPredicate(kindMatchParam, condition.Texts(printed), func(r *web.Request) (bool, error) {
		match := r.Match()
		if match.Len() == 0 {
			return false, nil
		}
		for _, c := range pairs {
			if p, ok := match.Get(c.Name); !ok || p.Values != nil || p.Value != c.Value {
				return false, nil
			}
		}
		return true, nil
	}).WithData(pairs)
	if err != nil {
		return p.WithErr(err)
	}
	return condition.Required(p, specs, "marker")
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
// WithVary adds the headers that fn reads to Vary of the response. Two views whose predicates
// print the same conflict if they differ in nothing else. An error of fn ends the search for a view
// and becomes the request's error. [AddPredicate] sets the weight of a kind; kinds that were not
// added weigh more than those that were, in order of first use.
func Where(kind string, fn func(*web.Request) (bool, error), values ...string) web.Predicate {
	p := web.NewPredicate(kind, condition.Texts(values), fn)
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
