package form

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/mastaba-go/mastaba/registry"
)

// Mistake is a value that does not fit.
type Mistake struct {
	Name string // its path on the wire, such as items.0.price; "" for the input itself
	Text string

	Code   string         // what is wrong, for programs and catalogs: see the constants
	Params map[string]any // what the text is about: "value", "want"
}

// The codes of mistakes. They are stable.
const (
	codeType    = "type"     // JSON of another type
	codeInteger = "integer"  // not an integer, or out of its range
	codeNumber  = "number"   // not a number, or out of its range
	codeBool    = "bool"     // not a bool
	codeTime    = "time"     // not a date or time
	codeLength  = "duration" // not a duration
	codeOctets  = "base64"   // not base64
	codeInvalid = "invalid"  // what a type's own method refused
	codeFile    = "file"     // a file instead of a text
	codeIndex   = "index"    // an index that is not a number
	codeMany    = "too-many" // more elements than a list or map may have
	codeDeep    = "too-deep" // a name with too many steps
	codeUnknown = "unknown"  // no field has the name
	codeMedia   = "media-type"
	codeMore    = "more" // mistakes beyond the first ones

	codeRequired = "required"  // no file
	codeTooLarge = "too-large" // a file beyond its limit
)

// Mistakes repeat what the client sent, so both their number and their texts are bounded.
const (
	mostMistakes = 100
	mostText     = 64  // bytes of a value, or of a name
	mostLong     = 256 // bytes of a path, or of the text of a type's own error
)

// mistakes collects mistakes, each with the path that is being filled: that of the branch, or else
// the name, and then the steps of path.
type mistakes struct {
	within *branch // of a form; nil for JSON
	name   string  // of a field without a branch
	path   []step

	found []Mistake
	rest  int // how many there are beyond mostMistakes
	gaps  gaps

	listed func(error) ([]Mistake, bool) // the mistakes that an error of a validator or receiver lists
	files  *files                        // nil if none arrive
}

// step is a part of a path: the name of a member, or the index of an element.
type step struct {
	name    string
	index   int
	element bool // an index, not a name
}

func (m *mistakes) add(code, text string, params map[string]any) {
	if len(m.found) == mostMistakes { // where takes time
		m.rest++
		return
	}
	m.append(Mistake{m.where(), text, code, params})
}

func (m *mistakes) append(one Mistake) {
	if len(m.found) == mostMistakes {
		m.rest++
		return
	}
	m.found = append(m.found, one)
}

// where returns the path that is being filled, as the client names it.
func (m *mistakes) where() string {
	var path strings.Builder
	begun := m.within != nil || m.name != ""
	path.WriteString(m.within.path(true))
	if m.within == nil {
		path.WriteString(clip(m.name, mostText))
	}
	for i, s := range m.path {
		if i > 0 || begun {
			path.WriteByte('.')
		}
		if path.Len() > mostLong {
			path.WriteString("…")
			break
		}
		if s.element {
			path.WriteString(strconv.Itoa(s.index))
		} else {
			path.WriteString(clip(s.name, mostText))
		}
	}
	return path.String()
}

// position returns the path that is being filled, as the input has it.
func (m *mistakes) position() string {
	if m.within == nil {
		return m.name
	}
	return m.within.path(false)
}

// addError adds the error of converting a text to type t.
func (m *mistakes) addError(err error, t reflect.Type) {
	var params map[string]any
	if invalid, ok := errors.AsType[*registry.TextError](err); ok {
		params = map[string]any{"value": clip(invalid.Text, mostText)}
		if invalid.Want != "" {
			params["want"] = invalid.Want
		}
		var least, most string
		if n, _ := fmt.Sscanf(invalid.Want, "an integer from %s to %s", &least, &most); n == 2 {
			params["min"], params["max"] = least, most
		}
	}
	m.add(codeOf(t), textOf(err, t), params)
}

// codeOf returns the code of a text that is not a value of type t.
func codeOf(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch k := t.Kind(); {
	case t == durationType:
		return codeLength
	case t == timeType:
		return codeTime
	case isOctets(t):
		return codeOctets
	case t == numberType:
		return codeNumber
	case reflect.PointerTo(t).Implements(textUnmarshaler):
		return codeInvalid
	case k == reflect.Bool:
		return codeBool
	case k == reflect.Float32, k == reflect.Float64:
		return codeNumber
	case k >= reflect.Int && k <= reflect.Uintptr:
		return codeInteger
	}
	return codeInvalid
}

func (m *mistakes) push(s step) { m.path = append(m.path, s) }

func (m *mistakes) pop() { m.path = m.path[:len(m.path)-1] }

// all returns the mistakes in the order in which they were found.
func (m *mistakes) all() []Mistake {
	if m.rest > 0 {
		return append(m.found, Mistake{Text: fmt.Sprintf("and %d more mistakes", m.rest), Code: codeMore, Params: map[string]any{"count": m.rest}})
	}
	return m.found
}

// textOf returns the text of a conversion error for the client: the value, what was expected, and
// an example of it. It shows the error of a type's own method unless that describes Go code.
func textOf(err error, t reflect.Type) string {
	invalid, ok := errors.AsType[*registry.TextError](err)
	if !ok {
		invalid = &registry.TextError{Err: err}
	}
	shown := *invalid
	shown.Text = clip(shown.Text, mostText)
	if shown.Want != "" {
		return shown.Error()
	}
	text := fmt.Sprintf("%q is invalid", shown.Text)
	if !ok {
		text = "invalid value"
	}
	if !isOfGo(shown.Err, t) {
		text += ": " + clip(shown.Err.Error(), mostLong)
	}
	if example := exampleOf(t); example != "" {
		text += ": want something like " + example
	}
	return text
}

// isOfGo reports whether an error describes Go code rather than the value: it names type t, or
// comes from a package of the standard library whose texts name functions, types or layouts.
func isOfGo(err error, t reflect.Type) bool {
	if strings.Contains(err.Error(), t.String()) {
		return true
	}
	for ; err != nil; err = errors.Unwrap(err) {
		et := reflect.TypeOf(err)
		if et.Kind() == reflect.Pointer {
			et = et.Elem()
		}
		if slices.Contains(ofGo, et.PkgPath()) {
			return true
		}
	}
	return false
}

// ofGo are the packages of the standard library whose errors describe Go code.
var ofGo = []string{
	"encoding/base64", "encoding/hex", "encoding/json", "encoding/json/v2", "encoding/json/jsontext", "net", "net/netip", "net/url",
	"regexp/syntax", "strconv", "time",
}

// exampleOf returns the text of the zero value of a type if the type reads it back, else "".
func exampleOf(t reflect.Type) (example string) {
	defer func() {
		if recover() != nil { // a type that cannot marshal its zero value has no example
			example = ""
		}
	}()
	zero, ok := reflect.New(t).Interface().(encoding.TextMarshaler)
	if !ok {
		return ""
	}
	text, err := zero.MarshalText()
	if err != nil || len(text) == 0 {
		return ""
	}
	if back, ok := zero.(encoding.TextUnmarshaler); !ok || back.UnmarshalText(text) != nil {
		return ""
	}
	return clip(string(text), mostText)
}

// clip shortens a text to at most n bytes and an ellipsis.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}
