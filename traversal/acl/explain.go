package acl

import (
	"context"
	"fmt"
	"strings"

	"github.com/mastaba-go/mastaba/traversal"
)

// Explanation is a decision with everything that led to it, for explanations, administration pages
// and tests.
type Explanation struct {
	Decision   Decision       // zero after an error
	Node       traversal.Node // that was asked about, at its own place
	Permission string         // that was asked for
	Principals []string       // that were asked about, without local roles
	Steps      []Step         // the resources that were looked at, from the node up
	Roles      []Role         // the local roles of the lineage, if any entry needed them
}

var _ fmt.Stringer = (*Explanation)(nil)

// Step is one resource whose list was looked at.
type Step struct {
	Node    traversal.Node
	Entries []Checked // all entries of the list, also those after the deciding one
}

// Role is a local role and the resource that grants it.
type Role struct {
	Name string
	Node traversal.Node
}

// Checked is an entry and what came of it.
type Checked struct {
	Entry
	Outcome Outcome
}

// Outcome says what an entry contributed to a decision.
type Outcome uint8

const (
	// NotReached: an entry before it decided.
	NotReached Outcome = iota
	// OtherPermission: it is about other permissions.
	OtherPermission
	// OtherPrincipal: it is about the permission, but for another principal.
	OtherPrincipal
	// Decides: it is the deciding entry.
	Decides
)

// String returns a text such as "another permission".
func (o Outcome) String() string {
	switch o {
	case OtherPermission:
		return "another permission"
	case OtherPrincipal:
		return "another principal"
	case Decides:
		return "decides"
	}
	return "not reached"
}

// Explain decides as [Permits] does, and reports each resource and entry that it looked at. It
// calls the resources as Permits does and costs more. If there is an error, the Explanation holds
// the steps up to it, and its Decision is the zero one; it is nil if the lineage itself is broken.
func Explain(ctx context.Context, t *traversal.Traverser, node traversal.Node, permission string, principals []string) (*Explanation, error) {
	node, err := t.Canonical(ctx, node)
	if err != nil {
		return nil, err
	}
	x := &Explanation{Node: node, Permission: permission, Principals: principals}
	q := newQuestion(t, permission, principals)
	q.granted = func(n traversal.Node, roles []string) {
		for _, role := range roles {
			x.Roles = append(x.Roles, Role{role, n})
		}
	}
	d := Decision{Permission: permission, Node: node, Index: -1}
	for n, ok := node, true; ok && d.At.IsZero(); n, ok = n.Parent() {
		list, err := q.listAt(ctx, n)
		if err != nil {
			return x, err
		}
		step := Step{Node: n, Entries: make([]Checked, len(list))}
		for i := range list {
			step.Entries[i].Entry = list[i]
		}
		x.Steps = append(x.Steps, step)
		for i := range list {
			outcome, err := q.check(ctx, node, &list[i])
			if err != nil {
				return x, err
			}
			if step.Entries[i].Outcome = outcome; outcome == Decides {
				d.Allowed, d.At, d.Index, d.Entry = list[i].allow, n, i, list[i]
				break
			}
		}
	}
	x.Decision = d
	return x, nil
}

// check returns what an entry contributes.
func (q *question) check(ctx context.Context, node traversal.Node, e *Entry) (Outcome, error) {
	if !e.covers(q.permission, q.what) {
		return OtherPermission, nil
	}
	held, err := q.holds(ctx, node, e)
	switch {
	case err != nil:
		return NotReached, err
	case held:
		return Decides, nil
	}
	return OtherPrincipal, nil
}

// String returns a text of several lines, without a newline at its end:
//
//	denied by entry 2 of /wiki: deny system.Everyone *
//	edit at /wiki/Front, asked for system.Everyone, bob
//	/wiki/Front (*wiki.Page)
//	  no entries
//	/wiki (*wiki.Wiki)
//	  1. allow group:editors edit,view — another principal
//	  2. deny system.Everyone * — decides
func (x *Explanation) String() string {
	var text strings.Builder
	if x.Decision.Node.IsZero() {
		text.WriteString("no decision")
	} else {
		text.WriteString(x.Decision.Reason())
	}
	who := "nobody"
	if len(x.Principals) > 0 {
		who = strings.Join(x.Principals, ", ")
	}
	fmt.Fprintf(&text, "\n%s at %s, asked for %s", x.Permission, x.Node.Path(), who)
	for _, role := range x.Roles {
		fmt.Fprintf(&text, "\nlocal role %s of %s", role.Name, role.Node.Path())
	}
	for _, step := range x.Steps {
		fmt.Fprintf(&text, "\n%v", step.Node)
		if len(step.Entries) == 0 {
			text.WriteString("\n  no entries")
		}
		for i, e := range step.Entries {
			fmt.Fprintf(&text, "\n  %d. %v — %v", i+1, e.Entry, e.Outcome)
		}
	}
	return text.String()
}
