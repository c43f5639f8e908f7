package cli

import (
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
)

// listedLayer is a tween or a deriver.
type listedLayer struct {
	Position int      `json:"position"` // from 1; 0: not used
	Name     string   `json:"name"`
	Under    []string `json:"under"`
	Over     []string `json:"over"`
	Source   string   `json:"source"`
}

// layers adds a row for each of names.
func (t *table) layers(inspect *registry.Introspector, category string, names []string) {
	for i, name := range names {
		row := layerOf(inspect, category, name)
		row.Position = i + 1
		t.layer(row, strconv.Itoa(row.Position))
	}
}

func (t *table) layer(row listedLayer, position string) {
	t.add(row, position, row.Name, strings.Join(row.Under, " "), strings.Join(row.Over, " "), row.Source)
}

// layerOf returns the order hints and the source of a layer. One that was not declared is the
// framework's.
func layerOf(inspect *registry.Introspector, category, name string) listedLayer {
	row := listedLayer{Name: name, Under: []string{}, Over: []string{}, Source: "(framework)"}
	declared, ok := inspect.Get(category, name)
	if !ok {
		return row
	}
	row.Source = declared.Source.String()
	for _, field := range declared.Fields {
		if names, ok := field.Value.([]string); ok && field.Name == "under" {
			row.Under = append(row.Under, names...)
		} else if ok && field.Name == "over" {
			row.Over = append(row.Over, names...)
		}
	}
	return row
}
