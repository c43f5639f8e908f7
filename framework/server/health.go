package server

import "net/http"

// health responds to /healthz and /readyz, and reports whether the request was one of
// these.
func (s *server) health(w http.ResponseWriter, hr *http.Request) bool {
	if hr.Method != http.MethodGet && hr.Method != http.MethodHead {
		return false
	}
	switch hr.URL.Path {
	case "/healthz":
	case "/readyz":
		if !s.ready.Load() {
			probe(w, http.StatusServiceUnavailable, "draining\n")
			return true
		}
		if s.o.Ready == nil {
			break
		}
		if err := s.o.Ready(hr.Context()); err != nil {
			s.log.Warn().Err(err).Msg("not ready")
			probe(w, http.StatusServiceUnavailable, "not ready\n")
			return true
		}
	default:
		return false
	}
	probe(w, http.StatusOK, "ok\n")
	return true
}

func probe(w http.ResponseWriter, status int, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // a probe that has disconnected needs no response
}
