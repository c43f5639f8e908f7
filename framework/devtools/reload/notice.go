package reload

import (
	"context"
	"errors"
	"html/template"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

// notice is what the supervisor itself serves while no process does: a page that says why.
type notice struct {
	text   atomic.Pointer[string]
	server *http.Server
	done   chan struct{}
}

var noticePage = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="1">
<title>The program is not running</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.4rem }
pre { font: 14px/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; border-left: 4px solid #b3261e; padding: .8rem }
</style>
</head>
<body>
<h1>The program is not running</h1>
<pre>{{.}}</pre>
<p>This page reloads itself.</p>
</body>
</html>
`))

// serveNotice begins to serve on a listener that others have too.
func serveNotice(file *os.File) (*notice, error) {
	l, err := net.FileListener(file)
	if err != nil {
		return nil, err
	}
	n := &notice{done: make(chan struct{})}
	n.server = &http.Server{Handler: n, ReadHeaderTimeout: 10 * time.Second}
	n.server.SetKeepAlivesEnabled(false) // the next request is for the next process
	go func() {
		defer close(n.done)
		_ = n.server.Serve(l) // ends with close
	}()
	return n, nil
}

func (n *notice) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	header.Set("Retry-After", "1")
	w.WriteHeader(http.StatusServiceUnavailable)
	if text := n.text.Load(); text != nil && r.Method != http.MethodHead {
		_ = noticePage.Execute(w, *text)
	}
}

// close ends the notice once its requests have been served, after a second at most.
func (n *notice) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := n.server.Shutdown(ctx); errors.Is(err, context.DeadlineExceeded) {
		_ = n.server.Close()
	}
	<-n.done
}
