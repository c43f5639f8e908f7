package templates

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"text/template/parse"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// Fields that do not exist.
//
// Where the type of a view's value is known, a field or method that it does not have is an error of
// the configuration. The check follows the dot into with, range and the templates that are called,
// and gives up wherever a type is not certain: below interfaces, maps, functions and variables that
// are assigned. Inside an if it says nothing, since the condition may know more than the types; and
// it is left out altogether if the value may be replaced on its way: by a subscriber to
// BeforeRender, a deriver of the application inside rendered_view, a mapper or a response adapter.

// named is a template that a view names.
type named struct {
	name string
	view *views.Info
}

// checkFields checks the templates of all views. It runs at the end of the build.
func (s *set) checkFields() error {
	lib := s.library.Load()
	if lib == nil || lib.unread || registry.Notifier[*web.BeforeRender](s.registry) != nil || s.replacesValues() {
		return nil
	}
	var errs []error
	seen := map[string]bool{}
	for _, n := range s.named {
		t := n.view.View.Result()
		p := lib.pages[n.name]
		if p == nil || lib.wrong[n.name] != nil || t == nil || n.replaced(t) {
			continue
		}
		f := &fields{page: p, calls: map[visited]bool{}}
		f.template(p.name, certain(t))
		for _, wrong := range f.errs {
			if text := wrong.Error(); !seen[text] {
				seen[text] = true
				errs = append(errs, &registry.Mistake{Source: n.view.Source, Err: fmt.Errorf("view %s: %w", n.view.View.FuncName(), wrong)})
			}
		}
	}
	return errors.Join(errs...)
}

// replaced reports whether the view's value may be another one when it is rendered, or never is: a
// response, an error, what a mapper or a response adapter makes of it.
func (n *named) replaced(t reflect.Type) bool {
	_, mapped, _ := views.ValueOf[views.Mapper](n.view, "mapper")
	return mapped || n.view.View.IsAsync() || t == reflect.TypeFor[*web.Response]() || t.Implements(errorType)
}

// replacesValues reports whether anything of the application may be between the views and their
// renderers: a deriver, a mapper, a response adapter.
func (s *set) replacesValues() bool {
	for _, category := range []string{"response adapters", "view mappers"} {
		if len(s.registry.Introspect().Category(category)) > 0 {
			return true
		}
	}
	names, err := views.Derivers(s.registry)
	if err != nil {
		return true
	}
	at := slices.Index(names, views.RenderedView)
	return at < 0 || slices.ContainsFunc(names[at+1:], func(name string) bool {
		return name != views.MappedView && name != views.AppendSlashView
	})
}

// fields walks through the trees of a page with the type of the dot; nil is an unknown type.
type fields struct {
	page  *page
	tree  *parse.Tree
	calls map[visited]bool
	errs  []error
}

type visited struct {
	name string
	dot  reflect.Type
}

// certain returns a type about which something is known, nil for others.
func certain(t reflect.Type) reflect.Type {
	for t != nil && t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Pointer {
		return nil
	}
	if t == nil || t.Kind() == reflect.Interface {
		return nil
	}
	return t
}

// template checks a template that is called with a dot.
func (f *fields) template(name string, dot reflect.Type) {
	at := visited{name, dot}
	tree := f.page.trees[name]
	if tree == nil || dot == nil || f.calls[at] {
		return
	}
	f.calls[at] = true
	outer := f.tree
	f.tree = tree
	f.list(tree.Root, dot, dot)
	f.tree = outer
}

// list checks nodes. root is the type of $.
func (f *fields) list(l *parse.ListNode, dot, root reflect.Type) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			f.pipe(n.Pipe, dot, root)
		case *parse.TemplateNode:
			if n.Pipe != nil {
				f.template(n.Name, f.pipe(n.Pipe, dot, root))
			}
		case *parse.IfNode:
			f.pipe(n.Pipe, dot, root)
		case *parse.WithNode:
			f.list(n.List, f.pipe(n.Pipe, dot, root), root)
		case *parse.RangeNode:
			f.list(n.List, element(f.pipe(n.Pipe, dot, root)), root)
		}
	}
}

