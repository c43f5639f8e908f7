package acl

import (
	"fmt"
	"slices"
)

// Principals and permissions with the same meaning in every list. The principals have the values of
// web.Everyone and web.Authenticated.
const (
	// Everyone is a principal of every request, anonymous ones included.
	Everyone = "system.Everyone"
	// Authenticated is a principal of every request with a user.
	Authenticated = "system.Authenticated"
	// AllPermissions in an entry stands for every permission there is. A request for AllPermissions
	// itself matches only such entries.
	AllPermissions = "*"
)

// DenyAll denies everything to everyone. At the end of a list it cuts off the lists above. Treat
// it as a constant: never assign to it.
var DenyAll = Deny(Everyone, AllPermissions)

// Entry allows or denies permissions to one principal. [Allow] and [Deny] make entries; they are
// immutable. The zero Entry matches nothing.
type Entry struct {
	allow       bool
	all         bool
	principal   string
	permissions []string
	// Each name has one of 64 bits. So a decision skips most entries that do not match after two
	// AND operations; what remains is compared in full.
	who, what uint64
}

var _ fmt.Stringer = Entry{}

// Allow returns an entry that allows a principal the permissions. Entries without a permission, or
// with the principal "", match nothing.
func Allow(principal string, permissions ...string) Entry {
	return newEntry(true, principal, permissions)
}

// Deny returns an entry that denies a principal the permissions. Entries without a permission, or
// with the principal "", match nothing.
func Deny(principal string, permissions ...string) Entry {
	return newEntry(false, principal, permissions)
}

func newEntry(allow bool, principal string, permissions []string) Entry {
	e := Entry{allow: allow, principal: principal, who: bit(principal), permissions: slices.Clone(permissions)}
	for _, permission := range permissions {
		e.what |= bit(permission)
		e.all = e.all || permission == AllPermissions
	}
	if e.all {
		e.what = ^uint64(0)
	}
	return e
}

// Allows reports whether the entry allows, and not denies.
func (e Entry) Allows() bool { return e.allow }

// Principal returns the principal.
func (e Entry) Principal() string { return e.principal }

// Permissions returns a copy of the permissions, in the order in which they were given.
func (e Entry) Permissions() []string { return slices.Clone(e.permissions) }

// Covers reports whether the entry is about a permission: it names it, or all permissions. The
// empty permission is never covered.
func (e Entry) Covers(permission string) bool { return e.covers(permission, bit(permission)) }

func (e *Entry) covers(permission string, what uint64) bool {
	return e.what&what != 0 && (e.all || slices.Contains(e.permissions, permission))
}

// bit returns a word with one of its bits set, chosen by a name; 0 for the empty name. It mixes the
// first and the last eight bytes, where names such as "group:editors", "alice@example.com" and
// UUIDs differ.
func bit(name string) uint64 {
	n := len(name)
	var first, last uint64
	switch {
	case n >= 8:
		first, last = eight(name), eight(name[n-8:])
	case n == 0:
		return 0
	default:
		for i := range n {
			first = first<<8 | uint64(name[i])
		}
	}
	mix := (first ^ uint64(n)) * 0x9E3779B97F4A7C15
	mix = (mix ^ mix>>32 ^ last) * 0xD6E8FEB86659FD93
	return 1 << (mix >> 58)
}

// eight returns the first eight bytes of s; the compiler makes one load of it.
func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
