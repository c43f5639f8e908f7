package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// Bounds of the command tree, unless flags change them.
const (
	treeDepth = 2
	treeWidth = 20
)

func (p *program) treeCommand() *cobra.Command {
	var depth, width int
	cmd := &cobra.Command{
		Use:   "tree [PATH]",
		Short: "Print the resources below a path, with their types",
		Long: `Print the resource at a path, / by default, and those below it, with their types. Children are listed
by traversal.Lister or traversal.Listing; a container that has neither is marked, since its children
are unknown. A resource with children deeper than --depth ends with "…".` + inspectHelp,
		Example: "  tree --depth 2\n  tree /wiki --width 100 --as alice",
		Args:    onePath,
	}
	inspect := p.newInspector(cmd)
	cmd.Flags().IntVar(&depth, "depth", treeDepth, "levels `N` below the path")
	cmd.Flags().IntVar(&width, "width", treeWidth, "children `N` of each resource")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		for name, n := range map[string]int{"depth": depth, "width": width} {
			if n < 1 {
				return usagef("--%s: invalid value %d: want 1 or more", name, n)
			}
		}
		return inspect.run(cmd, pathOf(args), func(_ *framework.App, r *web.Request, at traversal.Node) error {
			tree := branchOf(r, at, depth, width)
			if p.json {
				return writeJSON(p.env.Stdout, tree)
			}
			return tree.write(p.env.Stdout)
		})
	}
	return cmd
}

// branch is a resource with those below it.
type branch struct {
	Name     string    `json:"name"`
	Path     string    `json:"path"`
	Type     string    `json:"type"`
	Lists    bool      `json:"lists"` // it can list its children
	Children []*branch `json:"children,omitempty"`
	More     bool      `json:"more"` // it has children that are not shown: beyond the depth or the width
	Error    string    `json:"error,omitempty"`

	container bool // it has children, whether or not it can list them
	deep      bool // More is because of the depth
}

// branchOf lists a resource. It lists one child more than it shows, to know whether there are any.
func branchOf(r *web.Request, at traversal.Node, depth, width int) *branch {
	res := at.Resource()
	b := &branch{Name: at.Name(), Path: at.Path(), Type: fmt.Sprintf("%T", res), Lists: r.Traverser().Lists(res)}
	switch res.(type) {
	case traversal.Container, traversal.AsyncContainer, traversal.PathContainer:
		b.container = true
	}
	if !b.Lists {
		return b
	}
	for child, err := range r.Traverser().Children(r.Context(), at) {
		switch {
		case err != nil:
			b.Error = err.Error()
		case depth == 0:
			b.More, b.deep = true, true
		case len(b.Children) == width:
			b.More = true
		default:
			b.Children = append(b.Children, branchOf(r, child, depth-1, width))
		}
		if b.More || b.Error != "" {
			break
		}
	}
	return b
}

func (b *branch) write(w io.Writer) error {
	var text strings.Builder
	text.WriteString(b.Path + b.after() + "\n")
	b.below(&text, "")
	_, err := io.WriteString(w, text.String())
	return err
}

// after describes the resource behind its name.
func (b *branch) after() string {
	text := " (" + b.Type + ")"
	switch {
	case b.Error != "":
		text += ": " + b.Error
	case b.container && !b.Lists:
		text += ": cannot list its children"
	case b.deep:
		text += " …"
	}
	return text
}

// below draws the children.
func (b *branch) below(text *strings.Builder, indent string) {
	cut := b.More && !b.deep
	for i, child := range b.Children {
		edge, inner := "├── ", "│   "
		if i == len(b.Children)-1 && !cut {
			edge, inner = "└── ", "    "
		}
		text.WriteString(indent + edge + printable(child.Name) + child.after() + "\n")
		child.below(text, indent+inner)
	}
	if cut {
		text.WriteString(indent + "└── … more (--width)\n")
	}
}

// printable quotes a name that a terminal would not show as it is.
func printable(name string) string {
	if quoted := fmt.Sprintf("%q", name); name == "" || quoted[1:len(quoted)-1] != name {
		return quoted
	}
	return name
}