// element returns the type of the dot inside a range, nil if it is not certain.
func element(t reflect.Type) reflect.Type {
	if t != nil && t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Array {
		t = t.Elem()
	}
	if t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map) {
		return certain(t.Elem())
	}
	return nil
}

// pipe checks a pipeline, and returns the type of its value if it is certain.
func (f *fields) pipe(p *parse.PipeNode, dot, root reflect.Type) (t reflect.Type) {
	if p == nil {
		return nil
	}
	for i, c := range p.Cmds {
		t = f.command(c, dot, root)
		if i > 0 {
			t = nil
		}
	}
	return t
}

// shortCircuit are functions that may not evaluate their arguments.
var shortCircuit = []string{"and", "or"}

func (f *fields) command(c *parse.CommandNode, dot, root reflect.Type) reflect.Type {
	if fn, ok := c.Args[0].(*parse.IdentifierNode); ok && slices.Contains(shortCircuit, fn.Ident) {
		return nil
	}
	var first reflect.Type
	for i, arg := range c.Args {
		if t := f.operand(arg, dot, root); i == 0 {
			first = t
		}
	}
	if len(c.Args) > 1 {
		return nil
	}
	return first
}

// operand returns the type of an operand if it is certain.
func (f *fields) operand(n parse.Node, dot, root reflect.Type) reflect.Type {
	switch n := n.(type) {
	case *parse.DotNode:
		return dot
	case *parse.FieldNode:
		return f.chain(n, dot, n.Ident)
	case *parse.VariableNode:
		if n.Ident[0] == "$" {
			return f.chain(n, root, n.Ident[1:])
		}
	case *parse.PipeNode:
		return f.pipe(n, dot, root)
	}
	return nil
}

// chain follows .A.B from a type.
func (f *fields) chain(n parse.Node, t reflect.Type, names []string) reflect.Type {
	for _, name := range names {
		if t == nil {
			return nil
		}
		next, sure, exists := member(t, name)
		if !exists {
			f.missing(n, t, name)
			return nil
		}
		if !sure {
			return nil
		}
		t = certain(next)
	}
	return t
}

// member returns the type of a field or method. It is certain only for fields, and for methods
// without parameters. In doubt the member exists.
func member(t reflect.Type, name string) (next reflect.Type, sure, exists bool) {
	if m, ok := t.MethodByName(name); ok {
		return resultOf(m.Type, 1)
	}
	base := t
	if t.Kind() == reflect.Pointer {
		base = t.Elem()
	} else if m, ok := reflect.PointerTo(t).MethodByName(name); ok { // the value may be addressable
		return resultOf(m.Type, 1)
	}
	switch base.Kind() {
	case reflect.Struct:
		field, ok := base.FieldByName(name)
		if !ok || !field.IsExported() {
			return nil, false, false
		}
		return field.Type, true, true
	case reflect.Map, reflect.Interface, reflect.Pointer:
		return nil, false, true
	}
	return nil, false, false
}

func resultOf(t reflect.Type, receiver int) (reflect.Type, bool, bool) {
	if t.NumIn() != receiver || t.NumOut() == 0 {
		return nil, false, true
	}
	return t.Out(0), true, true
}

func (f *fields) missing(n parse.Node, t reflect.Type, name string) {
	text := fmt.Sprintf("%s has no field or method %q", t, name)
	base := t
	if t.Kind() == reflect.Pointer {
		base = t.Elem()
	}
	var names []string
	if base.Kind() == reflect.Struct {
		for _, field := range reflect.VisibleFields(base) {
			if field.IsExported() {
				names = append(names, field.Name)
			}
		}
	}
	if near := registry.Nearest(name, names); near != "" {
		text += fmt.Sprintf(": did you mean %q?", near)
	}
	at, _ := f.tree.ErrorContext(n)
	f.errs = append(f.errs, errorAt(at, "%s", text))
}
