package frameworktest

import (
	"encoding/json"
	"net/http"
)

// Response is a response of the application, read to its end.
type Response struct {
	Code   int
	Header http.Header
	Body   string

	t       T
	request *http.Request
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

// Decode decodes the body from JSON into v, or ends the test. It returns the response.
func (r *Response) Decode(v any) *Response {
	r.t.Helper()
	if err := json.Unmarshal([]byte(r.Body), v); err != nil {
		r.t.Fatalf("%s %s: %v; body:\n%s", r.request.Method, r.request.URL, err, r.Body)
	}
	return r
}
