package session

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/framework/internal/cookies"
)

// TooLargeError is the error of a value that does not fit: browsers ignore a cookie whose name and
// value have more than 4,096 bytes together. The session keeps what it had before.
type TooLargeError struct {
	// Cookie is the name of the cookie.
	Cookie string
	// Size is how many bytes name and value would have had, Limit how many they may have.
	Size, Limit int
	// Values are the values of the session and what each of them takes in the cookie, the largest
	// first.
	Values []ValueSize
}

// ValueSize is what a value takes in a cookie.
type ValueSize struct {
	Name string
	Size int // in bytes
}

var _ error = (*TooLargeError)(nil)

func newTooLargeError(name string, entries []entry, size int) *TooLargeError {
	e := &TooLargeError{Cookie: name, Size: size, Limit: cookies.MaxSize}
	flash := map[string]int{}
	for _, v := range entries {
		switch {
		case v.deleted:
		case isFlash(v.name):
			flash[queueOf(v.name)] += cookies.EncodedLen(entryLen(v))
		default:
			e.Values = append(e.Values, ValueSize{v.name, cookies.EncodedLen(entryLen(v))})
		}
	}
	for queue, size := range flash {
		e.Values = append(e.Values, ValueSize{flashPrefix + queue, size})
	}
	slices.SortFunc(e.Values, func(a, b ValueSize) int {
		return cmp.Or(cmp.Compare(b.Size, a.Size), strings.Compare(a.Name, b.Name))
	})
	return e
}

// Error names the three largest values.
func (e *TooLargeError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "session cookie %q would have %d bytes, more than the %d that browsers accept; the largest values are ", e.Cookie, e.Size, e.Limit)
	for i, v := range e.Values[:min(len(e.Values), 3)] {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q with %d bytes", v.Name, v.Size)
	}
	b.WriteString(": keep less in the session, or set session.Options.Store")
	return b.String()
}
