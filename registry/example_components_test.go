package registry_test

import (
	"fmt"

	"github.com/mastaba-go/mastaba/registry"
)

// Mailer sends mail; the application chooses which.
type Mailer interface{ Send(to, text string) }

type printer struct{}

func (printer) Send(to, text string) { fmt.Println(to+":", text) }

var _ Mailer = printer{}

// A component is found by its type: what one package provides, others use.
func ExampleAddComponent() {
	config := registry.New(registry.Options{})
	registry.AddComponent[Mailer](config, printer{})
	reg, err := config.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	if mailer, ok := registry.Lookup[Mailer](reg); ok {
		mailer.Send("ann", "hello")
	}
	// Output:
	// ann: hello
}
