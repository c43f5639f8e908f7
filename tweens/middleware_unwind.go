package tweens

import (
	"errors"
	"net/http"
	"runtime"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// unwind unwinds the middleware after the inner handler failed with err, as a panic of a handler
// does in net/http: a handler that returns has completed its response, so middleware would cache
// or commit what is missing. It runs on the goroutine that called the inner handler. The panic has
// the value of the inner panic, or else http.ErrAbortHandler, which middleware does not take for a
// bug. Whatever the middleware makes of it, the response is that of the failure (wait).
//
// A panic on another goroutine than the middleware's would end the process unless that goroutine
// recovers. There the call returns, and the middleware is unwound as soon as it uses its writer.
func (m *middlewareRun) unwind(err error) {
	m.mu.Lock()
	ended := m.ended
	if !ended {
		m.unwound = true
	}
	m.mu.Unlock()
	switch {
	case ended:
	case unwindable():
		panic(unwindingValue(err))
	default:
		m.doomed.Store(true)
	}
}

func (m *middlewareRun) wasUnwound() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.unwound
}

// unwindDoomed unwinds the middleware if that is due. Each method of its writer calls it.
func (m *middlewareRun) unwindDoomed() {
	if m.doomed.Load() && unwindable() {
		panic(http.ErrAbortHandler)
	}
}

func unwindingValue(err error) any {
	if panicked, ok := errors.AsType[*web.PanicError](err); ok {
		return panicked.Value
	}
	return http.ErrAbortHandler
}

// unwindable reports whether something recovers a panic on this goroutine: run on the goroutine of
// the middleware, or http.TimeoutHandler on its own, which passes the panic on.
func unwindable() bool {
	pcs := make([]uintptr, 64)
	for skip := 2; ; skip += len(pcs) {
		n := runtime.Callers(skip, pcs)
		if n == 0 {
			return false
		}
		frames := runtime.CallersFrames(pcs[:n])
		for more := true; more; {
			var frame runtime.Frame
			frame, more = frames.Next()
			if strings.HasSuffix(frame.Function, "/tweens.(*middlewareRun).run") ||
				strings.HasPrefix(frame.Function, "net/http.(*timeoutHandler).ServeHTTP.") {
				return true
			}
		}
	}
}
