package conformance

import (
	"encoding/json"
	"maps"
	"slices"
)

// Predicates are the conditions of a view, sorted by kind.
type Predicates []Predicate

// Predicate is one condition: a kind and a value, which is a bool, a string or a list of strings.
// It may be negated.
type Predicate struct {
	Kind   string
	Not    bool
	Truth  bool     // value of xhr and is_authenticated
	Values []string // value of all others
	List   bool     // whether the value was a list
}

// UnmarshalJSON reads an object of kinds and values.
func (ps *Predicates) UnmarshalJSON(b []byte) error {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(b, &values); err != nil {
		return err
	}
	for _, kind := range slices.Sorted(maps.Keys(values)) {
		p := Predicate{Kind: kind}
		if err := p.read(values[kind]); err != nil {
			return err
		}
		*ps = append(*ps, p)
	}
	return nil
}

func (p *Predicate) read(value json.RawMessage) error {
	switch value[0] {
	case '{':
		var negated struct {
			Not json.RawMessage `json:"not"`
		}
		if err := strict(value, &negated); err != nil {
			return err
		}
		p.Not = true
		return p.read(negated.Not)
	case '[':
		p.List = true
		return json.Unmarshal(value, &p.Values)
	case '"':
		p.Values = []string{""}
		return json.Unmarshal(value, &p.Values[0])
	}
	return json.Unmarshal(value, &p.Truth)
}

// The kinds of predicates that every application knows, and those that cases may add.
var (
	builtinKinds = []string{
		"xhr", "request_method", "path_info", "request_param", "header", "accept", "containment",
		"match_param", "physical_path", "is_authenticated", "effective_principals",
	}
	customKinds = map[string]string{"weekday": "X-Weekday", "tenant": "X-Tenant"}
)
