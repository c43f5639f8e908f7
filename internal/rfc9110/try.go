package rfc9110

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
)

// Requests returns how many requests a test tries: 3,000, or 100,000 if MASTABA_LONG is set.
func Requests() int {
	if os.Getenv("MASTABA_LONG") != "" {
		return 100_000
	}
	return 3000
}

// Try sends h generated requests for o, the same ones on every call, and returns what is wrong with
// the responses, for the first five that are wrong. decode decodes a body in a Content-Encoding; ""
// means that there is none.
func (o Resource) Try(h http.Handler, target string, requests int, decode func(coding string, body []byte) (string, error)) error {
	random := rand.New(rand.NewPCG(9110, 9111))
	var errs []error
	for n := range requests {
		q := Generate(random, o)
		hr := httptest.NewRequest(q.Method, target, nil)
		hr.Header = q.Header.Clone()
		w := httptest.NewRecorder()
		h.ServeHTTP(w, hr)
		a := Response{Status: w.Code, Header: w.Result().Header}
		if q.Method != http.MethodHead { // the server sends none
			a.Body = w.Body.Bytes()
		}
		var err error
		if a.Plain, err = decode(a.Header.Get("Content-Encoding"), a.Body); err != nil && len(a.Body) > 0 {
			err = fmt.Errorf("decode the body: %w", err)
		} else {
			err = o.Check(q, a)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("request %d: %s\n%w\n\tresponse: %d %v", n, q, err, a.Status, a.Header))
		}
		if len(errs) == 5 {
			break
		}
	}
	return errors.Join(errs...)
}
