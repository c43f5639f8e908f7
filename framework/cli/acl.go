package cli

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func (p *program) aclCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "acl [PATH]",
		Short: "Print the access lists that count at a path, and who may do what there",
		Long: `Print the access list of each resource of the lineage of a path, / by default, from the resource up to
the root. Then print for each permission of the application whether a user has it, and which entry
decides. The permissions are those of the configuration, of the security policy and of these lists.` + inspectHelp,
		Example: "  acl /wiki/Front\n  acl /wiki/Front --as alice",
		Args:    onePath,
	}
	inspect := p.newInspector(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return inspect.run(cmd, pathOf(args), func(app *framework.App, r *web.Request, at traversal.Node) error {
			access, err := accessAt(app, r, at)
			if err != nil {
				return err
			}
			if p.json {
				return writeJSON(p.env.Stdout, access)
			}
			return access.write(p.env.Stdout)
		})
	}
	return cmd
}

// access is what a user may do with a resource.
type access struct {
	Path       string           `json:"path"`
	User       string           `json:"user,omitempty"`
	Principals []string         `json:"principals"`
	Lineage    []accessList     `json:"lineage"`
	Decisions  []listedDecision `json:"decisions"`
}

type accessList struct {
	Path    string   `json:"path"`
	Type    string   `json:"type"`
	Entries []string `json:"entries"`
}

type listedDecision struct {
	Permission string `json:"permission"`
	Allowed    bool   `json:"allowed"`
	Entry      string `json:"entry,omitempty"`
	Position   int    `json:"position,omitempty"` // of the entry in the list, from 1
	At         string `json:"at,omitempty"`
	Reason     string `json:"reason,omitempty"`
	Error      string `json:"error,omitempty"`
}

// accessAt asks the policy about each permission.
func accessAt(app *framework.App, r *web.Request, at traversal.Node) (*access, error) {
	// Nobody has the permission "", so the lists are read up to the root.
	lists, err := acl.Explain(r.Context(), r.Traverser(), at, "", nil)
	if err != nil {
		return nil, err
	}
	a := &access{Path: lists.Node.Path(), Principals: []string{}, Lineage: []accessList{}, Decisions: []listedDecision{}}
	if a.User, err = r.UserID(); err != nil {
		return nil, fmt.Errorf("user: %w", err)
	}
	if a.Principals, err = r.Principals(); err != nil {
		return nil, fmt.Errorf("principals: %w", err)
	}
	known := permissionsOf(app)
	for _, step := range lists.Steps {
		list := accessList{Path: step.Node.Path(), Type: fmt.Sprintf("%T", step.Node.Resource()), Entries: []string{}}
		var entries acl.List
		for _, entry := range step.Entries {
			list.Entries = append(list.Entries, entry.Entry.String())
			entries = append(entries, entry.Entry)
		}
		known = append(known, entries.Permissions()...)
		a.Lineage = append(a.Lineage, list)
	}
	slices.Sort(known)
	for _, permission := range slices.Compact(known) {
		d := listedDecision{Permission: permission}
		decision, err := r.Permits(permission, at)
		if err != nil {
			d.Error = err.Error()
		} else {
			d.Allowed, d.Reason = decision.Allowed, decision.Why()
			if !decision.At.IsZero() {
				d.At = decision.At.Path()
			}
			if list, ok := decision.Detail.(interface{ Deciding() (string, int) }); ok {
				d.Entry, d.Position = list.Deciding()
			}
		}
		a.Decisions = append(a.Decisions, d)
	}
	return a, nil
}

// permissionsOf returns the permissions that the configuration and the policy name.
func permissionsOf(app *framework.App) (all []string) {
	for _, declared := range app.Registry().Introspect().Category("permissions") {
		all = append(all, declared.Title)
	}
	for _, v := range views.TableOf(app.Registry()).Views() {
		for _, permission := range []string{v.Permission, v.IfPermitted(), v.IfNotPermitted()} {
			if permission != "" {
				all = append(all, permission)
			}
		}
	}
	policy, _ := registry.Lookup[web.SecurityPolicy](app.Registry())
	if knows, ok := policy.(interface{ Permissions() []string }); ok {
		all = append(all, knows.Permissions()...)
	}
	return all
}

func (a *access) write(w io.Writer) error {
	user := "anonymous"
	if a.User != "" {
		user = strconv.Quote(a.User)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "user: %s\nprincipals: %s\n\n", user, strings.Join(a.Principals, ", "))
	for _, list := range a.Lineage {
		fmt.Fprintf(&text, "%s (%s)\n", list.Path, list.Type)
		if len(list.Entries) == 0 {
			text.WriteString("  no entries\n")
		}
		for i, entry := range list.Entries {
			fmt.Fprintf(&text, "  %d. %s\n", i+1, entry)
		}
	}
	text.WriteString("\n")
	if _, err := io.WriteString(w, text.String()); err != nil {
		return err
	}
	t := &table{columns: []string{"PERMISSION", "DECISION", "ENTRY", "AT", "REASON"}, empty: "no permissions"}
	for _, d := range a.Decisions {
		verdict, entry, reason := "denied", "", d.Reason
		if d.Allowed {
			verdict = "allowed"
		}
		if d.Position > 0 {
			entry, reason = fmt.Sprintf("%d. %s", d.Position, d.Entry), ""
		}
		if d.Error != "" {
			verdict, reason = "error", d.Error
		}
		t.add(d, d.Permission, verdict, entry, d.At, reason)
	}
	return t.write(w, false)
}
