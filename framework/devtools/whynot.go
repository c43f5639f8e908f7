package devtools

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// question is the page "why not": a request, and how the application would handle it.
type question struct {
	head
	Method, URL, User string
	Explanation       string
}

func newQuestion(get func(string) string) *question {
	return &question{
		head:   head{Title: "Why not?", Here: "explain"},
		Method: strings.ToUpper(cmp.Or(strings.TrimSpace(get("method")), http.MethodGet)),
		URL:    cmp.Or(strings.TrimSpace(get("url")), "/"), User: strings.TrimSpace(get("user")),
	}
}

// askPage shows the form. It explains nothing yet.
func (t *Toolbar) askPage(r *http.Request) (int, any) {
	return http.StatusOK, newQuestion(r.URL.Query().Get)
}

// explainPage explains a request.
func (t *Toolbar) explainPage(r *http.Request) (int, any) {
	r.Body = http.MaxBytesReader(nil, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		q := newQuestion(func(string) string { return "" })
		q.Error = "cannot read the form: " + err.Error()
		return http.StatusBadRequest, q
	}
	q := newQuestion(r.PostForm.Get)
	hr, err := t.request(r.Context(), q.Method, q.URL, r.Host, q.User)
	if err != nil {
		q.Error = err.Error()
		return http.StatusBadRequest, q
	}
	q.Explanation = t.explanation(hr)
	return http.StatusOK, q
}

// request returns a request to the application, from a user; "" is nobody.
func (t *Toolbar) request(ctx context.Context, method, target, host, user string) (*http.Request, error) {
	app := t.app.Load()
	if app == nil {
		return nil, errors.New("the application is not ready")
	}
	if !strings.HasPrefix(target, "/") {
		u, err := url.Parse(target)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, fmt.Errorf("invalid path %q: it must begin with a slash", target)
		}
		host, target = u.Host, u.RequestURI()
	}
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return nil, fmt.Errorf("invalid path %q: %w", target, err)
	}
	hr, err := http.NewRequestWithContext(ctx, method, "http://"+host+"/", http.NoBody)
	if err != nil {
		return nil, err
	}
	u.Scheme, u.Host = "", ""
	hr.URL, hr.RequestURI, hr.RemoteAddr = u, u.RequestURI(), "127.0.0.1:1"
	if user == "" {
		return hr, nil
	}
	err = web.Try(func() (err error) {
		hr, err = app.ActAs(hr, user)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("act as %q: %w", user, err)
	}
	return hr, nil
}
