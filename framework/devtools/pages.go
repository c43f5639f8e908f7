package devtools

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/mastaba-go/mastaba/views/web"
)

//go:embed pages
var files embed.FS

// head is what every page has.
type head struct{ Title, Here, Error string }

func (t *Toolbar) routes() http.Handler {
	templates := template.Must(template.ParseFS(files, "pages/*.html"))
	mux := http.NewServeMux()
	page := func(pattern, name string, data func(r *http.Request) (status int, data any)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			status, data := data(r)
			if status == http.StatusNotFound {
				http.NotFound(w, r)
				return
			}
			var text bytes.Buffer
			if err := templates.ExecuteTemplate(&text, name, data); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(status)
			_, _ = text.WriteTo(w)
		})
	}
	page("GET "+Prefix+"{$}", "requests.html", t.listPage)
	page("GET "+Prefix+"requests/{number}", "request.html", t.requestPage)
	page("GET "+Prefix+"explain", "explain.html", t.askPage)
	page("POST "+Prefix+"explain", "explain.html", t.explainPage)
	page("GET "+Prefix+"tree", "tree.html", t.showTree)
	page("GET "+Prefix+"trace", "trace.html", t.tracePage)
	mux.HandleFunc("POST "+Prefix+"trace", t.download)
	mux.HandleFunc("POST "+Prefix+"trace/{number}", t.downloadKept)
	mux.HandleFunc("POST "+Prefix+"clear", func(w http.ResponseWriter, r *http.Request) {
		t.history.clear()
		http.Redirect(w, r, Prefix, http.StatusSeeOther)
	})
	for name, kind := range map[string]string{"toolbar.css": "text/css; charset=utf-8", "panel.css": "text/css; charset=utf-8", "panel.js": "text/javascript; charset=utf-8"} {
		mux.HandleFunc("GET "+Prefix+name, func(w http.ResponseWriter, _ *http.Request) {
			text, err := files.ReadFile("pages/" + name)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			w.Header().Set("Content-Type", kind)
			_, _ = w.Write(text)
		})
	}
	return mux
}

// row is a request in the list.
type row struct {
	Number                                         uint64
	Method, Target, Status, Tone, Took, Kind, User string
	Begin                                          string
	Lookups, Queries                               int
}

// row describes the record. The caller does not hold mu.
func (rec *record) row() row {
	lookups, queries := rec.count(ofStep), rec.count(ofQuery)
	rec.mu.Lock()
	defer rec.mu.Unlock()
	r := row{
		Number: rec.number, Method: rec.method, Target: rec.target, Kind: rec.kind, User: rec.user,
		Begin: rec.begin.Format(time.TimeOnly), Lookups: lookups, Queries: queries, Took: round(rec.took), Status: "none", Tone: "poor",
	}
	if rec.took == 0 {
		r.Took = "in progress"
	}
	if rec.status != 0 {
		r.Status, r.Tone = strconv.Itoa(rec.status), tone(rec.status)
	}
	return r
}

func tone(status int) string {
	switch {
	case status >= 500:
		return "bad"
	case status >= 400:
		return "poor"
	}
	return "good"
}

// round writes a duration with three digits or so.
func round(d time.Duration) string {
	unit := time.Nanosecond
	for unit*1000 < d {
		unit *= 10
	}
	return d.Round(unit).String()
}

func (t *Toolbar) listPage(*http.Request) (int, any) {
	data := struct {
		head
		Rows []row
		Most int
	}{head: head{Title: "Requests", Here: "requests"}, Most: maxRecords}
	for _, rec := range t.history.all() {
		data.Rows = append(data.Rows, rec.row())
	}
	return http.StatusOK, data
}

// bar is a span in the waterfall.
type bar struct {
	span
	From, Took string
	X, Width   string // of 1000
}

// bars returns the waterfall of spans that lasted for whole.
func bars(spans []span, whole time.Duration) (all []bar) {
	for i, s := range spans {
		if s.End == 0 {
			s.End = whole
		}
		if s.Kind == ofTween && slices.ContainsFunc(spans[i+1:], func(inner span) bool {
			return inner.Kind == ofTween && inner.Depth > s.Depth && inner.Note == s.Note
		}) {
			s.Note = "" // the error of a tween inside
		}
		s.Depth = min(s.Depth, 8)
		part := func(d time.Duration) float64 { return 1000 * float64(d) / float64(max(whole, 1)) }
		x := min(part(s.Begin), 998)
		all = append(all, bar{
			span: s, From: round(s.Begin), Took: round(s.End - s.Begin),
			X: fmt.Sprintf("%.1f", x), Width: fmt.Sprintf("%.1f", min(max(part(s.End-s.Begin), 2), 1000-x)),
		})
	}
	return all
}

func (t *Toolbar) requestPage(r *http.Request) (int, any) {
	number, err := strconv.ParseUint(r.PathValue("number"), 10, 64)
	rec := t.history.get(number)
	if err != nil || rec == nil {
		return http.StatusNotFound, nil
	}
	data := struct {
		head
		Row                               row
		Size                              int64
		Failure                           string
		Trace                             uint64
		Bars                              []bar
		Dropped, LostLines                int
		Facts, Session, Request, Response []fact
		Rendered                          []rendering
		Lines                             []line
		Explanation                       string
	}{Row: rec.row()}
	data.head = head{Title: rec.method + " " + rec.target, Here: "requests"}
	data.Explanation = t.explanation(rec.again.WithContext(r.Context()))
	if t.flight.trace(number) != nil {
		data.Trace = number
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	whole := rec.took
	if whole == 0 {
		whole = rec.since()
	}
	data.Bars, data.Dropped = bars(rec.spans, whole), rec.dropped
	user := rec.user
	if user == "" {
		user = "nobody"
	}
	data.Facts = append(data.Facts, rec.facts...)
	data.Facts = append(data.Facts, fact{"user", user}, fact{"from", rec.remote}, fact{"request id", rec.id},
		fact{"until the response was ready", round(rec.ready)})
	data.Size, data.Failure, data.LostLines = rec.size, rec.failure, rec.lostLines
	data.Session, data.Request, data.Response = rec.session, rec.request, rec.response
	data.Rendered = append(data.Rendered, rec.rendered...)
	data.Lines = append(data.Lines, rec.lines...)
	return http.StatusOK, data
}

// explanation explains a request, as text.
func (t *Toolbar) explanation(hr *http.Request) (text string) {
	app := t.app.Load()
	if app == nil {
		return "The application is not ready."
	}
	err := web.Try(func() error {
		text = app.Explain(hr).String()
		return nil
	})
	if err != nil {
		return fmt.Sprintf("no explanation: %v", err)
	}
	return text
}
