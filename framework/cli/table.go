package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// table is a list that is printed as text or as JSON.
type table struct {
	columns []string
	rows    [][]string
	objects []any  // of the rows, for JSON
	empty   string // printed if there are no rows
}

// add adds a row in both forms.
func (t *table) add(object any, cells ...string) {
	t.rows, t.objects = append(t.rows, cells), append(t.objects, object)
}

// filter keeps the rows that contain text, ignoring case.
func (t *table) filter(text string) {
	if text == "" {
		return
	}
	var kept table
	for i, row := range t.rows {
		if slices.ContainsFunc(row, func(cell string) bool { return strings.Contains(strings.ToLower(cell), strings.ToLower(text)) }) {
			kept.add(t.objects[i], row...)
		}
	}
	t.rows, t.objects, t.empty = kept.rows, kept.objects, fmt.Sprintf("no rows contain %q", text)
}

// write prints the table. Text omits empty columns.
func (t *table) write(w io.Writer, asJSON bool) error {
	if asJSON {
		return writeJSON(w, append([]any{}, t.objects...))
	}
	if len(t.rows) == 0 {
		_, err := fmt.Fprintf(w, "(%s)\n", t.empty)
		return err
	}
	var shown []int
	for i := range t.columns {
		if slices.ContainsFunc(t.rows, func(row []string) bool { return row[i] != "" }) {
			shown = append(shown, i)
		}
	}
	tabs := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{t.columns}, t.rows...) {
		cells := make([]string, len(shown))
		for n, i := range shown {
			if cells[n] = row[i]; cells[n] == "" && n < len(shown)-1 {
				cells[n] = "-"
			}
		}
		fmt.Fprintln(tabs, strings.Join(cells, "\t"))
	}
	return tabs.Flush()
}

// writeJSON writes v, indented.
func writeJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}
