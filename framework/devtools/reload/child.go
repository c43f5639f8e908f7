package reload

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
)

// Child is the side of the process that serves. It is safe for concurrent use.
type Child struct {
	listener net.Listener
	status   *os.File
	orders   *os.File
	id       string

	mu      sync.Mutex
	last    order         // guarded by mu; the zero order if the last build succeeded
	news    chan struct{} // guarded by mu; closed with the next order
	stopped bool          // guarded by mu
	reading chan struct{} // closed when no more orders come
}

// The paths of the script and its events. They hide no page of an application: no resource is named
// "-".
const (
	scriptPath = "/-/dev/reload.js"
	eventsPath = "/-/dev/reload"
)

//go:embed reload.js
var script []byte

// Attach returns the Child if a supervisor has started this process, and nil without an error
// otherwise. When the supervisor is gone, or after Close, end is called on a goroutine of the Child.
// Call Attach once, and Close at the end.
func Attach(end func()) (*Child, error) {
	if os.Getenv(variable) == "" {
		return nil, nil
	}
	if err := os.Unsetenv(variable); err != nil { // processes that this one starts must not attach
		return nil, err
	}
	file := os.NewFile(firstFile, "listener")
	l, err := net.FileListener(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("reload: the listener of the supervisor: %w", err)
	}
	if err := interruptible(firstFile + 2); err != nil {
		return nil, errors.Join(fmt.Errorf("reload: the orders of the supervisor: %w", err), l.Close())
	}
	c := &Child{
		listener: l, status: os.NewFile(firstFile+1, "status"), orders: os.NewFile(firstFile+2, "orders"),
		id: strconv.Itoa(os.Getpid()) + "-" + strconv.FormatInt(time.Now().UnixNano(), 36), news: make(chan struct{}), reading: make(chan struct{}),
	}
	go c.read(end) // ends with the pipe, or Close
	return c, nil
}

// Listener returns the listener to serve on. The server closes it.
func (c *Child) Listener() net.Listener { return c.listener }

// Ready reports to the supervisor that the process serves. Call it once. live are the folders that
// the process reads files from, as absolute paths: browsers reload their pages when something changes
// there.
func (c *Child) Ready(live []string) error {
	line, err := json.Marshal(status{live})
	if err != nil {
		return err
	}
	_, err = c.status.Write(append(line, '\n'))
	return errors.Join(err, c.status.Close())
}

// Close stops reading orders, and waits until the goroutine that does so has ended. Event streams
// then end too. Call it once.
func (c *Child) Close() {
	_ = c.orders.Close()
	<-c.reading
}

// read reads the orders.
func (c *Child) read(end func()) {
	defer close(c.reading)
	lines := bufio.NewScanner(c.orders)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var o order
		if json.Unmarshal(lines.Bytes(), &o) != nil {
			continue
		}
		c.receive(o)
		if o.Event == eventStop {
			return
		}
	}
	c.receive(order{Event: eventStop})
	end()
}

func (c *Child) receive(o order) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = o
	c.stopped = c.stopped || o.Event == eventStop
	close(c.news)
	c.news = make(chan struct{})
}

func (c *Child) now() (last order, stopped bool, news <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last, c.stopped, c.news
}

// Script returns the URL of the script that reloads pages, for a script element in each of them.
func (c *Child) Script() string { return scriptPath + "?process=" + c.id }

// Handler serves the script and the events, and passes everything else to next.
func (c *Child) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case scriptPath:
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
			_, _ = w.Write(script)
		case eventsPath:
			c.serveEvents(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// serveEvents sends the id of this process, and then each order, until the process has to stop.
func (c *Child) serveEvents(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/event-stream")
	send := func(event, text string) bool {
		data, _ := json.Marshal(text)
		var b bytes.Buffer
		fmt.Fprintf(&b, "event: %s\ndata: %s\n\n", event, data)
		_, err := w.Write(b.Bytes())
		return err == nil && http.NewResponseController(w).Flush() == nil
	}
	last, stopped, news := c.now()
	if !send("process", c.id) || last.Event == eventFailed && !send(last.Event, last.Text) {
		return
	}
	alive := time.NewTicker(15 * time.Second)
	defer alive.Stop()
	for !stopped {
		select {
		case <-r.Context().Done():
			return
		case <-alive.C:
			if !send("alive", "") {
				return
			}
			continue
		case <-news:
		}
		if last, stopped, news = c.now(); !stopped && !send(last.Event, last.Text) {
			return
		}
	}
}
