package framework

import (
	_ "embed"
	"html/template"
	"io"
)

//go:embed explain.html
var explainPage string

// WriteHTML writes the explanation as a page that needs nothing else: no script,
// no style sheet, no picture. All that comes from the request is escaped.
func (e *Explanation) WriteHTML(w io.Writer) error {
	// Parsed anew for each page: a template in a variable would stay in every
	// program that links the framework.
	page, err := template.New("explanation").Parse(explainPage)
	if err != nil {
		return err
	}
	return page.Execute(w, htmlExplanation{e})
}

// htmlExplanation is an Explanation with what its page asks besides.
type htmlExplanation struct{ *Explanation }

// Tone is the colour of the outcome.
func (e htmlExplanation) Tone() string {
	switch status := e.Outcome.Status; {
	case status == 0, status >= 500:
		return "bad"
	case status >= 400:
		return "poor"
	}
	return "good"
}

// Near are the routes that are worth a line.
func (e htmlExplanation) Near() []ExplainedRoute {
	near, _ := nearRoutes(e.Routes)
	return near
}

// Far is how many others there are.
func (e htmlExplanation) Far() int {
	_, far := nearRoutes(e.Routes)
	return far
}

// Refused tells whether the view ends the search without an answer.
func (v ExplainedView) Refused() bool {
	return v.Error != "" || v.Decision != nil && !v.Decision.Allowed
}
