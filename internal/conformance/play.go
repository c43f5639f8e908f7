package conformance

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// reportHeader numbers the report of the view that made an answer. It travels
// with the response, so an answer that no view of the case made has none, and
// HEAD keeps it.
const reportHeader = "Conformance-Report"

// Report is what a view or a tween of the case says about its request, and
// what is compared.
type Report map[string]any

// play is one request being played. It travels in the request's context.
type play struct {
	trace          []string
	reports        []Report
	traversal      Report
	check          *Check // made once traversal ended
	url            string
	urlErr         error
	finishedRaised bool // a finished callback raised, after the answer was out
}

type playKey struct{}

func playOf(r *web.Request) *play { return r.Context().Value(playKey{}).(*play) }

func (p *play) mark(mark string) { p.trace = append(p.trace, mark) }

// report keeps a report and gives its number.
func (p *play) report(r Report) string {
	p.reports = append(p.reports, r)
	return strconv.Itoa(len(p.reports) - 1)
}

// reportOf gives the report that a response carries, nil for none.
func (p *play) reportOf(header string) Report {
	n, err := strconv.Atoi(header)
	if err != nil {
		return nil
	}
	return p.reports[n]
}

// viewReport is what a view says about its request.
func viewReport(r *web.Request, tag string) Report {
	report := Report{
		"view":          tag,
		"view_name":     r.ViewName(),
		"subpath":       r.Subpath(),
		"traversed":     r.Traversed(),
		"virtual_root":  pathOf(r.VirtualRoot()),
		"matched_route": nil,
		"matchdict":     nil,
	}
	if err := r.Err(); err != nil {
		report["error"] = errorName(err)
	} else {
		report["context"], report["context_class"] = pathOf(r.Node()), className(r.Resource())
	}
	if match := r.Match(); match != nil {
		params := map[string]any{}
		for _, p := range match.Params() {
			if params[p.Name] = p.Value; p.Values != nil {
				params[p.Name] = p.Values
			}
		}
		report["matched_route"], report["matchdict"] = match.Route, params
	}
	return report
}

// found keeps what traversal found, whether or not there is a view, and makes
// the check of the request, if it is made for one.
func (p *play) found(r *web.Request) {
	if p.check != nil {
		p.url, p.urlErr = p.check.call(r)
		p.check = nil
	}
	p.traversal = Report{
		"context":           pathOf(r.Node()),
		"context_class":     className(r.Resource()),
		"view_name":         r.ViewName(),
		"subpath":           r.Subpath(),
		"traversed":         r.Traversed(),
		"virtual_root":      pathOf(r.VirtualRoot()),
		"virtual_root_path": r.VirtualRootPath(),
		"root":              pathOf(r.Node().Root()),
	}
}

func pathOf(n traversal.Node) any {
	if n.IsZero() {
		return nil
	}
	return "/" + strings.Join(n.Names(), "/")
}

// Play makes one request of the case twice, in process and through ServeHTTP,
// and gives what came out of the first; or an error if the second was another
// answer.
func (q *Request) Play(app *framework.App) (Report, error) {
	answer, inProcess, err := q.do(app)
	if err != nil {
		return nil, err
	}
	return answer, q.serve(app, answer, inProcess)
}

// do plays the request in process, where an error that nothing answered comes
// back.
func (q *Request) do(app *framework.App) (Report, *play, error) {
	p := new(play)
	hr, err := q.request(p)
	if err != nil {
		return nil, nil, err
	}
	answer := Report{"view": nil}
	resp, err := app.Do(hr)
	if err != nil {
		answer["status"], answer["raised"] = 500, errorName(err)
		if answer["raised"] == "" {
			return nil, nil, fmt.Errorf("an error that the case does not know: %w", err)
		}
	} else {
		answer["status"] = resp.Status()
		for name, value := range p.reportOf(resp.Header(reportHeader)) {
			answer[name] = value
		}
		if to := resp.Header("Location"); to != "" {
			if answer["location"], err = q.resolve(to); err != nil {
				return nil, nil, err
			}
		}
		if allow := resp.Header("Allow"); allow != "" {
			answer["allow"] = allow
		}
	}
	answer["trace"] = p.trace
	if p.traversal != nil {
		answer["traversal"] = p.traversal
	}
	return answer, p, nil
}

// serve plays the request as a server would, and compares it with what came
// out in process. Only an error which came too late to change the answer may
// make a difference.
func (q *Request) serve(app *framework.App, answer Report, inProcess *play) error {
	p := new(play)
	hr, err := q.request(p)
	if err != nil {
		return err
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, hr)
	served := Report{"status": w.Code, "view": nil, "trace": p.trace}
	if report := p.reportOf(w.Header().Get(reportHeader)); report != nil {
		served["view"] = report["view"]
	}
	for name, got := range served {
		if inProcess.finishedRaised && name != "trace" {
			continue
		}
		if d := difference(name, answer[name], got); d != "" {
			return fmt.Errorf("served otherwise than in process: %s", d)
		}
	}
	return nil
}

// request makes the request by hand: nothing cleans its path. It comes from
// the proxy that the application trusts, so that its X-Vhm-Root counts.
func (q *Request) request(p *play) (*http.Request, error) {
	path, err := url.PathUnescape(q.Path)
	if err != nil {
		return nil, err
	}
	hr := &http.Request{
		Method:     q.Method,
		URL:        &url.URL{Path: path, RawPath: q.Path, RawQuery: q.Query},
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     http.Header{},
		Body:       http.NoBody,
		Host:       q.Host,
		RemoteAddr: "192.0.2.1:1234",
		RequestURI: q.ScriptName + q.Path,
	}
	if q.Query != "" {
		hr.RequestURI += "?" + q.Query
	}
	for _, h := range q.Headers {
		hr.Header.Add(h[0], h[1])
	}
	if q.Body != nil {
		hr.Body, hr.ContentLength = io.NopCloser(strings.NewReader(*q.Body)), int64(len(*q.Body))
	}
	if q.Scheme == "https" {
		hr.TLS = &tls.ConnectionState{}
	}
	return hr.WithContext(context.WithValue(context.Background(), playKey{}, p)), nil
}

// resolve gives the absolute form of a location.
func (q *Request) resolve(location string) (string, error) {
	path, err := url.PathUnescape(q.ScriptName + q.Path)
	if err != nil {
		return "", err
	}
	base := url.URL{Scheme: q.Scheme, Host: q.Host, Path: path}
	to, err := base.Parse(location)
	if err != nil {
		return "", err
	}
	return to.String(), nil
}
