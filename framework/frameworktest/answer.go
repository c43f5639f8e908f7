package frameworktest

import (
	"encoding/json"
	"net/http"
	"testing"
)

// JSON sends v as JSON.
func JSON(v any) RequestOption {
	return func(t testing.TB, b *builder) {
		t.Helper()
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatalf("frameworktest.JSON: %v", err)
		}
		Body("application/json", string(text))(t, b)
	}
}

// Answer is what the application answered, whole.
type Answer struct {
	Code   int
	Header http.Header
	Text   string // the body

	t       testing.TB
	request *http.Request
}

// Status ends the test if the answer has another status, with its body in
// the message, and gives the answer back: app.Get("/").Status(200).Text. The test
// is the one that New was given; a subtest asks App.In.
func (a *Answer) Status(want int) *Answer {
	a.t.Helper()
	if a.Code != want {
		a.t.Fatalf("%s %s: status %d, want %d; body:\n%s", a.request.Method, a.request.URL, a.Code, want, a.Text)
	}
	return a
}

// Decode reads the body as JSON into v, or ends the test.
func (a *Answer) Decode(v any) *Answer {
	a.t.Helper()
	if err := json.Unmarshal([]byte(a.Text), v); err != nil {
		a.t.Fatalf("%s %s: %v; body:\n%s", a.request.Method, a.request.URL, err, a.Text)
	}
	return a
}
