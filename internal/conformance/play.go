package conformance

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/i18n"
	"github.com/mastaba-go/mastaba/views/web"
)

// reportHeader holds the number of the report of the view that returned the response. Responses
// that are not from a view of the case do not have it; HEAD keeps it.
const reportHeader = "Conformance-Report"

// Report is what a view or a tween of the case reports about its request, to be compared.
type Report map[string]any

// play is one request in progress. It is kept in the request's context.
type play struct {
	trace          []string
	reports        []Report
	traversal      Report
	check          *Check // runs when traversal has ended
	url            string
	urlErr         error
	finishedRaised bool  // a finished callback raised, after the response was sent
	err            error // what App.Do returned

	policy      *security.CSRF
	token, sent string // see visitor

	last   string             // the number of the last report
	pkg    string             // of the call of a renderer
	during func(*web.Request) // runs when traversal has ended
}

type playKey struct{}

func playOf(r *web.Request) *play { return r.Context().Value(playKey{}).(*play) }

func (p *play) mark(mark string) { p.trace = append(p.trace, mark) }

// report stores a report and returns its number.
func (p *play) report(r Report) string {
	p.reports = append(p.reports, r)
	return strconv.Itoa(len(p.reports) - 1)
}

// reportOf returns the report of a response, nil for none.
func (p *play) reportOf(header string) Report {
	n, err := strconv.Atoi(header)
	if err != nil {
		return nil
	}
	return p.reports[n]
}

// viewReport returns the report of a view about its request.
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
	if _, translates := registry.Lookup[web.Localizers](r.Registry()); translates { // the suite i18n
		report["locale_name"] = i18n.LocaleName(r)
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

// found records the result of traversal and runs the check, if the request is for one.
func (p *play) found(r *web.Request) {
	if p.check != nil {
		p.url, p.urlErr = p.check.call(r)
		p.check = nil
	}
	if p.during != nil {
		p.during(r)
		p.during = nil
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

// Play sends one request of the case twice, through App.Do and through ServeHTTP. It returns the
// result of the first, and an error if the second differs. Both are sent with the cookie that the
// client had before; it keeps that of the first.
func (q *Request) Play(app *framework.App) (Report, error) {
	done, inProcess, cookies, err := q.do(app)
	if err != nil {
		return nil, err
	}
	err = q.serve(app, done, inProcess)
	if q.visitor != nil {
		done["sets_session_cookie"] = q.visitor.keep(cookies)
		q.visitor.token, q.visitor.sent = inProcess.token, inProcess.sent
	}
	return done, err
}

// do sends the request through App.Do, which returns errors without a view.
func (q *Request) do(app *framework.App) (Report, *play, []string, error) {
	p := new(play)
	hr, err := q.request(p)
	if err != nil {
		return nil, nil, nil, err
	}
	result := Report{"view": nil}
	var cookies []string
	resp, err := app.Do(hr)
	if err != nil {
		p.err = err
		result["status"], result["raised"] = 500, errorName(err)
		if result["raised"] == "" {
			return nil, nil, nil, fmt.Errorf("error without a name in the cases: %w", err)
		}
	} else {
		result["status"] = resp.Status()
		for name, value := range p.reportOf(resp.Header(reportHeader)) {
			result[name] = value
		}
		if to := resp.Header("Location"); to != "" {
			if result["location"], err = q.resolve(to); err != nil {
				return nil, nil, nil, err
			}
		}
		if allow := resp.Header("Allow"); allow != "" {
			result["allow"] = allow
		}
		cookies = resp.HeaderValues("Set-Cookie")
		if q.renders {
			more, err := renderedOf(resp, q.Expect)
			if err != nil {
				return nil, nil, nil, err
			}
			maps.Copy(result, more)
		}
	}
	result["trace"] = p.trace
	if p.traversal != nil {
		result["traversal"] = p.traversal
	}
	return result, p, cookies, nil
}

// serve sends the request through ServeHTTP and compares the result with that of App.Do. The two
// may differ by an error that came too late to change the response. An error that App.Do returns
// has a response here, with the status of the error, and the trace has the callbacks of this
// response too.
func (q *Request) serve(app *framework.App, done Report, inProcess *play) error {
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
	if inProcess.err != nil && !inProcess.finishedRaised {
		return served.differsFromError(done, inProcess.err)
	}
	for name, got := range served {
		if inProcess.finishedRaised && name != "trace" {
			continue
		}
		if d := difference(name, done[name], got); d != "" {
			return fmt.Errorf("ServeHTTP differs from Do: %s", d)
		}
	}
	return nil
}

// differsFromError compares what ServeHTTP made of an error with what App.Do returned.
func (served Report) differsFromError(done Report, err error) error {
	status, ok := web.StatusOf(err)
	if !ok {
		status = http.StatusInternalServerError
	}
	if got := served["status"]; got != status {
		return fmt.Errorf("ServeHTTP differs from Do: status %v for the error %w", got, err)
	}
	rest, _ := served["trace"].([]string)
	trace, _ := done["trace"].([]string)
	for _, mark := range trace {
		at := slices.Index(rest, mark)
		if at < 0 {
			return fmt.Errorf("ServeHTTP differs from Do: trace %v lacks %q of %v", served["trace"], mark, trace)
		}
		rest = rest[at+1:]
	}
	return nil
}

// request builds the request by hand, so that its path is not cleaned. It comes from the trusted
// proxy, so that its X-Vhm-Root counts.
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
		text := *q.Body
		if q.visitor != nil {
			text = strings.ReplaceAll(text, "$csrf", q.visitor.sent)
		}
		hr.Body, hr.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	}
	if q.visitor != nil {
		q.visitor.fill(hr)
		p.policy, p.token, p.sent = q.policy, q.visitor.token, q.visitor.sent
	}
	if q.Scheme == "https" {
		hr.TLS = &tls.ConnectionState{}
	}
	return hr.WithContext(context.WithValue(context.Background(), playKey{}, p)), nil
}

// resolve returns a location as an absolute URL.
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
