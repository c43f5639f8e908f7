package templates

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template/parse"
)

// file is one parsed file. Its trees are never executed: each page copies those that it needs.
type file struct {
	name    string // with the prefix of its group
	group   *group
	root    *parse.Tree            // what is outside all definitions
	defines map[string]*parse.Tree // its definitions and blocks
	calls   []call                 // of all its trees, in order
}

// call is a {{template "name"}} or {{block "name"}} in a file.
type call struct {
	name string
	node *parse.TemplateNode
	tree *parse.Tree
}

// place returns where the call is: "page.html:3:14".
func (c call) place() string {
	at, _ := c.tree.ErrorContext(c.node)
	return at
}

// isLibrary reports whether the file holds nothing but definitions, which other files may use by
// their names alone.
func (f *file) isLibrary() bool { return len(f.defines) > 0 && parse.IsEmptyTree(f.root.Root) }

// known are the functions of package text/template, for the parser, which only needs their names.
var known = func() map[string]any {
	all := map[string]any{}
	for _, name := range strings.Fields("and call eq ge gt html index slice js le len lt ne not or print printf println urlquery") {
		all[name] = true
	}
	return all
}()

// readFiles parses the files of a group into files. It returns what is wrong with them.
func readFiles(g *group, development bool, funcs map[string]any, files map[string]*file) (errs []error) {
	fsys, err := g.files(development)
	if err != nil {
		return []error{err}
	}
	found := false
	err = fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, g.Extension) || path.Base(name) == g.Extension {
			return err
		}
		found = true
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		f := &file{name: g.Prefix + name, group: g}
		if other := files[f.name]; other != nil {
			errs = append(errs, fmt.Errorf("template %q is in the files of two directives, here and at %s: rename it, give one of them a Prefix, or override it as an asset", f.name, other.group.source))
			return nil
		}
		if err := f.parse(string(text), funcs); err != nil {
			errs = append(errs, err)
		}
		files[f.name] = f
		return nil
	})
	switch {
	case err != nil:
		errs = append(errs, fmt.Errorf("templates: %w", err))
	case !found:
		errs = append(errs, fmt.Errorf("templates: no file ends with %q: is it the right folder?", g.Extension))
	}
	return errs
}

// parse fills the file. After an error it is empty, so that pages that use it have no further ones.
func (f *file) parse(text string, funcs map[string]any) error {
	trees, err := parse.Parse(f.name, strings.TrimPrefix(text, "\ufeff"), "", "", known, funcs)
	f.root = trees[f.name]
	if err != nil || f.root == nil {
		f.root = &parse.Tree{Name: f.name, ParseName: f.name, Root: &parse.ListNode{}}
	}
	if err != nil {
		return suggestFunc(errorOf(f.name, err), funcs)
	}
	delete(trees, f.name)
	f.defines = trees
	for _, tree := range f.trees() {
		walk(tree.Root, func(n parse.Node) {
			switch n := n.(type) {
			case *parse.TemplateNode:
				f.calls = append(f.calls, call{n.Name, n, tree})
			case *parse.CommandNode:
				f.setDomain(n)
			}
		})
	}
	return nil
}

// trees returns all trees of the file, the root first, then the definitions by name.
func (f *file) trees() []*parse.Tree {
	all := []*parse.Tree{f.root}
	for _, name := range sortedKeys(f.defines) {
		all = append(all, f.defines[name])
	}
	return all
}

// setDomain gives a call of a translation function the domain of the file.
func (f *file) setDomain(n *parse.CommandNode) {
	fn, ok := n.Args[0].(*parse.IdentifierNode)
	if !ok || f.group.Domain == "" || !slices.Contains(translating, fn.Ident) {
		return
	}
	domain := &parse.StringNode{NodeType: parse.NodeString, Pos: fn.Pos, Quoted: fmt.Sprintf("%q", f.group.Domain), Text: f.group.Domain}
	inner := fn.Copy().(*parse.IdentifierNode)
	inner.Ident += inDomain
	n.Args = slices.Insert(slices.Clone(n.Args), 1, parse.Node(domain))
	n.Args[0] = inner
}

// walk calls fn with each node below n, in the order of the text.
func walk(n parse.Node, fn func(parse.Node)) {
	if n == nil {
		return
	}
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, each := range n.Nodes {
				walk(each, fn)
			}
		}
		return
	case *parse.PipeNode:
		if n != nil {
			for _, each := range n.Cmds {
				walk(each, fn)
			}
		}
		return
	}
	fn(n)
	branch := func(b *parse.BranchNode) {
		walk(b.Pipe, fn)
		walk(b.List, fn)
		walk(b.ElseList, fn)
	}
	switch n := n.(type) {
	case *parse.ActionNode:
		walk(n.Pipe, fn)
	case *parse.CommandNode:
		for _, arg := range n.Args {
			walk(arg, fn)
		}
	case *parse.ChainNode:
		walk(n.Node, fn)
	case *parse.TemplateNode:
		walk(n.Pipe, fn)
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	}
}
