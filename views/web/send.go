package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// Sent says what reached the client, as far as the server knows: for the access
// log, and to tell whether an error can still be answered.
type Sent struct {
	// Status is the code that was sent; 0 if nothing was.
	Status int
	// Bytes is the length of the body that was written.
	Bytes int64
	// Started: the status is gone. After an error the only honest end is
	// panic(http.ErrAbortHandler), which breaks the connection; before it the
	// error can be answered like any other.
	Started bool
}

// Send writes the response as the answer to r, once. It knows about HEAD, about
// 204 and 304, sees to Content-Length where the length is known, and closes the
// reader of the body whatever happens. Headers that w has already are replaced
// by those of the response, except for Set-Cookie and Vary, which are joined.
//
// A response that would break the message (a line break in a header, a status
// that does not exist) is an error before anything is written. So is an error
// of a stream or reader, or a panic of it or of a handler (*PanicError), as
// long as Sent.Started is false.
//
// Most applications never need it: the App sends.
func (resp *Response) Send(w http.ResponseWriter, r *Request) (sent Sent, err error) {
	if resp.kind < bodyReader && r.extras.Load() == nil {
		return resp.sendWhole(w, r) // nobody has asked what was sent
	}
	defer func() { r.noteSent(sent) }()
	if resp.kind < bodyReader {
		return resp.sendWhole(w, r)
	}
	defer func() { _ = resp.Close() }()
	if err := resp.sendable(); err != nil {
		return Sent{}, err
	}
	return resp.sendRare(w, r)
}

// sendWhole sends a body that is in memory.
func (resp *Response) sendWhole(w http.ResponseWriter, r *Request) (Sent, error) {
	if err := resp.sendable(); err != nil {
		return Sent{}, err
	}
	status := resp.Status()
	h := w.Header()
	hadHeaders := len(h) > 0 // another length may be among them
	resp.writeHeaders(h)
	length := len(resp.data)
	head := r.Method == http.MethodHead
	switch {
	case bodyless(status):
		strip(h, status)
		length = 0
	case head && resp.kind == bodyNone: // GET's answer may have any length
	default:
		resp.needType(h, length)
		if length > countedByServer || head || hadHeaders || r.scoped() {
			h["Content-Length"] = []string{strconv.Itoa(length)}
		}
	}
	w.WriteHeader(status)
	sent := Sent{Status: status, Started: true}
	if head || length == 0 {
		return sent, nil
	}
	n, err := w.Write(resp.bytes())
	sent.Bytes = int64(n)
	return sent, err
}

// countedByServer is the longest body whose length net/http finds out by itself
// when the handler returns: what its buffer holds. Leaving it to the server saves
// an entry in the map of headers, a tenth of the whole cost of a small answer.
const countedByServer = 2048

// bodyless reports whether an answer with this status has no body.
func bodyless(status int) bool {
	return status == http.StatusNoContent || status == http.StatusNotModified || status == http.StatusResetContent
}

// strip removes the headers about a body that is not there. A 304 may tell what
// the headers of the 200 would have been.
func strip(h http.Header, status int) {
	switch status {
	case http.StatusNoContent:
		delete(h, "Content-Length")
		delete(h, contentTypeKey)
	case http.StatusResetContent:
		delete(h, contentTypeKey)
		h["Content-Length"] = []string{"0"}
	}
}

// needType keeps net/http from guessing a type: a guess may turn data into a page.
func (resp *Response) needType(h http.Header, length int) {
	if length != 0 && resp.usual == noType && len(h[contentTypeKey]) == 0 {
		h[contentTypeKey] = usualTypes[usualBinary]
	}
}

// sendable returns what keeps the response from being sent.
func (resp *Response) sendable() error {
	if rare := resp.rare; rare != nil && rare.mistake != nil {
		return rare.mistake
	}
	if s := resp.status; s != 0 && (s < 200 || s > 999) && !(s == http.StatusSwitchingProtocols && resp.kind == bodyHandler) {
		return fmt.Errorf("send response: %d is no status of an answer", s)
	}
	if h := resp.asked(); h != nil {
		for key, values := range h {
			for _, value := range values {
				if err := checkHeader(key, value); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if resp.rare == nil {
		return nil
	}
	if resp.usual == otherType {
		if err := checkHeader(contentTypeKey, resp.rare.contentType); err != nil {
			return err
		}
	}
	for _, f := range resp.rare.fields {
		if err := checkHeader(f.key, f.value[0]); err != nil {
			return err
		}
	}
	return nil
}

// checkHeader refuses what would end a header early or begin another one.
func checkHeader(key, value string) error {
	for i := range len(key) {
		if !isToken(key[i]) {
			return fmt.Errorf("send response: header name %q holds %q", key, key[i])
		}
	}
	if key == "" {
		return fmt.Errorf("send response: header without a name, value %q", value)
	}
	for i := range len(value) {
		if c := value[i]; c < ' ' && c != '\t' || c == 0x7f {
			return fmt.Errorf("send response: header %s: value %q holds a line break or another control character", key, value)
		}
	}
	return nil
}

// writeHeaders joins the headers with those of the writer.
func (resp *Response) writeHeaders(h http.Header) {
	if own := resp.asked(); own != nil {
		for key, values := range own {
			if len(h[key]) > 0 && joins(key) {
				values = append(h[key], values...)
			}
			h[key] = values
		}
		return
	}
	switch resp.usual {
	case noType:
	case otherType:
		h[contentTypeKey] = []string{resp.rare.contentType}
	default:
		h[contentTypeKey] = usualTypes[resp.usual]
	}
	if resp.guarded {
		writeFields(h, guards[:])
	}
	if resp.rare != nil {
		writeFields(h, resp.rare.fields)
	}
}

// writeFields writes a list of headers, in which a key may occur several times.
func writeFields(h http.Header, fields []field) {
	for i := range fields {
		key, value := fields[i].key, fields[i].value[:]
		if joins(key) || occurs(fields[:i], key) {
			if before := h[key]; len(before) > 0 {
				value = append(before, value...)
			}
		}
		h[key] = value
	}
}

func joins(key string) bool { return key == "Set-Cookie" || key == "Vary" }

func occurs(fields []field, key string) bool {
	return slices.ContainsFunc(fields, func(f field) bool { return f.key == key })
}
