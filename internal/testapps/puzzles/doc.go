// Package puzzles holds small applications, each with one mistake that is easily
// made and hard to see. Its tests ask framework.App.Explain, whose text has to
// name the cause.
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

// Puzzle is an application, a request that it does not answer as was meant, and
// the words that have to be in the explanation.
type Puzzle struct {
	Story   string // what somebody says who is puzzled
	Options framework.Options
	Declare func(c *framework.Configurator)
	Request string   // method and target
	Headers []string // "Name: value"
	Status  int      // of the answer
	Cause   []string
}

// App builds the application.
func (p Puzzle) App() (*framework.App, error) {
	silent := zerolog.Nop()
	p.Options.Logger = &silent
	config := framework.New(p.Options)
	p.Declare(config.At(registry.Source{File: "app.go", Line: 1}))
	return config.App()
}

// Ask makes the request.
func (p Puzzle) Ask() *http.Request {
	method, target, _ := strings.Cut(p.Request, " ")
	r := httptest.NewRequest(method, target, http.NoBody)
	for _, header := range p.Headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Add(name, value)
	}
	return r
}

// root is a factory that always gives the same tree.
func root(tree traversal.Resource) web.RootFactory {
	return func(*framework.Request) (traversal.Resource, error) { return tree, nil }
}

// show is the view that was meant to answer.
func show(r *framework.Request) (*framework.Response, error) { return r.Text("shown"), nil }
