package sse_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal/topics"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/sse"
)

// A stream of three events.
func ExampleNew() {
	config := framework.New(framework.Options{})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return sse.New(r, sse.Options{}, func(_ context.Context, s *sse.Stream) error {
			for i := range 3 {
				e, err := sse.JSON("count", map[string]int{"n": i})
				if err != nil {
					return err
				}
				if err := s.Send(e); err != nil {
					return err
				}
			}
			return nil
		}), nil
	}), views.Name("count"))
	app, err := config.App()
	if err != nil {
		panic(err)
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/count", nil))
	for e, err := range sse.Read(w.Body) {
		fmt.Println(e.Name, string(e.Data), err)
	}
	// Output:
	// count {"n":0} <nil>
	// count {"n":1} <nil>
	// count {"n":2} <nil>
}

// The messages about a resource, for a browser that comes back.
func ExampleTopic() {
	hub := topics.New(topics.Options{})
	config := framework.New(framework.Options{})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return sse.Topic(r, hub, r.Node().Path(), "", sse.Options{}, nil), nil
	}), views.Name("events"))
	app, err := config.App()
	if err != nil {
		panic(err)
	}
	server := httptest.NewServer(app)
	defer server.Close()

	seen, _ := hub.Publish(context.Background(), "/", "said", []byte("hello"))
	_, _ = hub.Publish(context.Background(), "/", "said", []byte("are you there?"))
	r, _ := http.NewRequest(http.MethodGet, server.URL+"/events", nil)
	r.Header.Set("Last-Event-ID", seen)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	for e, err := range sse.Read(resp.Body) {
		fmt.Println(e.Name, string(e.Data), err)
		break
	}
	// Output: said are you there? <nil>
}
