package registry_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
)

// Features is a component of an extension: switches by name.
type Features struct {
	on map[string]bool
}

// AddFeature is its directive, with conflicts and introspection like a built-in one.
func AddFeature(rec registry.Recorder, name string, on bool) {
	c := rec.Directive()
	var err error
	if name == "" {
		err = errors.New("add feature: missing name")
	}
	c.Declare(registry.Declaration{
		Category: "features",
		Type:     "feature",
		ID:       name,
		Err:      err,
		Fields:   []registry.Field{{Name: "on", Value: on}},
		Remedy:   "decide once",
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			features := registry.Ensure(reg, func() *Features { return &Features{on: map[string]bool{}} })
			features.on[name] = on
			return nil
		},
	})
}

// The directive of an extension: the application overrides what an included package declares, and
// introspection lists what is left.
func Example() {
	config := registry.New(registry.Options{})
	config.Include("acme", func(c *registry.Config) error {
		AddFeature(c, "search", false)
		AddFeature(c, "export", true)
		return nil
	})
	AddFeature(config, "search", true) // overrides the one of acme

	reg, err := config.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	features, _ := registry.Lookup[*Features](reg)
	fmt.Println("search:", features.on["search"])
	for _, in := range reg.Introspect().Category("features") {
		on, _ := in.Field("on")
		fmt.Println(in.Type, in.Title, on)
	}
	// Output:
	// search: true
	// feature export true
	// feature search true
}

// Two included packages conflict. The error reports everything that is wrong.
func Example_conflict() {
	config := registry.New(registry.Options{})
	for i, name := range []string{"acme", "umbrella"} {
		config.Include(name, func(c *registry.Config) error {
			// At stands in for the lines of two packages.
			AddFeature(c.At(registry.Source{File: name + "/include.go", Line: 10 + i}), "search", true)
			return nil
		})
	}
	AddFeature(config.At(registry.Source{File: "main.go", Line: 7}), "", true)

	_, err := config.Build()
	fmt.Println(err)
	// Output:
	// 2 errors in the configuration:
	// feature "search" registered twice:
	//     acme/include.go:10
	//     umbrella/include.go:11
	//     decide once, or include one package from the other
	// main.go:7: add feature: missing name
}

func ExampleConfig_Commit() {
	config := registry.New(registry.Options{})
	AddFeature(config, "search", false)
	config.Commit()
	AddFeature(config, "search", true) // no conflict: another round

	reg, err := config.Build()
	features, _ := registry.Lookup[*Features](reg)
	fmt.Println(features.on["search"], err)
	// Output: true <nil>
}

func ExampleConfig_With() {
	type prefix struct{}
	config := registry.New(registry.Options{})
	config.With(prefix{}, "/shop").Include("cart", func(c *registry.Config) error {
		fmt.Println(c.Value(prefix{}))
		return nil
	})
	// Output: /shop
}

func ExampleSubscribe() {
	type Saved struct{ Title string }
	drafts := registry.Filter[Saved]{
		Text:  "drafts",
		Holds: func(e Saved) (bool, error) { return strings.HasPrefix(e.Title, "Draft"), nil },
	}
	config := registry.New(registry.Options{})
	registry.Subscribe(config, func(e Saved) error { fmt.Println("saved", e.Title); return nil })
	registry.Subscribe(config, func(e Saved) error { fmt.Println("a draft"); return nil }, drafts)

	reg, _ := config.Build()
	_ = registry.Notify(reg, Saved{"Draft of a letter"})
	_ = registry.Notify(reg, Saved{"Letter"})
	fmt.Println(registry.Notifier[int](reg) == nil)
	// Output:
	// saved Draft of a letter
	// a draft
	// saved Letter
	// true
}

func ExampleSetting() {
	s := registry.Settings{"workers": "8", "debug": "yes", "timeout": "90s", "hosts": "a.example b.example", "rate": "fast"}
	workers, _ := registry.Setting(s, "workers", 4)
	debug, _ := registry.Setting(s, "debug", false)
	hosts, _ := registry.Setting(s, "hosts", []string(nil))
	title, _ := registry.Setting(s, "title", "untitled")
	_, err := registry.Setting(s, "rate", 1.5)
	fmt.Println(workers, debug, hosts, title)
	fmt.Println(err)
	// Output:
	// 8 true [a.example b.example] untitled
	// setting "rate": "fast" is not a number
}
