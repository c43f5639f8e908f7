package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"iter"
	"strings"

	"github.com/mastaba-go/mastaba/traversal"
)

//go:embed world.json
var worldJSON []byte

// Place is a node of the tree.
type Place interface {
	Title() string
	Kind() string
}

// World is the root.
type World struct {
	Name       string       `json:"name"`
	Continents []*Continent `json:"continents"`
	children   index[*Continent]
}

// Continent holds countries.
type Continent struct {
	Slug      string     `json:"slug"`
	Name      string     `json:"name"`
	Countries []*Country `json:"countries"`
	children  index[*Country]
}

// Country holds regions.
type Country struct {
	Slug       string    `json:"slug"`
	Name       string    `json:"name"`
	Native     string    `json:"native"`
	Code       string    `json:"code"`
	Capital    string    `json:"capital,omitempty"`
	Currencies []string  `json:"currencies,omitempty"`
	Languages  []string  `json:"languages,omitempty"`
	Regions    []*Region `json:"regions,omitempty"`
	children   index[*Region]
}

// Region is a leaf: it has no children.
type Region struct {
	Slug string `json:"slug"`
	Name string `json:"name"`
	Code string `json:"code,omitempty"`
}

func (*World) Kind() string     { return "world" }
func (*Continent) Kind() string { return "continent" }
func (*Country) Kind() string   { return "country" }
func (*Region) Kind() string    { return "region" }

func (w *World) Title() string     { return w.Name }
func (c *Continent) Title() string { return c.Name }
func (c *Country) Title() string   { return c.Name }
func (r *Region) Title() string    { return r.Name }

// Child makes a resource a container for traversal. Children lets pages list what is in it.
func (w *World) Child(_ context.Context, name string) (traversal.Resource, error) {
	return w.children.child(name)
}
func (c *Continent) Child(_ context.Context, name string) (traversal.Resource, error) {
	return c.children.child(name)
}
func (c *Country) Child(_ context.Context, name string) (traversal.Resource, error) {
	return c.children.child(name)
}

func (w *World) Children(context.Context) iter.Seq2[traversal.Entry, error] {
	return w.children.entries()
}
func (c *Continent) Children(context.Context) iter.Seq2[traversal.Entry, error] {
	return c.children.entries()
}
func (c *Country) Children(context.Context) iter.Seq2[traversal.Entry, error] {
	return c.children.entries()
}

var (
	_ traversal.Container = (*World)(nil)
	_ traversal.Container = (*Continent)(nil)
	_ traversal.Container = (*Country)(nil)
	_ traversal.Lister    = (*World)(nil)
	_ traversal.Lister    = (*Continent)(nil)
	_ traversal.Lister    = (*Country)(nil)
)

// index finds children by name and lists them in order.
type index[T traversal.Resource] struct {
	byName map[string]T
	list   []traversal.Entry
}

func (i *index[T]) add(name string, child T) error {
	if i.byName == nil {
		i.byName = map[string]T{}
	}
	if _, twice := i.byName[name]; twice {
		return fmt.Errorf("duplicate name %q in one place", name)
	}
	i.byName[name] = child
	i.list = append(i.list, traversal.Entry{Name: name, Resource: child})
	return nil
}

func (i *index[T]) child(name string) (traversal.Resource, error) {
	child, ok := i.byName[name]
	if !ok {
		return nil, traversal.ErrNotFound
	}
	return child, nil
}

func (i *index[T]) entries() iter.Seq2[traversal.Entry, error] {
	return func(yield func(traversal.Entry, error) bool) {
		for _, e := range i.list {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// readWorld reads the document that ships with the program.
func readWorld() (*World, error) {
	w := new(World)
	if err := json.Unmarshal(worldJSON, w); err != nil {
		return nil, fmt.Errorf("world.json: %w", err)
	}
	for _, continent := range w.Continents {
		if err := w.children.add(continent.Slug, continent); err != nil {
			return nil, err
		}
		for _, country := range continent.Countries {
			if err := continent.children.add(country.Slug, country); err != nil {
				return nil, err
			}
			for _, region := range country.Regions {
				if err := country.children.add(region.Slug, region); err != nil {
					return nil, err
				}
			}
		}
	}
	return w, nil
}

// matches reports whether the title of a place contains the text, ignoring case.
func matches(p Place, text string) bool {
	return strings.Contains(strings.ToLower(p.Title()), strings.ToLower(text))
}
