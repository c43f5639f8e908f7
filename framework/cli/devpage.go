package cli

import (
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// pagePolicy allows the page's own style and script, and nothing that a text in it could load.
const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'self' 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'"

//go:embed devpage.html
var devPageText string

var devPageTemplate = template.Must(template.New("devpage.html").Parse(devPageText))

// devPage is the page of an error or of an invalid configuration.
type devPage struct {
	Title   string
	Report  string   // the error
	Chain   []string // what it wraps, with types
	Stacks  []string // of panics
	Explain string
	Request []devFact
	Headers []devFact
	Waiting bool   // reloads itself when the program has been restarted
	Script  string // does that; "" for none
}

type devFact struct{ Name, Value string }

// page collects what is known about an error.
func (d *development) page(r *web.Request, err error) *devPage {
	status, known := web.StatusOf(err)
	if !known {
		status = http.StatusInternalServerError
	}
	page := &devPage{
		Title: fmt.Sprintf("%d %s", status, http.StatusText(status)), Report: err.Error(), Chain: chain(err, 0), Stacks: belowPanic(stacks(err)),
		Explain: d.explain(r),
		Request: []devFact{{"request", r.Method + " " + r.URL.RequestURI()}, {"host", r.Host}, {"from", r.RemoteAddr}, {"id", r.ID()}},
	}
	if m := r.Match(); m != nil {
		page.Request = append(page.Request, devFact{"route", fmt.Sprintf("%s %q", m.Route, m.Pattern)})
		for _, param := range m.Params() {
			page.Request = append(page.Request, devFact{"{" + param.Name + "}", param.Value + strings.Join(param.Values, "/")})
		}
	}
	if resource := r.Resource(); resource != nil {
		page.Request = append(page.Request,
			devFact{"resource", fmt.Sprintf("%T at %s", resource, r.Node().Path())},
			devFact{"view name", fmt.Sprintf("%q", r.ViewName())}, devFact{"subpath", fmt.Sprintf("%q", r.Subpath())})
	}
	for name, values := range r.Request.Header {
		for _, value := range values {
			switch name {
			case "Authorization", "Cookie", "Proxy-Authorization":
				value = fmt.Sprintf("(%d bytes)", len(value))
			}
			page.Headers = append(page.Headers, devFact{name, value})
		}
	}
	slices.SortStableFunc(page.Headers, func(a, b devFact) int { return strings.Compare(a.Name, b.Name) })
	return page
}

// explain explains the request, without its body, which the view has read.
func (d *development) explain(r *web.Request) (text string) {
	again := *r.Request
	again.Body = http.NoBody
	err := web.Try(func() error {
		text = d.app.Explain(&again).String()
		return nil
	})
	if err != nil {
		return fmt.Sprintf("no explanation: %v", err)
	}
	return text
}

// belowPanic removes the frames above the line that panicked.
func belowPanic(stacks []string) []string {
	for i, stack := range stacks {
		if at := strings.LastIndex(stack, "\npanic("); at >= 0 {
			lines := strings.SplitN(stack[at+1:], "\n", 3) // panic and its location, then the line
			stacks[i] = lines[len(lines)-1]
		}
	}
	return stacks
}

// chain returns a line for an error and for each error that it wraps, with their types.
func chain(err error, depth int) []string {
	line := strings.Repeat("  ", depth) + fmt.Sprintf("%T: %v", err, err)
	switch e := err.(type) {
	case interface{ Unwrap() []error }:
		lines := []string{line}
		for _, part := range e.Unwrap() {
			lines = append(lines, chain(part, depth+1)...)
		}
		return lines
	default:
		if inner := errors.Unwrap(err); inner != nil {
			return append([]string{line}, chain(inner, depth+1)...)
		}
	}
	return []string{line}
}

func (p *devPage) html() string {
	var b strings.Builder
	if err := devPageTemplate.Execute(&b, p); err != nil {
		return p.Title + ": " + err.Error()
	}
	return b.String()
}

func (p *devPage) text() string {
	var b strings.Builder
	section := func(title string, lines ...string) {
		if len(lines) > 0 && lines[0] != "" {
			fmt.Fprintf(&b, "\n%s\n\n%s\n", title, strings.TrimSpace(strings.Join(lines, "\n")))
		}
	}
	fmt.Fprintf(&b, "%s\n\n%s\n", p.Title, p.Report)
	section("ERRORS", p.Chain...)
	section("STACK", p.Stacks...)
	section("EXPLANATION", p.Explain)
	for _, list := range []struct {
		title string
		facts []devFact
	}{{"REQUEST", p.Request}, {"HEADERS", p.Headers}} {
		var lines []string
		for _, fact := range list.facts {
			lines = append(lines, fact.Name+": "+fact.Value)
		}
		section(list.title, lines...)
	}
	if p.Waiting {
		b.WriteString("\nFix it and restart the program.\n")
	}
	return b.String()
}
