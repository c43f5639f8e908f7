package main

import (
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal/acl"
)

// accessQuery is the query of the page that explains the access lists.
type accessQuery struct {
	Permission string `form:"permission"`
	As         string `form:"as"` // principals between commas; by default those of the request
}

// accessPage is what access.html shows: who has a permission at a folder or file, and why someone
// has it or not.
type accessPage struct {
	Permission, As string
	Grants         []acl.Grant
	Reason         string
	Steps          []accessStep
}

type accessStep struct {
	Path    string
	Entries []accessEntry
}

type accessEntry struct {
	Text, Outcome string
	Decides       bool
}

// showAccess is the page that explains a decision.
func showAccess(r *framework.Request, _ Entry, q accessQuery) (*accessPage, error) {
	principals, err := r.Principals()
	if err != nil {
		return nil, err
	}
	if q.As != "" {
		principals = nil
		for name := range strings.SplitSeq(q.As, ",") {
			principals = append(principals, strings.TrimSpace(name))
		}
	}
	if q.Permission == "" {
		q.Permission = mayView
	}
	page := &accessPage{Permission: q.Permission, As: strings.Join(principals, ", ")}
	if page.Grants, err = acl.Grants(r.Context(), r.Traverser(), r.Node(), q.Permission); err != nil {
		return nil, err
	}
	x, err := acl.Explain(r.Context(), r.Traverser(), r.Node(), q.Permission, principals)
	if err != nil {
		return nil, err
	}
	page.Reason = x.Decision.Reason()
	for _, step := range x.Steps {
		line := accessStep{Path: step.Node.Path()}
		for _, e := range step.Entries {
			line.Entries = append(line.Entries, accessEntry{e.Entry.String(), e.Outcome.String(), e.Outcome == acl.Decides})
		}
		page.Steps = append(page.Steps, line)
	}
	return page, nil
}
