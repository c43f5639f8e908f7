package templates

import (
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	texttemplate "text/template"
	"text/template/parse"

	"github.com/mastaba-go/mastaba/registry"
)

// page is a file with all that it calls, ready to be executed.
//
// The functions of a template belong to its set, and must know the request. Instead of giving each
// request a set of its own, a page has a few executors: a set, with functions that look into the
// executor for the request. An executor serves one rendering at a time. There are never more of
// them than renderings of the page at once, and at most spare are kept.
type page struct {
	name  string
	text  bool                   // values are not escaped
	trees map[string]*parse.Tree // by the name under which they are called; not escaped yet
	funcs func(*executor) template.FuncMap
	free  [spare]atomic.Pointer[executor]
}

// spare is the number of executors that a page keeps. A further one costs as much as the check of
// the page at start.
const spare = 16

// checkName is a template that escapes the page without executing it.
const checkName = "\x00check"

// newExecutor makes a set, and checks it: contextual escaping happens once, here.
func (p *page) newExecutor() (e *executor, err error) {
	e = new(executor)
	e.write = e.writeTo
	if p.text {
		e.template, err = p.textSet(e)
	} else {
		e.template, err = p.htmlSet(e)
	}
	if err != nil {
		return nil, errorOf(p.name, err)
	}
	return e, nil
}

func (p *page) htmlSet(e *executor) (*template.Template, error) {
	set := template.New(checkName).Funcs(p.funcs(e))
	if _, err := set.Parse(`{{if false}}{{template "` + p.name + `" .}}{{end}}`); err != nil {
		return nil, err
	}
	for name, tree := range p.trees {
		if _, err := set.AddParseTree(name, tree.Copy()); err != nil {
			return nil, err
		}
	}
	if err := set.ExecuteTemplate(io.Discard, checkName, nil); err != nil {
		return nil, err
	}
	return set.Lookup(p.name), nil
}

func (p *page) textSet(e *executor) (*texttemplate.Template, error) {
	set := texttemplate.New(checkName).Funcs(texttemplate.FuncMap(p.funcs(e)))
	for name, tree := range p.trees {
		if _, err := set.AddParseTree(name, tree.Copy()); err != nil {
			return nil, err
		}
	}
	return set.Lookup(p.name), nil
}

// take returns an executor that nobody uses.
func (p *page) take() (*executor, error) {
	for i := range p.free {
		if p.free[i].Load() == nil {
			continue
		}
		if e := p.free[i].Swap(nil); e != nil {
			return e, nil
		}
	}
	return p.newExecutor()
}

// give returns an executor after a rendering without an error.
func (p *page) give(e *executor) {
	e.rendering = rendering{}
	for i := range p.free {
		if p.free[i].CompareAndSwap(nil, e) {
			return
		}
	}
}

// assembly puts the files of one page together.
type assembly struct {
	lib   *library
	page  *file
	files []*file // the page first, then what it calls, in order of discovery
	used  map[*file]map[*file]bool
	errs  []error
}

// assemble returns the page of a file.
func (lib *library) assemble(f *file) (*page, []error) {
	a := &assembly{lib: lib, page: f, used: map[*file]map[*file]bool{}}
	a.include(f)
	a.addLibraries()
	p := &page{name: f.name, text: f.group.Text, trees: map[string]*parse.Tree{}, funcs: lib.funcs}
	owners := map[string]*file{}
	for _, each := range a.files {
		p.trees[each.name] = each.root
		for _, name := range sortedKeys(each.defines) {
			a.define(owners, name, each)
		}
	}
	for name, owner := range owners {
		p.trees[name] = owner.defines[name]
	}
	a.checkCalls(owners)
	a.checkDefinitions()
	for name, tree := range p.trees {
		p.trees[name] = a.resolved(tree, owners)
	}
	return p, a.errs
}

