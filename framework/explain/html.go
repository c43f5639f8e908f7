package explain

import (
	_ "embed"
	"html/template"
	"io"
)

//go:embed explain.html
var pageText string

// WriteHTML writes the explanation as a page of its own, without scripts, style sheets or images
// to load. It escapes everything that comes from the request.
func (e *Explanation) WriteHTML(w io.Writer) error {
	// Parsed for each page, since a package variable would link html/template into every program.
	tmpl, err := template.New("explain.html").Funcs(template.FuncMap{
		"note":    e.tweenNote,
		"route":   Route.verdict,
		"lines":   (*Walk).lines,
		"view":    View.verdict,
		"access":  View.access,
		"chosen":  View.chosenBy,
		"refused": View.refused,
		"seen":    View.seen,
	}).Parse(pageText)
	if err != nil {
		return err
	}
	p := page{Explanation: e, Tone: e.Outcome.tone()}
	p.Unless = e.unless()
	p.Listed, p.Omitted = nearRoutes(e.Routes)
	return tmpl.Execute(w, p)
}

// page is what the template shows.
type page struct {
	*Explanation
	Tone    string
	Unless  string
	Listed  []Route
	Omitted int
}

// tone returns the class that colors the outcome.
func (o Outcome) tone() string {
	switch {
	case o.Status == 0, o.Status >= 500:
		return "bad"
	case o.Status >= 400:
		return "poor"
	}
	return "good"
}
