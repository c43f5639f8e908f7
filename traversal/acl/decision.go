package acl

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/mastaba-go/mastaba/traversal"
)

// Decision says whether something is permitted, and which entry decided. Reason makes a sentence of
// it. The zero value denies.
type Decision struct {
	Allowed    bool
	Permission string         // that was asked for
	Node       traversal.Node // the resource that was asked about, at its own place
	At         traversal.Node // the resource whose list decided; zero if no entry matched
	Index      int            // of the deciding entry in that list, from 0; -1 if no entry matched
	Entry      Entry          // the deciding entry; zero if no entry matched
}

var (
	_ fmt.Stringer   = Decision{}
	_ json.Marshaler = Decision{}
)

// Reason returns a sentence for logs and explanations. It counts entries from 1:
//
//	denied by entry 2 of /wiki: deny system.Everyone *
//	denied: no entry of /wiki/Front or a resource above it matches
func (d Decision) Reason() string {
	if d.At.IsZero() {
		return fmt.Sprintf("%s: no entry of %s or a resource above it matches", d, d.Node.Path())
	}
	return fmt.Sprintf("%s by entry %d of %s: %s", d, d.Index+1, d.At.Path(), d.Entry)
}

// Deciding returns the text of the deciding entry and its position in the list of At, from 1; ""
// and 0 if no entry matched. Explanations show both.
func (d Decision) Deciding() (entry string, position int) {
	if d.At.IsZero() {
		return "", 0
	}
	return d.Entry.String(), d.Index + 1
}

// String returns "allowed" or "denied", and nothing that a client must not see.
func (d Decision) String() string {
	if d.Allowed {
		return "allowed"
	}
	return "denied"
}

// MarshalJSON returns true or false.
func (d Decision) MarshalJSON() ([]byte, error) { return strconv.AppendBool(nil, d.Allowed), nil }
