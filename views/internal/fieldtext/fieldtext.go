// Package fieldtext makes messages of what is wrong with the fields of an input.
package fieldtext

import (
	"maps"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

const domain = "mastaba"

// texts are the messages for the codes of mistakes. Their defaults show translators what they are
// about: a client without a translation gets the text of the mistake itself, which may say more.
var texts = []web.Message{
	{ID: "input-invalid", Domain: domain, Default: "invalid input"},
	{ID: "input-invalid-value", Domain: domain, Default: `"${value}" is invalid`},
	{ID: "input-type", Domain: domain, Default: "expected ${want}, got ${got}"},
	{ID: "input-integer", Domain: domain, Default: `"${value}" is not an integer`},
	{ID: "input-integer-range", Domain: domain, Default: `"${value}" is not an integer from ${min} to ${max}`},
	{ID: "input-number", Domain: domain, Default: `"${value}" is not a number`},
	{ID: "input-bool", Domain: domain, Default: `"${value}" is not a bool: want true or false`},
	{ID: "input-time", Domain: domain, Default: `"${value}" is not a time: want something like 2026-01-31 or 2026-01-31T15:04:05Z`},
	{ID: "input-duration", Domain: domain, Default: `"${value}" is not a duration: want something like 1m30s`},
	{ID: "input-base64", Domain: domain, Default: `"${value}" is not base64: want something like aGVsbG8=`},
	{ID: "input-file", Domain: domain, Default: "expected text, got a file"},
	{ID: "input-index", Domain: domain, Default: `"${value}" is not an index`},
	{ID: "input-too-many", Domain: domain, Default: "more than ${max} elements"},
	{ID: "input-too-deep", Domain: domain, Default: "the name has more than ${max} steps"},
	{ID: "input-unknown", Domain: domain, Default: "no such field"},
	{ID: "input-file-name", Domain: domain, Default: "the name of the file is longer than ${max} bytes"},
	{ID: "input-media-type", Domain: domain, Default: "the file is ${got}: expected ${want}"},
	{ID: "input-more", Domain: domain, Default: "and ${count} more mistakes"},
	{ID: "input-required", Domain: domain, Default: "a value is required"},
	{ID: "input-too-large", Domain: domain, Default: "the file has ${size} bytes: expected at most ${max}"},
	{ID: "input-too-large-max", Domain: domain, Default: "the file has more than ${max} bytes"},

	// The rules of package validator.
	{ID: "input-min", Domain: domain, Default: "expected at least ${param}"},
	{ID: "input-min-characters", Domain: domain, Default: "expected at least ${param} characters"},
	{ID: "input-min-elements", Domain: domain, Default: "expected at least ${param} elements"},
	{ID: "input-max", Domain: domain, Default: "expected at most ${param}"},
	{ID: "input-max-characters", Domain: domain, Default: "expected at most ${param} characters"},
	{ID: "input-max-elements", Domain: domain, Default: "expected at most ${param} elements"},
	{ID: "input-gt", Domain: domain, Default: "expected more than ${param}"},
	{ID: "input-gt-characters", Domain: domain, Default: "expected more than ${param} characters"},
	{ID: "input-gt-elements", Domain: domain, Default: "expected more than ${param} elements"},
	{ID: "input-lt", Domain: domain, Default: "expected less than ${param}"},
	{ID: "input-lt-characters", Domain: domain, Default: "expected less than ${param} characters"},
	{ID: "input-lt-elements", Domain: domain, Default: "expected less than ${param} elements"},
	{ID: "input-len", Domain: domain, Default: "expected ${param}"},
	{ID: "input-len-characters", Domain: domain, Default: "expected ${param} characters"},
	{ID: "input-len-elements", Domain: domain, Default: "expected ${param} elements"},
	{ID: "input-email", Domain: domain, Default: "expected an email address"},
	{ID: "input-url", Domain: domain, Default: "expected a URL"},
	{ID: "input-oneof", Domain: domain, Default: "expected one of: ${param}"},
	{ID: "input-eqfield", Domain: domain, Default: "expected the same value as in ${param}"},
}

// kinds are the values of the params want and got of a mistake with the code type.
var kinds = []web.Message{
	{ID: "an array", Context: kind, Domain: domain},
	{ID: "an object", Context: kind, Domain: domain},
	{ID: "a string", Context: kind, Domain: domain},
	{ID: "a number", Context: kind, Domain: domain},
	{ID: "an integer", Context: kind, Domain: domain},
	{ID: "a non-negative integer", Context: kind, Domain: domain},
	{ID: "a bool", Context: kind, Domain: domain},
	{ID: "a time", Context: kind, Domain: domain},
	{ID: "a duration", Context: kind, Domain: domain},
	{ID: "a string in base64", Context: kind, Domain: domain},
	{ID: "null", Context: kind, Domain: domain},
	{ID: "a value", Context: kind, Domain: domain},
	{ID: "no value", Context: kind, Domain: domain},
}

const kind = "kind"

// same are the codes that share the message of another one.
var same = map[string]string{"gte": "min", "lte": "max", "http_url": "url"}

// Message returns the message for a mistake. With a code its id is "input-" and the code, followed
// by what distinguishes two messages of one code, in the domain of the framework; text is the
// default. A text without a code is its own id, in the domain of the application.
func Message(code, text string, params map[string]any) web.Message {
	if code == "" {
		return web.Message{ID: text}
	}
	if other := same[code]; other != "" {
		code = other
	}
	id := "input-" + code
	_, hasValue := params["value"]
	switch code {
	case "invalid":
		if hasValue {
			id += "-value"
		}
	case "integer":
		if _, ranged := params["min"]; ranged {
			id += "-range"
		}
		fallthrough
	case "number", "bool", "time", "duration", "base64", "index":
		if !hasValue { // it was not read from a text
			id = "input-invalid"
		}
	case "too-large":
		if _, known := params["size"]; !known { // the file was not read to its end
			id += "-max"
		}
	case "min", "max", "gt", "lt", "len":
		if unit, ok := params["unit"].(string); ok {
			id += "-" + unit
		}
	}
	all := make(map[string]any, len(params)+1)
	maps.Copy(all, params)
	all["text"] = text
	if list, ok := params["param"].(string); ok && code == "oneof" {
		all["param"] = strings.Join(strings.Fields(list), ", ")
	}
	return web.Message{ID: id, Domain: domain, Default: "${text}", Params: all}
}

// In returns the text of a mistake in a language.
func In(l web.Localizer, code, text string, params map[string]any) string {
	m := Message(code, text, params)
	if code == "type" {
		for _, name := range []string{"want", "got"} {
			if of, ok := m.Params[name].(string); ok {
				m.Params[name] = l.Translate(web.Message{ID: of, Context: kind, Domain: domain})
			}
		}
	}
	return l.Translate(m)
}
