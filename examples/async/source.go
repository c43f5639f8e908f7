package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Body is the record of one place in the source.
type Body struct {
	ID       string   `json:"id"` // its path, without a leading slash
	Title    string   `json:"title"`
	Children []string `json:"children,omitempty"`
}

// places is the data of the source: the names of children by the path of their parent.
var places = map[string][]string{
	"":                  {"sol"},
	"sol":               {"inner", "outer"},
	"sol/inner":         {"mercury", "venus", "earth", "mars"},
	"sol/inner/earth":   {"moon"},
	"sol/inner/mars":    {"phobos", "deimos"},
	"sol/outer":         {"jupiter", "saturn", "uranus", "neptune"},
	"sol/outer/jupiter": {"io", "europa", "ganymede", "callisto"},
	"sol/outer/saturn":  {"titan", "rhea", "iapetus", "enceladus"},
	"sol/outer/uranus":  {"titania", "oberon"},
	"sol/outer/neptune": {"triton"},
}

// source is a slow server and its client.
type source struct {
	url    string
	delay  time.Duration
	trips  atomic.Int64 // number of lookups served
	server *http.Server
	ended  chan struct{}
	client *http.Client

	mu  sync.Mutex // guards log
	log []string   // posted lines, the last 100
}

// startSource starts the server on a free loopback port.
func startSource(delay time.Duration) (*source, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the source: %w", err)
	}
	s := &source{
		url: "http://" + listener.Addr().String(), delay: delay, ended: make(chan struct{}),
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /places", s.servePlaces)
	mux.HandleFunc("POST /log", s.serveLog)
	s.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		defer close(s.ended)
		_ = s.server.Serve(listener) // always returns ErrServerClosed
	}()
	return s, nil
}

func (s *source) close() {
	_ = s.server.Close()
	<-s.ended
	s.client.CloseIdleConnections()
}

// wait makes the server slow.
func (s *source) wait(ctx context.Context) {
	select {
	case <-time.After(s.delay):
	case <-ctx.Done():
	}
}

// servePlaces is the server's side of load.
func (s *source) servePlaces(w http.ResponseWriter, r *http.Request) {
	s.wait(r.Context())
	found := map[string]*Body{}
	for _, id := range r.URL.Query()["id"] {
		if known(id) {
			found[id] = &Body{ID: id, Title: title(id), Children: places[id]}
		}
	}
	s.trips.Add(1)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(found) // fails only if the client has disconnected
}

func known(id string) bool {
	parent, name := path.Split(id)
	return slices.Contains(places[strings.TrimSuffix(parent, "/")], name)
}

func title(id string) string {
	name := path.Base(id)
	return strings.ToUpper(name[:1]) + name[1:]
}

// load reads any number of places in one round trip. Places that do not exist are missing in the
// result.
func (s *source) load(ctx context.Context, ids []string) (map[string]*Body, error) {
	hr, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/places?"+url.Values{"id": ids}.Encode(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := s.client.Do(hr)
	if err != nil {
		return nil, fmt.Errorf("load from the source: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	found := map[string]*Body{}
	if err := json.NewDecoder(resp.Body).Decode(&found); err != nil {
		return nil, fmt.Errorf("load from the source: %w", err)
	}
	return found, nil
}

// serveLog is the server's side of post.
func (s *source) serveLog(_ http.ResponseWriter, r *http.Request) {
	s.wait(r.Context())
	line, err := io.ReadAll(io.LimitReader(r.Body, 1<<10))
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log[max(0, len(s.log)-99):], string(line))
}

// post writes a line to the log of the source.
func (s *source) post(ctx context.Context, line string) error {
	hr, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/log", strings.NewReader(line))
	if err != nil {
		return err
	}
	resp, err := s.client.Do(hr)
	if err != nil {
		return fmt.Errorf("write to the log: %w", err)
	}
	return resp.Body.Close()
}
