package messages

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template/parse"
)

// Messages in templates are calls of the functions t, tn and tc of package templates with constant
// texts, also at the end of a pipeline: {{"Hello" | t}}.

// collectTemplates collects the messages of templates.
func (c *collector) collectTemplates(packages []*goPackage, domains templateDomains) error {
	if len(c.Templates) == 0 {
		for _, p := range packages {
			if err := c.folder(p.dir, func() (string, error) { return domains.domain(p.dir) }, true); err != nil {
				return err
			}
		}
		return nil
	}
	for _, spec := range c.Templates {
		dir, domain, _ := strings.Cut(spec, "=")
		dir = filepath.Join(c.Dir, filepath.FromSlash(dir))
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return fmt.Errorf("templates %q: there is no folder %s", spec, dir)
		}
		if err := c.folder(dir, func() (string, error) { return domain, nil }, false); err != nil {
			return err
		}
	}
	return nil
}

// folder collects the messages of the templates in a folder and those below; domain is called if
// there are any. With packages, it leaves out folders with Go files: they are packages of their
// own.
func (c *collector) folder(dir string, domain func() (string, error), packages bool) error {
	return filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			base := entry.Name()
			if name != dir && (base[0] == '.' || base[0] == '_' || slices.Contains([]string{"testdata", "vendor", "node_modules"}, base) ||
				packages && hasGo(name)) {
				return fs.SkipDir
			}
			return nil
		case !slices.ContainsFunc(c.Extensions, func(ext string) bool { return strings.HasSuffix(name, ext) }):
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return c.template(c.relative(name), string(text), domain)
	})
}

// hasGo reports whether a folder is a package or a module.
func hasGo(dir string) bool {
	entries, err := os.ReadDir(dir)
	return err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return filepath.Ext(e.Name()) == ".go" && !strings.HasSuffix(e.Name(), "_test.go") || e.Name() == "go.mod"
	})
}

// template collects the messages of a file.
func (c *collector) template(name, text string, domain func() (string, error)) error {
	trees, err := parseTemplate(name, text)
	if err != nil {
		return err
	}
	t := &templateCollector{collector: c, name: name, domainOf: domain, text: text, comments: map[int]string{}}
	for _, key := range slices.Sorted(maps.Keys(trees)) {
		t.walk(trees[key].Root)
	}
	return t.err
}

// parseTemplate parses a file. Its functions need not be known.
func parseTemplate(name, text string) (map[string]*parse.Tree, error) {
	if !strings.Contains(text, "{{") {
		return nil, nil
	}
	tree := parse.New(name)
	tree.Mode = parse.SkipFuncCheck | parse.ParseComments
	trees := map[string]*parse.Tree{}
	parsed, err := tree.Parse(strings.TrimPrefix(text, "\ufeff"), "", "", trees)
	if err != nil {
		return nil, err
	}
	trees[name] = parsed
	return trees, nil
}

// templateCollector collects the messages of one file.
type templateCollector struct {
	*collector
	name, text string
	domainOf   func() (string, error)
	comments   map[int]string // those for translators, by the line that they end at
	err        error
}

// place returns the place of a node.
func (t *templateCollector) place(pos parse.Pos) Place {
	return Place{t.name, 1 + strings.Count(t.text[:min(int(pos), len(t.text))], "\n")}
}

// walk looks for messages below a node, in the order of the text.
func (t *templateCollector) walk(n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, each := range n.Nodes {
				t.walk(each)
			}
		}
	case *parse.CommentNode:
		if _, text, ok := strings.Cut(strings.TrimSuffix(n.Text, "*/"), translators); ok {
			end := t.place(n.Pos + parse.Pos(len(n.Text))).Line
			t.comments[end] = translators + " " + strings.Join(strings.Fields(text), " ")
		}
	case *parse.ActionNode:
		t.walk(n.Pipe)
	case *parse.TemplateNode:
		t.walk(n.Pipe)
	case *parse.IfNode:
		t.branch(&n.BranchNode)
	case *parse.WithNode:
		t.branch(&n.BranchNode)
	case *parse.RangeNode:
		t.branch(&n.BranchNode)
	case *parse.PipeNode:
		if n == nil {
			return
		}
		var before []parse.Node // the value of the command before, as the last argument
		for _, command := range n.Cmds {
			t.command(command, before)
			before = []parse.Node{command}
		}
	case *parse.ChainNode:
		t.walk(n.Node)
	}
}

func (t *templateCollector) branch(n *parse.BranchNode) {
	t.walk(n.Pipe)
	t.walk(n.List)
	t.walk(n.ElseList)
}

// command collects the message of a call of t, tn or tc.
func (t *templateCollector) command(n *parse.CommandNode, before []parse.Node) {
	for _, arg := range n.Args {
		t.walk(arg)
	}
	if len(n.Args) == 0 {
		return
	}
	fn, ok := n.Args[0].(*parse.IdentifierNode)
	if !ok {
		return
	}
	args := append(slices.Clone(n.Args[1:]), before...)
	pairs := 0
	m := Message{}
	fields := []*string{&m.ID}
	switch fn.Ident {
	case "t":
		pairs = 1
	case "tn":
		fields, pairs = []*string{&m.ID, &m.Plural}, 3
	case "tc":
		fields, pairs = []*string{&m.Context, &m.ID}, 2
	default:
		return
	}
	if len(args) < len(fields) {
		return
	}
	at := t.place(fn.Pos)
	for i, field := range fields {
		if *field, ok = textOf(args[i]); !ok {
			if fn.Ident != "t" { // which also takes a web.Message
				t.problem(at, Dynamic, "%s: %s is not a constant, so that the message cannot be collected", fn.Ident, args[i])
			}
			return
		}
	}
	names, known := []string(nil), true
	for i := pairs; i < len(args); i += 2 {
		name, ok := textOf(args[i])
		names, known = append(names, name), known && ok
	}
	var comments []string
	for _, line := range []int{at.Line - 1, at.Line} {
		if text := t.comments[line]; text != "" {
			comments = append(comments, text)
		}
	}
	var err error
	if m.Domain, err = t.domainOf(); err != nil {
		t.err = fmt.Errorf("%s: %w", at, err)
		return
	}
	t.add(m, at, comments, names, known)
}

// textOf returns the text of a constant, also in brackets or as a command of a pipeline.
func textOf(n parse.Node) (string, bool) {
	switch n := n.(type) {
	case *parse.StringNode:
		return n.Text, true
	case *parse.PipeNode:
		if len(n.Cmds) == 1 && len(n.Decl) == 0 {
			return textOf(n.Cmds[0])
		}
	case *parse.CommandNode:
		if len(n.Args) == 1 {
			return textOf(n.Args[0])
		}
	}
	return "", false
}
