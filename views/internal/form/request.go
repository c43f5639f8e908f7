package form

import (
	"bytes"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// Read fills an input from a request: from a JSON body, or from the parameters of the query and a
// form body. It returns the values that do not fit. A malformed body is a 400, one of another type
// a 415, one beyond the limit a 413. With keep, a JSON body can be read again.
func (f *Form) Read(r *web.Request, input reflect.Value, keep bool) ([]Mistake, error) {
	m := mistakes{listed: func(error) ([]Mistake, bool) { return nil, false }}
	err := f.read(r, input, rulesOf(r), keep, &m)
	return m.all(), err
}

func (f *Form) read(r *web.Request, input reflect.Value, rules *Rules, keep bool, m *mistakes) error {
	switch source := f.source(r); {
	case source != fromNothing && isEncoded(r):
		// RFC 9110, sections 12.5.3 and 15.5.16
		return web.UnsupportedMediaType("send the body without Content-Encoding").WithHeader("Accept-Encoding", "identity")
	case source == fromParameters && !f.jsonOnly && contentType(r) == "" && r.ContentLength < 0 && hasContent(r, keep):
		break // without a Content-Type, the body may be anything
	case source == fromJSON:
		return f.readJSON(r, input, rules, keep, m)
	case source == fromParameters && !f.jsonOnly:
		return f.readForm(r, f.target(input), rules, keep, m)
	case f.jsonOnly:
		return web.UnsupportedMediaType("send application/json")
	case source == fromUnreadForm:
		return web.UnsupportedMediaType("send application/json, or parameters in the query: only POST, PUT and PATCH have forms")
	}
	return web.UnsupportedMediaType("send application/json, application/x-www-form-urlencoded or multipart/form-data")
}

func (f *Form) readJSON(r *web.Request, input reflect.Value, rules *Rules, keep bool, m *mistakes) error {
	body, err := readBody(r, keep)
	if err != nil {
		return err
	}
	if err := f.fillJSON(input, body, f.strict || rules.Strict, m); err != nil {
		return err
	}
	for _, u := range f.uploads {
		if u.required { // JSON has no files
			m.name = u.name
			m.add(codeRequired, "expected a file, in a form of type multipart/form-data", nil)
		}
	}
	m.name = ""
	return nil
}

func (f *Form) readForm(r *web.Request, input reflect.Value, rules *Rules, keep bool, m *mistakes) error {
	if f.streams && !keep && web.Drive(r).ContentType() == "multipart/form-data" {
		m.files = &files{r: r, form: f, input: input, m: mistakes{listed: m.listed}, counts: map[string]int{}}
		err := m.files.read()
		m.found, m.rest = m.files.m.found, m.files.m.rest
		if err != nil || m.files.ended() {
			return err
		}
	}
	parameters, err := r.Parameters()
	if err != nil {
		return err
	}
	branches := f.fill(input, parameters, m)
	if f.strict || rules.Strict {
		f.addUnknown(parameters, branches, rules.others(r), m)
	}
	if f.uploads == nil || m.files != nil || f.streams && keep {
		return nil
	}
	return f.fillUploads(r, input, m)
}

// source is where an input comes from.
type source uint8

const (
	fromNothing source = iota // a body of a type that no input takes
	fromJSON
	fromParameters
	fromUnreadForm // a form in a request whose method has no forms
)

func (f *Form) source(r *web.Request) source {
	named := contentType(r)
	empty := r.Body == nil || r.ContentLength == 0
	switch {
	case empty && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		return fromParameters // clients name a content type for requests without content, too
	case named == "" && (empty || r.ContentLength < 0 || r.Body == http.NoBody):
		return fromParameters
	}
	mediaType := web.Drive(r).ContentType()
	switch {
	case mediaType == "application/json", strings.HasSuffix(mediaType, "+json"):
		return fromJSON
	case mediaType == "application/x-www-form-urlencoded", mediaType == "multipart/form-data":
		switch r.Method {
		case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch:
			return fromParameters
		}
		if empty {
			return fromParameters
		}
		return fromUnreadForm
	}
	return fromNothing
}

// contentType returns the header; it is in its canonical form already.
func contentType(r *web.Request) string {
	if lines := r.Header["Content-Type"]; len(lines) > 0 {
		return lines[0]
	}
	return ""
}

// isEncoded reports whether the request has a body with a Content-Encoding.
func isEncoded(r *web.Request) bool {
	lines := r.Header["Content-Encoding"]
	if len(lines) == 0 { // nearly always
		return false
	}
	coding := lines[0]
	return coding != "" && !strings.EqualFold(coding, "identity") && r.ContentLength != 0
}

// hasContent reports whether a body of unknown length has content. Without keep it reads a byte, so
// the body cannot be used afterwards.
func hasContent(r *web.Request, keep bool) bool {
	if r.Body == nil {
		return false
	}
	if keep {
		limitBody(r)
		body, _ := web.Drive(r).KeepBody()
		return len(body) > 0
	}
	n, _ := io.ReadFull(r.Body, make([]byte, 1))
	return n > 0
}

// BodyRead reports whether the request had a body that is gone, since something has read it.
func BodyRead(r *web.Request) bool {
	return r.ContentLength != 0 && (r.Body == nil || r.Body == http.NoBody)
}

// readBody reads the body, up to its limit.
func readBody(r *web.Request, keep bool) ([]byte, error) {
	if r.Body == nil {
		return nil, web.BadRequest("expected a JSON body")
	}
	limitBody(r)
	if keep {
		return web.Drive(r).KeepBody()
	}
	var body bytes.Buffer
	if n := r.ContentLength; n > 0 {
		body.Grow(int(min(n, 64<<10)) + bytes.MinRead) // ReadFrom needs that much room to see the end
	}
	_, err := body.ReadFrom(r.Body)
	return body.Bytes(), err
}

// limitBody bounds the body of a request without an application, which has no limit yet.
func limitBody(r *web.Request) {
	if _, bounded := web.Drive(r).BodyLimit(); !bounded {
		web.Drive(r).LimitBody(web.DefaultMaxBody)
	}
}
