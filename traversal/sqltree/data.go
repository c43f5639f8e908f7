package sqltree

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// DataError means that the data of a node cannot be stored: they hold what one of the databases
// refuses, such as a NUL in a text. The tree refuses it on both.
type DataError struct {
	Name string // of the node
	Err  error  // why
}

// Error names the node and says why.
func (e *DataError) Error() string {
	return fmt.Sprintf("the data of %q cannot be stored: %v", e.Name, e.Err)
}

// Unwrap returns the reason.
func (e *DataError) Unwrap() error { return e.Err }

// Status returns 422.
func (e *DataError) Status() int { return http.StatusUnprocessableEntity }

// encode returns the data of a resource.
func (t *Tree) encode(res Resource, name string) ([]byte, error) {
	data, err := json.Marshal(res)
	if err != nil {
		return nil, fmt.Errorf("data of %q (%T): %w", name, res, err)
	}
	if len(data) > t.options.MaxData {
		return nil, &LimitError{What: fmt.Sprintf("the size of the data of %q", name), Got: len(data), Max: t.options.MaxData}
	}
	if err := checkJSON(data); err != nil {
		return nil, &DataError{name, err}
	}
	return data, nil
}

// Limits of the JSON that both databases store: SQLite reads 1,000 levels, PostgreSQL numbers of
// some ten thousand digits.
const (
	maxLevels = 900
	maxDigits = 10_000
)

// checkJSON reports what one of the databases does not store, of data that is valid JSON: a NUL,
// half of a surrogate pair, bytes that are not UTF-8, many levels, and very long numbers. What a
// Go struct encodes to can only fail for a NUL; a json.RawMessage can contain the others.
func checkJSON(data []byte) error {
	if !utf8.Valid(data) {
		return errors.New("a string in it is not valid UTF-8")
	}
	levels := 0
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '"':
			n, err := checkString(data[i+1:])
			if err != nil {
				return err
			}
			i += n + 1
		case c == '[' || c == '{':
			if levels++; levels > maxLevels {
				return fmt.Errorf("it has more than %d levels", maxLevels)
			}
		case c == ']' || c == '}':
			levels--
		case c == '-' || c >= '0' && c <= '9':
			n, err := checkNumber(data[i:])
			if err != nil {
				return err
			}
			i += n - 1
		}
	}
	return nil
}

// checkString returns the length of a string, without the quote that ends it.
func checkString(s []byte) (int, error) {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return i, nil
		case s[i] != '\\':
		case s[i+1] != 'u':
			i++
		default:
			r := codeUnit(s[i:])
			switch {
			case r == 0:
				return 0, errors.New("a string in it contains a NUL, which PostgreSQL cannot store")
			case !utf16.IsSurrogate(r):
			case utf16.DecodeRune(r, codeUnit(s[i+6:])) != utf8.RuneError:
				i += 6
			default:
				return 0, fmt.Errorf("a string in it contains %s, half of a surrogate pair", s[i:i+6])
			}
			i += 5
		}
	}
	return len(s), nil
}

// codeUnit returns the value of an escape such as \u0041 at the beginning of s, -1 without one.
func codeUnit(s []byte) rune {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(string(s[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}

// checkNumber returns the length of a number.
func checkNumber(s []byte) (int, error) {
	n := 0
	for n < len(s) && bytes.IndexByte([]byte("+-.eE0123456789"), s[n]) >= 0 {
		n++
	}
	_, exponent, found := bytes.Cut(bytes.ToLower(s[:n]), []byte("e"))
	size, err := 0, error(nil)
	if found {
		size, err = strconv.Atoi(string(exponent))
	}
	if err != nil || n > maxDigits || size > maxDigits || size < -maxDigits {
		return 0, fmt.Errorf("a number in it has more than %d digits", maxDigits)
	}
	return n, nil
}
