package reply

import (
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
	"github.com/mastaba-go/mastaba/views/web/internal/stream"
)

// SendPlain is SendMemory for a request that is not HEAD, if the response is plain: a 200 with a
// short body in memory, and without headers other than its type. If it is not, plain is false, and
// nothing was sent.
func (resp *Response) SendPlain(w http.ResponseWriter) (n int, plain bool, err error) {
	if resp.common <= other || resp.extras != nil || resp.status != 0 || resp.errorHeaders {
		return 0, false, nil
	}
	length := len(resp.text)
	if resp.kind == inBytes {
		length = resp.bytes.Len()
	}
	if length == 0 || length > countedByServer {
		return 0, false, nil
	}
	h := w.Header()
	if len(h) > 0 { // there may be another Content-Length
		return 0, false, nil
	}
	h[contentTypeKey] = types[resp.common]
	w.WriteHeader(http.StatusOK)
	if resp.kind == inText {
		n, err = io.WriteString(w, resp.text)
	} else {
		n, err = resp.writeBody(w)
	}
	return n, true, err
}

// SendMemory sends a response whose body is in memory, to a request with the method. Unless counted
// is set, it leaves the Content-Length of a short body to the server.
func (resp *Response) SendMemory(w http.ResponseWriter, method string, counted bool) (stream.Sent, error) {
	if err := resp.Check(); err != nil {
		return stream.Sent{}, err
	}
	status := resp.Status()
	h := w.Header()
	hadHeaders := len(h) > 0 // there may be another Content-Length
	resp.writeHeaders(h)
	if resp.extras != nil {
		header.Correct(h, status, resp.extras.lifetime)
		hadHeaders = hadHeaders || len(h["Content-Length"]) > 0
	}
	length := len(resp.text) + resp.bytes.Len()
	head := method == http.MethodHead
	switch {
	case header.Bodyless(status):
		header.StripBody(h, status)
		length = 0
	case head && resp.kind == empty: // the response to GET may have any length
	default:
		resp.needType(h, length)
		if length > countedByServer || head || hadHeaders || counted {
			h["Content-Length"] = []string{strconv.Itoa(length)}
		}
	}
	w.WriteHeader(status)
	sent := stream.Sent{Status: status, Started: true}
	if head || length == 0 {
		return sent, nil
	}
	n, err := resp.writeBody(w)
	sent.Bytes = int64(n)
	return sent, err
}

// writeBody writes a body in memory and gives it up.
func (resp *Response) writeBody(w io.Writer) (n int, err error) {
	if resp.kind == inText {
		return io.WriteString(w, resp.text)
	}
	n, err = resp.bytes.Write(w)
	if err != nil {
		// The memory must not have another body next: after the end of a stream of HTTP/2, Write
		// returns while the connection may still read from it.
		resp.bytes.Keep()
	}
	resp.replaceBody(empty)
	return n, err
}

// countedByServer is the length up to which net/http sets Content-Length itself when the handler
// returns: the size of its buffer. Leaving that to the server saves an entry in the header map, a
// tenth of the cost of a small response.
const countedByServer = 2048

// needType keeps net/http from guessing the Content-Type: a wrong guess turns data into HTML.
func (resp *Response) needType(h http.Header, length int) {
	if length != 0 && resp.common == none && len(h[contentTypeKey]) == 0 {
		h[contentTypeKey] = types[Binary]
	}
}

// Check returns an error if the response is invalid.
func (resp *Response) Check() error {
	if x := resp.extras; x != nil && x.err != nil {
		return x.err
	}
	if s := resp.status; s != 0 && (s < 200 || s > 999) && !(s == http.StatusSwitchingProtocols && resp.kind == fromHandler) {
		return fmt.Errorf("send response: invalid status %d", s)
	}
	if resp.extras == nil {
		return nil
	}
	if err := resp.extras.headers.Check(); err != nil {
		return fmt.Errorf("send response: %w", err)
	}
	return nil
}

// writeHeaders merges the headers into those of the writer.
func (resp *Response) writeHeaders(h http.Header) {
	if resp.common > other {
		h[contentTypeKey] = types[resp.common]
	}
	if resp.errorHeaders {
		if len(h["Vary"]) == 0 {
			h["Vary"] = errorVary
			h[NosniffKey] = errorNosniff
		} else {
			errorFields.WriteTo(h)
		}
	}
	if resp.extras != nil {
		resp.extras.headers.WriteTo(h)
	}
}
