package frameworktest

import (
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Form sets the body to a form of the given names and values: name, value, name, value … Several
// options Form and File together make one form.
func Form(pairs ...string) RequestOption {
	return func(t T, r *http.Request) {
		t.Helper()
		if len(pairs)%2 != 0 {
			t.Fatalf("frameworktest.Form: name %q has no value", pairs[len(pairs)-1])
		}
		addToForm(t, r, form{pairs: pairs})
	}
}

// File adds a file to the form in the body, which becomes multipart/form-data. It combines with
// other options Form and File in any order. name is the file name that the client sends.
func File(field, name, content string) RequestOption {
	return func(t T, r *http.Request) {
		t.Helper()
		addToForm(t, r, form{files: []file{{field, name, content}}})
	}
}

// form is the form in the body of a request.
type form struct {
	pairs []string
	files []file
}

type file struct{ field, name, content string }

// formKey is the context key for the form, until the request is sent.
type formKey struct{}

// addToForm adds more to the form that the request has so far, and sets the body to it.
func addToForm(t T, r *http.Request, more form) {
	t.Helper()
	f, _ := r.Context().Value(formKey{}).(form)
	f = form{slices.Concat(f.pairs, more.pairs), slices.Concat(f.files, more.files)}
	*r = *r.WithContext(context.WithValue(r.Context(), formKey{}, f))
	contentType, text, err := f.encode()
	if err != nil {
		t.Fatalf("frameworktest.File: %v", err)
	}
	Body(contentType, text)(t, r)
}

func (f *form) encode() (contentType, text string, err error) {
	if len(f.files) == 0 {
		values := url.Values{}
		for pair := range slices.Chunk(f.pairs, 2) {
			values.Add(pair[0], pair[1])
		}
		return "application/x-www-form-urlencoded", values.Encode(), nil
	}
	var body strings.Builder
	w := multipart.NewWriter(&body)
	for pair := range slices.Chunk(f.pairs, 2) {
		if err := w.WriteField(pair[0], pair[1]); err != nil {
			return "", "", err
		}
	}
	for _, one := range f.files {
		part, err := w.CreateFormFile(one.field, one.name)
		if err != nil {
			return "", "", err
		}
		if _, err := part.Write([]byte(one.content)); err != nil {
			return "", "", err
		}
	}
	err = w.Close()
	return w.FormDataContentType(), body.String(), err
}
