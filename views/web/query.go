package web

import "fmt"

// QueryParam is one parameter of a query: its value is a text, a number or
// whatever else a URL may hold, nil for an empty one, or a list for several.
type QueryParam struct {
	Name  string
	Value any
}

// queryPairs reads the arguments of Query: names and values in turn.
func queryPairs(pairs []any) ([]QueryParam, error) {
	query := make([]QueryParam, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("query: argument %d, a %T, stands where a name must be: give names and values in turn", i+1, pairs[i])
		}
		if i+1 == len(pairs) {
			return nil, fmt.Errorf("query: %q has no value: give names and values in turn", name)
		}
		query = append(query, QueryParam{name, pairs[i+1]})
	}
	return query, nil
}

// appendQuery appends the parameters, escaped. As Pyramid has it, an empty list
// adds nothing, but what follows it has a '&' in front all the same.
func appendQuery(b []byte, query []QueryParam) ([]byte, error) {
	for i, p := range query {
		items, isList := listOf(p.Value)
		if !isList {
			items = []any{p.Value}
		}
		for j, item := range items {
			if i > 0 || j > 0 {
				b = append(b, '&')
			}
			text, err := textOf(item)
			if err != nil && err != errNilValue {
				return nil, fmt.Errorf("query parameter %q %w", p.Name, err)
			}
			b = appendPair(b, p.Name)
			b = append(b, '=')
			b = appendPair(b, text)
		}
	}
	return b, nil
}

// ownQuery returns the parameters of the request's own query string.
func (r *Request) ownQuery() ([]QueryParam, error) {
	own, err := parseParameters(r.URL.RawQuery)
	if err != nil {
		return nil, BadRequest("the query string is not UTF-8").With(err)
	}
	query := make([]QueryParam, len(own))
	for i, p := range own {
		query[i] = QueryParam{p.name, p.value}
	}
	return query, nil
}
