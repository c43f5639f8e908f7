package conformance

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
)

func isNotExist(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// fileRule is a deliberate deviation that a request for a file can show: amend changes Pyramid's
// result into ours, and reports whether it applies.
type fileRule struct {
	name  string
	amend func(x *fileExchange, want Expect) bool
}

// fileExchange is a request of a case about files.
type fileExchange struct {
	*Request
	c *Case
}

var fileRules = []fileRule{
	{"a file has only the methods GET, HEAD and OPTIONS", (*fileExchange).amendMethod},
	{"a name with %2F is that of no file", (*fileExchange).amendSlash},
	{"a range is one of GET", (*fileExchange).amendRange},
	{"a compressed file asked for by its name has the type of its coding", (*fileExchange).amendType},
	{"a response that depends on Accept-Encoding says so", (*fileExchange).amendVary},
	{"a file that comes, goes or is replaced is noticed", (*fileExchange).amendChange},
}

// view reports whether a route of the case, other than that of a static view, gave the response.
func (x *fileExchange) byView(want Expect) bool {
	return want["view"] != nil && want["status"] != 404.0
}

// below reports whether the path is below a static view: then its rules count.
func (x *fileExchange) below() bool {
	plain, err := url.PathUnescape(x.Path)
	return err == nil && x.c.any(func(d Directive) bool {
		return d.Do == "add_static_view" && strings.Contains(plain, "/"+strings.Trim(d.Name, "/")+"/")
	})
}

func (x *fileExchange) amendMethod(want Expect) bool {
	if x.byView(want) || !x.below() || x.Method == "GET" || x.Method == "HEAD" {
		return false
	}
	clear(want)
	want["status"] = http.StatusMethodNotAllowed
	if x.Method == "OPTIONS" {
		want["status"] = http.StatusNoContent
	}
	return true
}

func (x *fileExchange) amendSlash(want Expect) bool {
	if x.byView(want) || !x.below() || !strings.Contains(strings.ToUpper(x.Path), "%2F") || want["status"] == 404.0 {
		return false
	}
	clear(want)
	want["status"] = http.StatusNotFound
	for _, d := range x.c.App.Directives {
		if d.Do == "add_notfound_view" && d.View != "" {
			want["view"] = d.View
		}
	}
	return true
}

// amendRange: "A server MUST ignore a Range header field received with a request method that is
// unrecognized or for which range handling is not defined" (RFC 9110 14.2).
func (x *fileExchange) amendRange(want Expect) bool {
	text, partial := want["content_range"].(string)
	if x.Method != "HEAD" || !partial {
		return false
	}
	_, size, _ := strings.Cut(text, "/")
	want["content_length"], _ = strconv.Atoi(size)
	want["status"] = http.StatusOK
	delete(want, "content_range")
	return true
}

func (x *fileExchange) amendType(want Expect) bool {
	plain, err := url.PathUnescape(x.Path)
	t := map[string]string{".gz": "application/gzip", ".br": "application/octet-stream"}[path.Ext(strings.TrimRight(plain, "/"))]
	if err != nil || want["content_type"] == nil || t == "" || want["content_type"] == t {
		return false
	}
	want["content_type"] = t
	return true
}

func (x *fileExchange) amendVary(want Expect) bool {
	if want["content_encoding"] == nil || want["vary"] != nil {
		return false
	}
	want["vary"] = "Accept-Encoding"
	return true
}

// amendChange takes the result of an application that is built after the change.
func (x *fileExchange) amendChange(want Expect) bool {
	if x.c.App.Settings.ReloadAssets || !slices.ContainsFunc(x.c.Requests, func(q Request) bool { return q.Files != nil }) {
		return false
	}
	_, app, err := newApplication(x.c, nil)
	if err != nil {
		return false
	}
	got, err := x.playFile(app)
	if err != nil || Differences(want, got) == "" {
		return false
	}
	clear(want)
	maps.Copy(want, got)
	return true
}

// playFiles plays the requests and checks of a case about files, in an application that is built.
func (c *Case) playFiles(b *build, app *framework.App, v Verdict) Verdict {
	for i := range c.Requests {
		x := &fileExchange{&c.Requests[i], c}
		if err := c.disk.write(x.Files); err != nil {
			return v.problem("%v", err)
		}
		v = x.judge(app, v, fmt.Sprintf("request %d, %s %s", i+1, x.Method, x.Path))
	}
	for i := range c.Checks {
		check := &c.Checks[i]
		if err := c.disk.write(check.Files); err != nil {
			return v.problem("%v", err)
		}
		at := fmt.Sprintf("check %d, %s%s %s%s", i+1, check.Check, check.Call, check.Asset, check.Spec)
		var got Report
		var err error
		if check.Check == "asset" {
			got, err = check.find(b, app)
		} else {
			got, err = check.address(b, app)
		}
		if err != nil {
			v = v.problem("%s: %v", at, err)
		} else if d := Differences(check.Expect, got); d != "" {
			v = v.problem("%s: %s", at, d)
		}
	}
	return v
}

func (x *fileExchange) judge(app *framework.App, v Verdict, at string) Verdict {
	want := maps.Clone(x.Expect)
	if to, ok := want["location"].(string); ok {
		u, err := url.Parse(to)
		if err != nil {
			return v.problem("%s: %v", at, err)
		}
		want["location"] = (&url.URL{}).ResolveReference(u).String() // without the dots in its path
	}
	recorded := maps.Clone(want)
	var applied []string
	for _, r := range fileRules {
		if r.amend(x, want) && !reflect.DeepEqual(normal(map[string]any(recorded)), normal(map[string]any(want))) {
			applied = append(applied, r.name)
		}
	}
	got, err := x.playFile(app)
	if err != nil {
		return v.problem("%s: %v", at, err)
	}
	if d := Differences(want, got); d != "" {
		v = v.problem("%s: %s (rules: %q)", at, d, applied)
	}
	v.Rules = append(v.Rules, applied...)
	if applied != nil && Differences(recorded, got) == "" {
		v.Vain = append(v.Vain, applied...)
	}
	return v
}

// playFile sends a request and reports what the cases record of a file.
func (q *Request) playFile(app *framework.App) (Report, error) {
	p := new(play)
	hr, err := q.request(p)
	if err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, hr)
	got := Report{"status": w.Code, "view": nil}
	if report := p.reportOf(w.Header().Get(reportHeader)); report != nil {
		got["view"] = report["view"]
	}
	h := w.Header()
	if to := h.Get("Location"); to != "" {
		if got["location"], err = q.resolve(to); err != nil {
			return nil, err
		}
	}
	if q.Method == "GET" && h.Get("Content-Length") == "" { // the server adds it
		got["content_length"] = w.Body.Len()
	}
	got["body"], got["has_last_modified"] = w.Body.String(), h.Get("Last-Modified") != ""
	got["content_type"], _, _ = strings.Cut(h.Get("Content-Type"), ";")
	got["max_age"] = nil
	for part := range strings.SplitSeq(h.Get("Cache-Control"), ",") {
		if age, ok := strings.CutPrefix(strings.TrimSpace(part), "max-age="); ok {
			got["max_age"], err = strconv.Atoi(age)
		}
	}
	if length := h.Get("Content-Length"); length != "" && err == nil {
		got["content_length"], err = strconv.Atoi(length)
	}
	for field, name := range map[string]string{"content_range": "Content-Range", "content_encoding": "Content-Encoding", "vary": "Vary"} {
		got[field] = nil
		if value := h.Get(name); value != "" {
			got[field] = value
		}
	}
	return got, err
}

// address generates the URL of a static file.
func (c *Check) address(b *build, app *framework.App) (Report, error) {
	run := *c
	run.name = c.nameOf(b)
	p := &play{check: &run}
	hr, err := c.Request.request(p)
	if err != nil {
		return nil, err
	}
	app.ServeHTTP(httptest.NewRecorder(), hr)
	if p.urlErr != nil {
		name, err := urlError(p.urlErr)
		return Report{"error": name}, err
	}
	return Report{"url": p.url}, nil
}

// removeDisk removes the files of the case.
func (c *Case) removeDisk() {
	if c.disk != nil {
		_ = os.RemoveAll(c.disk.root) // a folder for temporary files
	}
}