// include adds a file and the files that it calls.
func (a *assembly) include(f *file) {
	if slices.Contains(a.files, f) {
		return
	}
	a.files = append(a.files, f)
	a.used[f] = map[*file]bool{}
	for _, c := range f.calls {
		if to := a.lib.fileFor(f, c.name); to != nil {
			a.include(to)
			a.used[f][to] = true
			maps.Copy(a.used[f], a.used[to])
		}
	}
}

// addLibraries adds the files of nothing but definitions that define what is called and not
// defined yet.
func (a *assembly) addLibraries() {
	for at := 0; at < len(a.files); at++ {
		f := a.files[at]
		for _, c := range f.calls {
			if a.lib.fileFor(f, c.name) != nil || a.defines(c.name) {
				continue
			}
			if from := a.lib.librariesWith(f, c.name); len(from) == 1 {
				a.include(from[0])
				a.used[f][from[0]] = true
			} else if len(from) > 1 {
				a.errs = append(a.errs, errorAt(c.place(), "%q is defined in %q and in %q: rename one", c.name, from[0].name, from[1].name))
			}
		}
	}
}

func (a *assembly) defines(name string) bool {
	return slices.ContainsFunc(a.files, func(f *file) bool { return f.defines[name] != nil })
}

// define decides whose definition of a name is used: that of the file which calls the other one,
// as a page calls its layout.
func (a *assembly) define(owners map[string]*file, name string, f *file) {
	other := owners[name]
	switch {
	case other == nil, a.used[f][other] && !a.used[other][f]:
		owners[name] = f
	case a.used[other][f], other == a.page:
	default:
		a.errs = append(a.errs, &Error{Template: f.name, Text: fmt.Sprintf("%q is defined here and in %q, which %q uses too: rename one", name, other.name, a.page.name)})
	}
}

// checkCalls reports calls of what is nowhere.
func (a *assembly) checkCalls(owners map[string]*file) {
	for _, f := range a.files {
		for _, c := range f.calls {
			if owners[c.name] != nil || a.lib.fileFor(f, c.name) != nil {
				continue
			}
			names := slices.Concat(slices.Collect(maps.Keys(owners)), slices.Collect(maps.Keys(a.lib.files)))
			text := fmt.Sprintf("no template or block %q", c.name)
			if near := registry.Nearest(c.name, names); near != "" {
				text += fmt.Sprintf(": did you mean %q?", near)
			} else if f != a.page {
				text += fmt.Sprintf(": define it in %q, or make it a {{block}} with a default", a.page.name)
			}
			a.errs = append(a.errs, errorAt(c.place(), "%s", text))
		}
	}
}

// checkDefinitions reports definitions of the page that nothing calls, such as misspelt blocks.
func (a *assembly) checkDefinitions() {
	var called []string
	for _, f := range a.files {
		for _, c := range f.calls {
			called = append(called, c.name)
		}
	}
	if a.page.isLibrary() {
		return
	}
	for _, name := range sortedKeys(a.page.defines) {
		if slices.Contains(called, name) {
			continue
		}
		text := fmt.Sprintf("it defines %q, which nothing calls", name)
		if near := registry.Nearest(name, called); near != "" {
			text += fmt.Sprintf(": did you mean the block %q?", near)
		} else {
			text += fmt.Sprintf(" (called: %s)", strings.Join(quoted(called), ", "))
		}
		place, _ := a.page.defines[name].ErrorContext(a.page.defines[name].Root)
		a.errs = append(a.errs, errorAt(place, "%s", text))
	}
}

// resolved returns a copy of a tree whose calls of files have the full names of these.
func (a *assembly) resolved(tree *parse.Tree, owners map[string]*file) *parse.Tree {
	from := a.lib.files[tree.ParseName]
	tree = tree.Copy()
	walk(tree.Root, func(n parse.Node) {
		if c, ok := n.(*parse.TemplateNode); ok && owners[c.Name] == nil {
			if to := a.lib.fileFor(from, c.Name); to != nil {
				c.Name = to.name
			}
		}
	})
	return tree
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func quoted(names []string) []string {
	var all []string
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		all = append(all, fmt.Sprintf("%q", name))
	}
	return all
}
