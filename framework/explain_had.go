package framework

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// had returns what the request has where a failed predicate of a built-in kind wants something, as
// a phrase that follows the text of the predicate. Other predicates say it by their Data (see
// [App.Explain]); it is "" for those that do not.
func (x *explainer) had(predicates []web.Predicate, failed string) string {
	r := x.request
	kind, text, _ := strings.Cut(strings.TrimLeft(failed, "!"), "=")
	switch kind {
	case "path_info":
		return fmt.Sprintf(" for the path %q", r.URL.Path)
	case "method":
		return fmt.Sprintf(" for the method %q", r.Method)
	case "content_type":
		return hadHeader(r, "Content-Type")
	case "accept":
		return hadHeader(r, "Accept")
	case "xhr":
		return hadHeader(r, "X-Requested-With")
	case "header":
		return hadEach(text, ":", func(name string) string { return hadHeader(r, name) })
	case "param":
		return hadEach(text, "=", func(name string) string { return hadParam(r, name) })
	case "match_param":
		match := r.Match()
		return hadEach(text, "=", func(name string) string {
			p, ok := match.Get(name)
			if ok && secret(name) {
				return fmt.Sprintf(" for a marker %q that is not shown", name)
			}
			if ok && p.Values != nil {
				return fmt.Sprintf(" for the marker %q with the values %q", name, p.Values)
			}
			return hadValue("marker "+strconv.Quote(name), p.Value, ok)
		})
	case "permitted":
		return x.hadUser()
	case "authenticated":
		return x.hadUser()
	case "principals":
		principals, err := r.Principals()
		if err != nil {
			return ""
		}
		return " for the principals " + strings.Join(principals, ", ")
	case "containment":
		return " in the lineage " + strings.Join(x.lineage(), ", ")
	case "physical_path":
		return fmt.Sprintf(" for the resource at %q", r.Node().Path())
	}
	for _, p := range predicates {
		if says, ok := p.Data().(interface{ Had(*web.Request) string }); ok && p.String() == failed {
			text := ""
			if err := web.Try(func() error { text = says.Had(r); return nil }); err == nil && text != "" {
				return " for " + text
			}
		}
	}
	return ""
}

// hadUser names the user, as the policy knows them.
func (x *explainer) hadUser() string {
	x.user()
	if x.out.User == "" {
		return " for an anonymous client"
	}
	return fmt.Sprintf(" for the user %q", x.out.User)
}

// predicateError returns the error of a candidate's predicate. That of the policy says so.
func (x *explainer) predicateError(c views.Candidate) string {
	kind, _, _ := strings.Cut(strings.TrimLeft(c.Failed, "!"), "=")
	switch kind {
	case "permitted", "authenticated", "principals":
		x.user()
		return "the security policy failed: " + c.Err.Error()
	}
	return c.Err.Error()
}

// hadEach calls phrase with the name in each of the quoted values of a predicate, and joins the
// phrases. The name ends before sep; a leading sep belongs to it.
func hadEach(text, sep string, phrase func(name string) string) string {
	var phrases []string
	for {
		quoted, err := strconv.QuotedPrefix(text)
		if err != nil {
			return strings.Join(phrases, " and")
		}
		text = strings.TrimPrefix(text[len(quoted):], ",")
		spec, _ := strconv.Unquote(quoted) // never fails after QuotedPrefix
		name := spec
		if at := strings.Index(strings.TrimPrefix(spec, sep), sep); at >= 0 {
			name = spec[:at+len(spec)-len(strings.TrimPrefix(spec, sep))]
		}
		phrases = append(phrases, phrase(name))
	}
}

// hadParam reads as much of the body as the predicate did.
func hadParam(r *web.Request, name string) string {
	params, err := web.Drive(r).Beginning()
	if err == nil && !params.Has(name) {
		params, err = r.Parameters()
	}
	if err != nil {
		return ""
	}
	value, ok := params.Get(name)
	if ok && secret(name) {
		return fmt.Sprintf(" for a parameter %q that is not shown", name)
	}
	return hadValue("parameter "+strconv.Quote(name), value, ok)
}

func hadHeader(r *web.Request, name string) string {
	values, ok := r.Header[name]
	value := strings.Join(values, ", ")
	switch {
	case name == "Host":
		value, ok = r.Host, r.Host != ""
	case ok && secret(name):
		return " for a header " + name + " that is not shown"
	}
	return hadValue("header "+name, value, ok)
}

func hadValue(what, value string, ok bool) string {
	if !ok {
		return " without the " + what
	}
	return fmt.Sprintf(" for the %s %q", what, value)
}
