package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Differences compares exactly the fields of want and describes the differences; "" if there are
// none.
func Differences(want Expect, got Report) string {
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(want)) {
		value, present := got[name]
		if !present {
			wrong = append(wrong, fmt.Sprintf("%s: want %s, got nothing", name, text(want[name])))
		} else if d := difference(name, want[name], value); d != "" {
			wrong = append(wrong, d)
		}
	}
	return strings.Join(wrong, "; ")
}

// difference describes the difference in one field, "" if it is equal.
func difference(name string, want, got any) string {
	want, got = normal(want), normal(got)
	if reflect.DeepEqual(want, got) {
		return ""
	}
	return fmt.Sprintf("%s: want %s, got %s", name, text(want), text(got))
}

// normal converts a value to what encoding/json decodes. A nil list becomes an empty one.
func normal(v any) any {
	switch v := v.(type) {
	case []string:
		if v == nil {
			return []any{}
		}
	case Report:
		return normalFields(v)
	case map[string]any:
		return normalFields(v)
	}
	var plain any
	if err := json.Unmarshal([]byte(text(v)), &plain); err != nil {
		return err
	}
	return plain
}

func normalFields(fields map[string]any) any {
	all := map[string]any{}
	for name, value := range fields {
		all[name] = normal(value)
	}
	return all
}

// text returns a value as JSON.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
