package transaction

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/mastaba-go/mastaba/views/web"
)

// recorder keeps what the attempts read of a body, up to a bound, so that the next attempt reads it
// again. It reads from the client no earlier than the attempt does.
type recorder struct {
	source  io.ReadCloser // nil without a body
	most    int64
	limit   int64 // of the body, for the attempts: see web.Driver.LimitBody
	limited bool
	current atomic.Pointer[replay]

	mu   sync.Mutex // guards all below, and reads of source
	kept []byte
	over bool // the body is longer than most
	err  error
}

// record makes a recorder of the body of a request, nil without a body. The limit of the body moves
// to the replays, whose reader may change it.
func (m *manager) record(r *web.Request) *recorder {
	if r.Request.Body == nil || r.Request.Body == http.NoBody {
		return nil
	}
	b := &recorder{most: m.MaxReplay, over: r.ContentLength > m.MaxReplay}
	if b.limit, b.limited = web.Drive(r).BodyLimit(); b.limited {
		web.Drive(r).LimitBody(-1)
	}
	b.source = r.Request.Body
	return b
}

// rewind gives the request a body that begins anew. Earlier ones fail from then on.
func (b *recorder) rewind(r *web.Request) {
	if b == nil {
		return
	}
	body := &replay{recorder: b}
	b.current.Store(body)
	r.Request.Body = body
	if b.limited {
		web.Drive(r).LimitBody(b.limit)
	}
}

// isWhole reports whether all that was read can be read again.
func (b *recorder) isWhole() bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.over
}

// replay is the body of one attempt.
type replay struct {
	*recorder
	at int // how much of kept was read
}

var _ io.ReadCloser = (*replay)(nil)

var errReplayed = errors.New("the request is being handled again, and this attempt can no longer read its body")

func (b *replay) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.current.Load() != b {
		return 0, errReplayed
	}
	if b.at < len(b.kept) {
		n := copy(p, b.kept[b.at:])
		b.at += n
		return n, nil
	}
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.source.Read(p)
	b.err = err
	switch {
	case b.over:
	case int64(len(b.kept)+n) > b.most:
		b.over, b.kept = true, nil
	default:
		b.kept = append(b.kept, p[:n]...)
		b.at += n
	}
	return n, err
}

// Close does nothing: net/http closes the body of the client, and another attempt may need it.
func (b *replay) Close() error { return nil }
