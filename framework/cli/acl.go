package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/devtools"
	"github.com/mastaba-go/mastaba/traversal"
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
			access, err := devtools.AccessAt(app, r, at)
			if err != nil {
				return err
			}
			if p.json {
				return writeJSON(p.env.Stdout, access)
			}
			return writeAccess(p.env.Stdout, access)
		})
	}
	return cmd
}

// writeAccess prints what a user may do.
func writeAccess(w io.Writer, a *devtools.Access) error {
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
