// Package puzzles contains small applications, each with one mistake that is easy to make and hard
// to see. Its tests check that framework.App.Explain names the cause.
package puzzles

import (
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// Puzzle is an application, a request with an unexpected response, and the lines that must be in
// the explanation.
type Puzzle struct {
	Story   string // how a puzzled developer would describe the problem
	Options framework.Options
	Declare func(c *framework.Configurator)
	Request string   // method and target
	Headers []string // "Name: value"
	Body    string
	Status  int // of the response
	Cause   []string

	Unforeseen bool // a tween responds: Explain does not run tweens, so it predicts another status
}

// App builds the application.
func (p Puzzle) App() (*framework.App, error) {
	silent := zerolog.Nop()
	p.Options.Logger = &silent
	config := framework.New(p.Options)
	p.Declare(config.At(registry.Source{File: "app.go", Line: 1}))
	return config.App()
}

// NewRequest returns a new request.
func (p Puzzle) NewRequest() *http.Request {
	method, target, _ := strings.Cut(p.Request, " ")
	r := httptest.NewRequest(method, target, strings.NewReader(p.Body))
	for _, header := range p.Headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Add(name, value)
	}
	return r
}

// root returns a root factory that always returns the same tree.
func root(tree traversal.Resource) web.RootFactory {
	return func(*framework.Request) (traversal.Resource, error) { return tree, nil }
}

// show is the view that should handle the request.
func show(r *framework.Request) (*framework.Response, error) { return r.Text("shown"), nil }
