package acl

import (
	"encoding"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The text of a list, for configuration files, databases and tests, has one entry a line:
//
//	allow group:editors edit,view
//	deny system.Everyone *          # nobody else
//
// An entry is "allow" or "deny", a principal, and permissions between commas. Blanks separate them
// and may surround a comma. "#" where a name could begin starts a comment. A name with blanks,
// commas or quotes, or that begins with "#", is written as a Go string: "Alice Smith".

var (
	_ fmt.Stringer             = List{}
	_ encoding.TextMarshaler   = List{}
	_ encoding.TextUnmarshaler = (*List)(nil)
)

// ParseError is a line that is not an entry.
type ParseError struct {
	Line   int // from 1
	Reason string
}

var _ error = (*ParseError)(nil)

// Error names the line and says what is wrong.
func (e *ParseError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// Parse reads a list from its text: one entry a line, such as
//
//	allow group:editors edit,view
//	deny system.Everyone *          # nobody else
//
// Empty lines and comments are skipped. A name with blanks, commas or quotes, or that begins with
// "#", is written as a Go string ("Alice Smith"). The error joins a [*ParseError] for each wrong
// line; the list is nil then, since a list without some of its entries means something else.
func Parse(text string) (List, error) {
	var list List
	err := eachLine(text, func(_ int, line string) error {
		e, ok, err := parseLine(line)
		if ok {
			list = append(list, e)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// eachLine calls parse with each line of a text, from 1, and joins the errors.
func eachLine(text string, parse func(number int, line string) error) error {
	var errs []error
	number := 0
	for line := range strings.SplitSeq(text, "\n") {
		number++
		if err := parse(number, line); err != nil {
			errs = append(errs, &ParseError{number, err.Error()})
		}
	}
	return errors.Join(errs...)
}

// parseLine reads one line; ok is false if it holds no entry.
func parseLine(line string) (e Entry, ok bool, err error) {
	in := input(line)
	if in.atEnd() {
		return Entry{}, false, nil
	}
	effect, err := in.name("allow or deny")
	if err != nil {
		return Entry{}, false, err
	}
	if effect != "allow" && effect != "deny" {
		return Entry{}, false, fmt.Errorf("expected allow or deny, got %q (want, for example: allow group:editors edit,view)", effect)
	}
	principal, err := in.name("a principal")
	if err != nil {
		return Entry{}, false, err
	}
	var permissions []string
	for more := true; more; more = in.comma() {
		permission, err := in.name("a permission")
		if err != nil {
			return Entry{}, false, err
		}
		permissions = append(permissions, permission)
	}
	if !in.atEnd() {
		return Entry{}, false, fmt.Errorf("expected a comma or the end of the line before %q", string(in))
	}
	return newEntry(effect == "allow", principal, permissions), true, nil
}

// input is the rest of a line.
type input string

// atEnd skips blanks, and reports whether nothing but a comment is left.
func (in *input) atEnd() bool {
	*in = input(strings.TrimLeft(string(*in), " \t\r"))
	return *in == "" || (*in)[0] == '#'
}

// comma skips a comma, if there is one.
func (in *input) comma() bool {
	if in.atEnd() || (*in)[0] != ',' {
		return false
	}
	*in = (*in)[1:]
	return true
}

// name reads a name. what says in errors which one was expected, such as "a principal".
func (in *input) name(what string) (string, error) {
	if in.atEnd() {
		return "", fmt.Errorf("expected %s at the end of the line", what)
	}
	s := string(*in)
	if s[0] == '"' {
		quoted, err := strconv.QuotedPrefix(s)
		if err != nil {
			return "", fmt.Errorf("expected %s, got an invalid quoted string %s", what, strconv.Quote(s))
		}
		name, _ := strconv.Unquote(quoted)
		if name == "" {
			return "", fmt.Errorf("expected %s, got an empty one, which would match nothing", what)
		}
		*in = input(s[len(quoted):])
		return name, in.boundary(what)
	}
	end := 0
	for end < len(s) {
		r, size := utf8.DecodeRuneInString(s[end:])
		if !isPlain(r, size) {
			break
		}
		end += size
	}
	if end == 0 {
		return "", fmt.Errorf("expected %s before %q", what, s)
	}
	*in = input(s[end:])
	return s[:end], in.boundary(what)
}

// boundary returns an error if a name goes on with what no name may hold.
func (in *input) boundary(what string) error {
	if *in == "" || strings.ContainsRune(" \t\r,", rune((*in)[0])) {
		return nil
	}
	return fmt.Errorf("%s ends before %q: write a name with such characters as a Go string", what, string(*in))
}

// isPlain reports whether a name with this character needs no quotes.
func isPlain(r rune, size int) bool {
	return r != ',' && r != '"' && unicode.IsGraphic(r) && !unicode.IsSpace(r) && !(r == utf8.RuneError && size == 1)
}

// String returns the entry as Parse reads it, such as "allow group:editors edit,view".
func (e Entry) String() string {
	text := []byte("deny ")
	if e.allow {
		text = []byte("allow ")
	}
	text = append(appendName(text, e.principal), ' ')
	for i, permission := range e.permissions {
		if i > 0 {
			text = append(text, ',')
		}
		text = appendName(text, permission)
	}
	if len(e.permissions) == 0 {
		text = appendName(text, "")
	}
	return string(text)
}

func appendName(text []byte, name string) []byte {
	plain := name != "" && name[0] != '#'
	for i, r := range name {
		size := 1
		if r == utf8.RuneError {
			_, size = utf8.DecodeRuneInString(name[i:])
		}
		plain = plain && isPlain(r, size)
	}
	if plain {
		return append(text, name...)
	}
	return strconv.AppendQuote(text, name)
}

// String returns the list as Parse reads it, one entry a line.
func (l List) String() string {
	lines := make([]string, len(l))
	for i, e := range l {
		lines[i] = e.String()
	}
	return strings.Join(lines, "\n")
}

// MarshalText returns the text of the list. An entry with an empty principal or permission is an
// error, since Parse would refuse it.
func (l List) MarshalText() ([]byte, error) {
	for i, e := range l {
		if e.principal == "" || len(e.permissions) == 0 || slices.Contains(e.permissions, "") {
			return nil, fmt.Errorf("acl: entry %d (%v) has an empty principal or permission", i+1, e)
		}
	}
	return []byte(l.String()), nil
}

// UnmarshalText reads a list as Parse does.
func (l *List) UnmarshalText(text []byte) (err error) {
	*l, err = Parse(string(text))
	return err
}
