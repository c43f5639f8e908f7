package frameworktest

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// RequestOption changes a request before it is sent. Write your own where those of this package
// are not enough; t is the test, to end it if the request cannot be built.
type RequestOption func(t T, r *http.Request)

// Header adds a header. "Host" sets the host of the request.
func Header(name, value string) RequestOption {
	return func(_ T, r *http.Request) {
		r.Header.Add(name, value)
		if http.CanonicalHeaderKey(name) == "Host" {
			r.Host = value
		}
	}
}

// As sends the request as a user: framework.Options.ActAs, or the method ActAs of the security
// policy, defines how. Policy has that method. Without either the test fails.
func As(user string) RequestOption {
	return func(_ T, r *http.Request) { *r = *r.WithContext(context.WithValue(r.Context(), userKey{}, user)) }
}

// userKey is the context key for the user of As, until the request is sent.
type userKey struct{}

// Cookies sends cookies, such as those of [Response.Cookies]. It leaves out those that the response
// deletes (a negative MaxAge), and ignores the domains and paths of the others.
func Cookies(cookies ...*http.Cookie) RequestOption {
	return func(_ T, r *http.Request) {
		for _, cookie := range cookies {
			if cookie.MaxAge >= 0 {
				r.AddCookie(cookie)
			}
		}
	}
}

// Body sets the body and its content type.
func Body(contentType, text string) RequestOption {
	return func(_ T, r *http.Request) {
		r.Header.Set("Content-Type", contentType)
		r.Body = io.NopCloser(strings.NewReader(text))
		r.ContentLength = int64(len(text))
	}
}

// JSON sets the body to v, encoded by package encoding/json, which takes the names of fields from
// json tags, not from form tags.
func JSON(v any) RequestOption {
	return func(t T, r *http.Request) {
		t.Helper()
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatalf("frameworktest.JSON: %v", err)
		}
		Body("application/json", string(text))(t, r)
	}
}
