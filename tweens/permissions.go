package tweens

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// PermissionsPolicy says who may use features of the browser: "self", "*", or origins such as
// https://maps.example.com in frames. An empty list means nobody.
//
//	tweens.PermissionsPolicy{"camera": {}, "geolocation": {"self", "https://maps.example.com"}}
//
// Features that it does not name keep the browser's defaults. Do not change it after passing it to
// SecurityHeaders.
type PermissionsPolicy map[string][]string

var _ fmt.Stringer = PermissionsPolicy(nil)

// DefaultPermissions returns the policy that SecurityHeaders uses by default: nobody may use
// camera, microphone, screen, location, payments and devices. To allow some of them, change it.
func DefaultPermissions() PermissionsPolicy {
	return PermissionsPolicy{
		"bluetooth": {}, "camera": {}, "display-capture": {}, "geolocation": {}, "hid": {}, "microphone": {},
		"midi": {}, "payment": {}, "serial": {}, "usb": {},
	}
}

// String returns the policy as it is sent, sorted.
func (p PermissionsPolicy) String() string {
	parts := make([]string, 0, len(p))
	for _, feature := range slices.Sorted(maps.Keys(p)) {
		members := slices.Clone(p[feature])
		for i, m := range members {
			if m != "self" && m != "*" {
				members[i] = `"` + m + `"`
			}
		}
		value := "(" + strings.Join(members, " ") + ")"
		if slices.Equal(members, []string{"*"}) {
			value = "*"
		}
		parts = append(parts, feature+"="+value)
	}
	return strings.Join(parts, ", ")
}

// check returns what is wrong with the policy. Features are not checked against a list, since
// browsers add some each year; an unknown one does no harm.
func (p PermissionsPolicy) check() (errs []error) {
	for _, feature := range slices.Sorted(maps.Keys(p)) {
		if feature == "" || feature[0] < 'a' || strings.Trim(feature, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			errs = append(errs, fmt.Errorf("invalid feature %q: want lower-case letters and hyphens, such as \"camera\"", feature))
			continue
		}
		for _, member := range p[feature] {
			if why := badMember(member, len(p[feature])); why != "" {
				errs = append(errs, fmt.Errorf("%s: invalid origin %q: %s", feature, member, why))
			}
		}
	}
	return errs
}

// badMember returns what is wrong with one of n members of an allowlist, "" if nothing is.
func badMember(member string, n int) string {
	switch {
	case member == "self":
		return ""
	case member == "*" && n > 1:
		return "it allows everyone: leave the others out"
	case member == "*":
		return ""
	case strings.HasPrefix(member, "'"):
		return `this header has no quotes: want "self", or an empty list for nobody`
	case member == "none":
		return "want an empty list for nobody"
	}
	_, host, ok := strings.Cut(member, "://")
	if !ok || host == "" || !isVisible(member) || strings.ContainsAny(member, `"\ ,;()`) || strings.ContainsAny(host, "/?#@") {
		return `want "self", "*" or an origin such as "https://maps.example.com"`
	}
	return ""
}
