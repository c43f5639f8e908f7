package frameworktest

import (
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"regexp"
	"strings"

	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// Response is a response of the application, read to its end.
type Response struct {
	Code   int
	Header http.Header
	Body   string

	t       T
	app     *App
	browser *Browser // that sent the request; nil for an App
	request *http.Request
	err     error // that an error view handled
}

// Status ends the test, and prints the body, unless the response has the status want. It returns
// the response: app.Get("/").Status(200).Body. The test is the one given to New or App.In.
func (r *Response) Status(want int) *Response {
	r.t.Helper()
	if r.Code != want {
		r.t.Fatalf("%s %s: got status %d, want %d; body:\n%s", r.request.Method, r.request.URL, r.Code, want, r.Body)
	}
	return r
}

// Cookies returns the cookies that the response sets; the option [Cookies] sends them on.
func (r *Response) Cookies() []*http.Cookie { return (&http.Response{Header: r.Header}).Cookies() }

// Remembered returns the user that the view logged in, "" if it logged the user out; false if it
// did neither. It needs an application whose security policy is a Policy.
func (r *Response) Remembered() (user string, ok bool) {
	return r.Header.Get(userHeader), len(r.Header[userHeader]) > 0
}

// Denied returns the decision of the security policy that denied the permission for the view; false
// if none did. Its Why says which rule decided.
func (r *Response) Denied() (web.Decision, bool) {
	if denied, ok := errors.AsType[*views.DeniedError](r.err); ok {
		return denied.Decision, true
	}
	return web.Decision{}, false
}

// Follow requests the Location of a redirect and returns the response, as a browser does: by GET,
// with the cookies of the Browser that sent the request, if one did. It ends the test if the
// response is not a redirect, or if it keeps the method (307, 308) of a request other than GET.
func (r *Response) Follow() *Response {
	r.t.Helper()
	to, err := r.request.URL.Parse(r.Header.Get("Location"))
	switch {
	case r.Code/100 != 3 || r.Header.Get("Location") == "" || err != nil:
		r.t.Fatalf("%s %s: got status %d and Location %q, want a redirect", r.request.Method, r.request.URL, r.Code, r.Header.Get("Location"))
	case r.Code >= http.StatusTemporaryRedirect && r.request.Method != http.MethodGet:
		r.t.Fatalf("%s %s: status %d keeps the method: send the request to %s yourself", r.request.Method, r.request.URL, r.Code, to)
	}
	target := to.RequestURI()
	if to.Host != "" && to.Host != r.request.Host {
		target = to.String()
	}
	if r.browser != nil {
		return r.browser.Get(target)
	}
	return r.app.Get(target)
}

// Field returns the value of the first input or hidden field with a name in the HTML of the body,
// such as that of a CSRF token; it ends the test if there is none.
func (r *Response) Field(name string) string {
	r.t.Helper()
	value, ok := r.field(name)
	if !ok {
		r.t.Fatalf("%s %s: no input named %q in the body:\n%s", r.request.Method, r.request.URL, name, r.Body)
	}
	return value
}

func (r *Response) field(name string) (value string, ok bool) {
	for _, tag := range inputTag.FindAllString(r.Body, -1) {
		attributes := map[string]string{}
		for _, a := range attribute.FindAllStringSubmatch(tag, -1) {
			attributes[strings.ToLower(a[1])] = html.UnescapeString(a[2] + a[3] + a[4])
		}
		if attributes["name"] == name {
			return attributes["value"], true
		}
	}
	return "", false
}

var (
	inputTag  = regexp.MustCompile(`(?i)<input\b(?:"[^"]*"|'[^']*'|[^>"'])*>`)
	attribute = regexp.MustCompile(`([a-zA-Z_-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)
)

// Decode decodes the body from JSON into v, or ends the test. It returns the response.
func (r *Response) Decode(v any) *Response {
	r.t.Helper()
	if err := json.Unmarshal([]byte(r.Body), v); err != nil {
		r.t.Fatalf("%s %s: %v; body:\n%s", r.request.Method, r.request.URL, err, r.Body)
	}
	return r
}
