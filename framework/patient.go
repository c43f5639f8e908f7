package framework

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// patience bounds how long one exchange may keep the server waiting: it
// stands between net/http and the application for requests that have a body,
// and for all of HTTP/2, whose streams can stall while their connection does
// not. A bodiless request of HTTP/1 needs none of it: conn times its response.
//
// The deadline of reads is delicate in HTTP/1. As soon as the body ends, net/http
// reads ahead to notice when the client goes away, and takes a deadline
// that is still set for just that. And before it sends the header it reads
// up to 256 KiB of a body that the view left unread, without any deadline. So
// the deadline is taken back at the end of the body, and what is left is read
// here, in settle, before the header goes out.
type patience struct {
	http.ResponseWriter
	control     *http.ResponseController
	request     *http.Request // a copy of net/http's own
	original    *http.Request
	writes      time.Duration // for each step of a response in HTTP/2; zero: no bound
	multiplexed bool          // HTTP/2
	settled     bool          // the rest of the body was dealt with
	duplex      bool          // the view reads while it writes
	hijacked    bool
	buffered    int // bytes written so far, up to flushSize

	body patientBody
}

var _ http.ResponseWriter = (*patience)(nil)

var (
	_ http.Flusher    = (*patience)(nil)
	_ http.Hijacker   = (*patience)(nil)
	_ io.ReaderFrom   = (*patience)(nil)
	_ io.StringWriter = (*patience)(nil)
)

const (
	// leftover is what is read of a body that the view left unread, so that
	// the connection can be used again; as in net/http.
	leftover = 256 << 10
	// leftoverTime bounds that.
	leftoverTime = 5 * time.Second
	// flushSize is what net/http's HTTP/2 keeps of a response until it sends.
	flushSize = 4 << 10
)

func newPatience(w http.ResponseWriter, hr *http.Request, o *ServerOptions) *patience {
	p := &patience{
		ResponseWriter: w, control: http.NewResponseController(w), original: hr,
		multiplexed: hr.ProtoMajor >= 2, writes: o.WriteTimeout,
	}
	p.request = new(http.Request)
	*p.request = *hr
	if hr.Body == http.NoBody || hr.Body == nil || p.multiplexed && hr.ContentLength == 0 {
		p.request.Body = http.NoBody
		p.body.ended = true
		return p
	}
	p.body = patientBody{p: p, from: hr.Body, timeout: o.BodyTimeout, rate: int64(o.BodyRate)}
	p.request.Body = &p.body
	return p
}

func (p *patience) WriteHeader(status int) {
	if status >= 200 || status == http.StatusSwitchingProtocols {
		p.settle()
	}
	p.ResponseWriter.WriteHeader(status)
}

func (p *patience) Write(b []byte) (n int, err error) {
	p.settle()
	if !p.multiplexed || p.writes == 0 {
		return p.ResponseWriter.Write(b)
	}
	for {
		step := b[n:min(len(b), n+writeStep)]
		done, err := p.send(step)
		n += done
		if err != nil || n == len(b) {
			return n, err
		}
	}
}

// send writes one step to a stream. What only fills the buffer needs no
// deadline, and a message to the stream's own goroutine less.
func (p *patience) send(step []byte) (int, error) {
	if p.buffered += len(step); p.buffered < flushSize {
		return p.ResponseWriter.Write(step)
	}
	p.buffered = flushSize
	_ = p.control.SetWriteDeadline(time.Now().Add(p.writes))
	n, err := p.ResponseWriter.Write(step)
	_ = p.control.SetWriteDeadline(time.Time{})
	return n, err
}

func (p *patience) WriteString(s string) (int, error) {
	if p.multiplexed {
		return p.Write([]byte(s))
	}
	p.settle()
	return io.WriteString(p.ResponseWriter, s)
}

// ReadFrom keeps the short way of files in HTTP/1.
func (p *patience) ReadFrom(src io.Reader) (int64, error) {
	p.settle()
	if to, ok := p.ResponseWriter.(io.ReaderFrom); ok {
		return to.ReadFrom(src)
	}
	buf := copyBuffers.Get().(*[32 << 10]byte)
	defer copyBuffers.Put(buf)
	return io.CopyBuffer(struct{ io.Writer }{p}, src, buf[:])
}

func (p *patience) Flush() { _ = p.FlushError() }

func (p *patience) FlushError() error {
	p.settle()
	if !p.multiplexed || p.writes == 0 {
		return p.control.Flush()
	}
	_ = p.control.SetWriteDeadline(time.Now().Add(p.writes))
	err := p.control.Flush()
	_ = p.control.SetWriteDeadline(time.Time{})
	return err
}

// Hijack hands the connection over, without a deadline.
func (p *patience) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	p.body.deadline(time.Time{})
	c, buffered, err := p.control.Hijack()
	p.hijacked = err == nil
	return c, buffered, err
}

// EnableFullDuplex is net/http's: the view reads on after it has begun to
// write, so nothing is read for it.
func (p *patience) EnableFullDuplex() error {
	err := p.control.EnableFullDuplex()
	p.duplex = err == nil
	return err
}

// Unwrap is for http.ResponseController.
func (p *patience) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// settle deals with what is left of the body before the header is sent: it is
// read, or else the connection will be closed after the response. A client
// that waits to be asked for its body is not asked.
func (p *patience) settle() {
	if p.settled || p.duplex || p.hijacked {
		return
	}
	p.settled = true
	if p.multiplexed || p.body.ended {
		return
	}
	if p.body.asks() || p.body.long() || !p.body.discard() {
		p.giveUp()
	}
}

// giveUp has net/http close the connection after the response, slowly, so that
// the client can read it though it may still be sending. Going beyond a
// limit of zero is how the standard library lets one ask for that.
func (p *patience) giveUp() {
	over := http.MaxBytesReader(p.ResponseWriter, io.NopCloser(strings.NewReader("xx")), 0)
	_, _ = over.Read(make([]byte, 2))
}

// end is called when the application has answered, before net/http sends what
// it still holds.
func (p *patience) end() {
	switch {
	case p.hijacked:
	case p.multiplexed:
		if p.writes > 0 {
			_ = p.control.SetWriteDeadline(time.Now().Add(p.writes))
		}
	default:
		if p.duplex && !p.body.ended && !p.body.discard() {
			panic(http.ErrAbortHandler) // what follows on the connection could not be told from a request
		}
		p.settle()
		if !p.body.ended { // net/http would read more of it
			_ = p.control.SetReadDeadline(past)
		}
	}
}

// over is called last, whatever happened.
func (p *patience) over() {
	p.body.mu.Lock()
	p.body.over = true
	p.body.mu.Unlock()
	if form := p.request.MultipartForm; form != nil {
		_ = form.RemoveAll()
	}
}
