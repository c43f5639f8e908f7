package conformance

import (
	"encoding/json"
	"fmt"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// The classes of values in the cases. Those without a way of their own to become JSON hold a
// channel, which encoding/json refuses.
type (
	Point struct {
		X, Y   any
		NoJSON chan struct{}
	}
	Point3 struct {
		Point
		Z any
	}
	Note struct {
		Text   any
		NoJSON chan struct{}
	}
	Money struct{ Amount, Currency any }
	Here  struct{ NoJSON chan struct{} }
	null  struct{} // Python's None: a value, which is rendered like others
)

// What the classes declare, for adapters: a class stands for those that extend it.
type (
	isPoint  interface{ point() *Point }
	isPoint3 interface {
		isPoint
		point3()
	}
	isNote interface{ note() *Note }
)

func (p *Point) point() *Point { return p }
func (p *Point3) point3()      {}
func (n *Note) note() *Note    { return n }

// MarshalJSON is the money's own way.
func (m *Money) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"amount": m.Amount, "currency": m.Currency})
}

// MarshalJSON returns null.
func (null) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// String returns what the renderer string makes of None.
func (null) String() string { return "None" }

// here is the own way of Here, which needs the request.
func here(r *web.Request, _ *Here) (any, error) { return map[string]any{"path": pathIn(r)}, nil }

func pathIn(r *web.Request) any {
	if r == nil {
		return null{}
	}
	return r.URL.Path
}

// valueOf reads a value. r is for what an answer that is wrapped has; nil outside of a view.
func valueOf(raw json.RawMessage, r *web.Request) (any, error) {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, err
	}
	return objects(number(v), r), nil
}

// objects makes the objects of a value that was decoded from JSON.
func objects(v any, r *web.Request) any {
	switch v := v.(type) {
	case nil:
		return null{}
	case []any:
		for i := range v {
			v[i] = objects(number(v[i]), r)
		}
	case map[string]any:
		for name := range v {
			v[name] = objects(number(v[name]), r)
		}
		part := func(name string, i int) any { return v[name].([]any)[i] }
		switch {
		case v["$point"] != nil:
			return &Point{X: part("$point", 0), Y: part("$point", 1)}
		case v["$point3"] != nil:
			return &Point3{Point{X: part("$point3", 0), Y: part("$point3", 1)}, part("$point3", 2)}
		case v["$note"] != nil:
			return &Note{Text: part("$note", 0)}
		case v["$money"] != nil:
			return &Money{part("$money", 0), part("$money", 1)}
		case v["$here"] != nil:
			return &Here{}
		case v["$wrapped"] != nil:
			return wrapped(r, v["$wrapped"].(string))
		}
	}
	return v
}

// wrapped returns a part of the response that the view wraps.
func wrapped(r *web.Request, part string) any {
	inner, ok := views.Wrapped(r)
	if !ok {
		return null{}
	}
	switch part {
	case "status":
		return inner.Status()
	case "body":
		body, _ := inner.Body()
		var v any
		if json.Unmarshal(body, &v) == nil {
			return objects(v, r)
		}
		return string(body)
	}
	if values := inner.HeaderValues(part); len(values) > 0 {
		return values[0]
	}
	return null{}
}

// classOf returns the class of a value.
func classOf(v any) string {
	switch v.(type) {
	case *Point3:
		return "Point3"
	case *Point:
		return "Point"
	case *Note:
		return "Note"
	case *Money:
		return "Money"
	case *Here:
		return "Here"
	case string:
		return "text"
	case int:
		return "number"
	case []any:
		return "list"
	}
	return "object"
}

// shown returns a value with its objects as {"$": CLASS}.
func shown(v any) any {
	switch v := v.(type) {
	case []any:
		all := make([]any, len(v))
		for i := range v {
			all[i] = shown(v[i])
		}
		return all
	case map[string]any:
		all := map[string]any{}
		for name := range v {
			all[name] = shown(v[name])
		}
		return all
	case *Point, *Point3, *Note, *Money, *Here:
		return map[string]any{"$": classOf(v)}
	}
	return v
}

// gives returns what a JSON adapter gives for a value.
func gives(kind string, r *web.Request, v any) (any, error) {
	p := &Point{X: null{}, Y: null{}}
	if of, ok := v.(isPoint); ok {
		p = of.point()
	}
	switch kind {
	case "list":
		return []any{p.X, p.Y}, nil
	case "object":
		return map[string]any{"x": p.X, "y": p.Y}, nil
	case "money":
		return &Money{p.X, "EUR"}, nil
	case "text":
		if n, ok := v.(*Note); ok {
			return n.Text, nil
		}
		return classOf(v), nil
	case "name":
		return classOf(v), nil
	case "path":
		return map[string]any{"at": pathIn(r)}, nil
	}
	return nil, fmt.Errorf("adapter that gives %q: %w", kind, errUnknown)
}

// jsonAdapters returns the adapters of a JSON renderer. Money and Here have their own way, which
// comes first.
func (b *build) jsonAdapters(list []valueAdapter) (all []views.JSONAdapter) {
	for _, a := range list {
		switch a.For {
		case "Point":
			all = append(all, adaptJSON[isPoint](a.Gives))
		case "Point3":
			all = append(all, adaptJSON[isPoint3](a.Gives))
		case "Note":
			all = append(all, adaptJSON[*Note](a.Gives))
		case "INote":
			all = append(all, adaptJSON[isNote](a.Gives))
		case "Money", "Here", "text", "number", "list", "object":
		default:
			b.unknown("class %q", a.For)
		}
	}
	return all
}

func adaptJSON[T any](kind string) views.JSONAdapter {
	return views.AdaptJSON(func(r *web.Request, v T) (any, error) { return gives(kind, r, v) })
}

// responseAdapter registers a response adapter.
func (b *build) responseAdapter(c registry.Recorder, d Directive) {
	switch d.For {
	case "Point":
		adaptResponse[isPoint](c, d)
	case "Point3":
		adaptResponse[isPoint3](c, d)
	case "Note":
		adaptResponse[*Note](c, d)
	case "INote":
		adaptResponse[isNote](c, d)
	case "Money":
		adaptResponse[*Money](c, d)
	case "Here":
		adaptResponse[*Here](c, d)
	case "text":
		adaptResponse[string](c, d)
	case "number":
		adaptResponse[int](c, d)
	case "list":
		adaptResponse[[]any](c, d)
	case "object":
		adaptResponse[map[string]any](c, d)
	default:
		b.unknown("class %q", d.For)
	}
}

func adaptResponse[T any](c registry.Recorder, d Directive) {
	views.AddResponseAdapter(c, func(r *web.Request, v T) (*web.Response, error) {
		resp := newResponse()
		resp.SetContentType("text/plain; charset=utf-8")
		what := classOf(v)
		if s, ok := any(v).(string); ok {
			what = s
		}
		resp.SetText(d.Label + ":" + what)
		playOf(r).tag(resp)
		return resp, d.Response.do(resp)
	})
}
