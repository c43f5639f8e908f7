package i18n

import "github.com/mastaba-go/mastaba/views/web"

// Domain makes messages of one catalog: Pyramid's TranslationStringFactory. It is a value, and safe
// for concurrent use.
type Domain struct{ name, context string }

// NewDomain returns the domain called name; "" is that of the application, "messages".
func NewDomain(name string) Domain { return Domain{name: name} }

// In returns the domain with a context, for texts that are equal and mean different things: "Open"
// in a menu, and as the state of a door. Only entries with this msgctxt translate its messages.
func (d Domain) In(context string) Domain {
	d.context = context
	return d
}

// Tr returns a message. id is the text itself, or a name for it, for which the catalog of the
// default locale has the text. params are names and values in turn, for the markers ${name} in the
// text; a name without a value has the value "".
//
//	text.Tr("Delete ${title}?", "title", page.Title)
func (d Domain) Tr(id string, params ...any) web.Message {
	return web.Message{ID: id, Domain: d.name, Context: d.context, Params: paramsOf(params)}
}

// Plural returns a message for a number: one is the text for 1, many that for other numbers, in the
// language of the code. Other languages have their own number of forms. The marker ${n} is the
// number, unless params have another n.
//
//	text.Plural("${n} file", "${n} files", len(files))
func (d Domain) Plural(one, many string, n int, params ...any) web.Message {
	m := web.Message{ID: one, Plural: many, N: n, Domain: d.name, Context: d.context, Params: paramsOf(params)}
	if m.Params == nil {
		m.Params = map[string]any{}
	}
	if _, given := m.Params["n"]; !given {
		m.Params["n"] = n
	}
	return m
}

func paramsOf(pairs []any) map[string]any {
	if len(pairs) == 0 {
		return nil
	}
	params := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		params[name] = ""
		if i+1 < len(pairs) {
			params[name] = pairs[i+1]
		}
	}
	return params
}
