package messages

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

// Messages in Go source are calls of i18n.Domain's methods Tr and Plural, literals of web.Message,
// and the texts that the framework looks up by themselves: details of HTTP errors, texts of
// views.FieldError without a code, and the errors of a method Validate. A function that hands a
// parameter on to one of these is found too: then its calls are messages.

const module = "github.com/mastaba-go/mastaba/"

// part is what a message consists of.
type part int

const (
	partID part = iota
	partPlural
	partDomain
	partContext
	partDefault
	parts
)

// value is a text in the source: a constant, or a parameter of the function around it.
type value struct {
	text  string
	param *types.Var
	known bool
}

// keyword is a function whose calls are messages.
type keyword struct {
	args  [parts]int    // the argument that is the part; -1 if it is a constant
	texts [parts]string // the constants
	pairs int           // where names and values begin; -1 if they are unknown, 0 if there are none
	quiet bool          // most texts are not for catalogs
}

func newKeyword() keyword { return keyword{args: [parts]int{-1, -1, -1, -1, -1}, pairs: -1} }

// goCollector collects the messages of all packages.
type goCollector struct {
	*collector
	keywords map[any]keyword           // by the full name of a function, or the variable of a closure
	owners   map[*types.Var]owner      // of parameters
	origins  map[any]origin            // of variables that never change, by object or full name
	comments map[string]map[int]string // those for translators by file and line that they end at
	emit     bool
	changed  bool
	pkg      *goPackage
	function *ast.FuncDecl
}

type owner struct {
	function any
	index    int
}

type origin struct {
	expr ast.Expr
	pkg  *goPackage
}

// collectGo collects the messages of packages. It returns the domains that templates have in each.
func (c *collector) collectGo(packages []*goPackage) templateDomains {
	g := &goCollector{collector: c, keywords: map[any]keyword{}, owners: map[*types.Var]owner{}, origins: map[any]origin{}, comments: map[string]map[int]string{}}
	for _, p := range packages {
		g.declare(p)
	}
	for g.changed = true; g.changed; { // until no function more hands a text on
		g.changed = false
		g.walk(packages)
	}
	g.emit = true
	g.walk(packages)
	return g.templateDomains(packages)
}

// declare notes parameters, variables and comments.
func (g *goCollector) declare(p *goPackage) {
	changing := map[any]bool{}
	define := func(name *ast.Ident, expr ast.Expr) {
		if obj := p.info.Defs[name]; obj != nil {
			g.origins[keyOf(obj)] = origin{expr, p}
			if lit, ok := expr.(*ast.FuncLit); ok {
				g.own(p, keyOf(obj), lit.Type)
			}
		}
	}
	for _, file := range p.files {
		g.readComments(file)
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if fn, ok := p.info.Defs[n.Name].(*types.Func); ok {
					g.own(p, fn.FullName(), n.Type)
				}
			case *ast.ValueSpec:
				for i, name := range n.Names {
					if len(n.Values) == len(n.Names) {
						define(name, n.Values[i])
					}
				}
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					name, ok := left.(*ast.Ident)
					switch {
					case !ok:
					case p.info.Defs[name] != nil && len(n.Lhs) == len(n.Rhs):
						define(name, n.Rhs[i])
					case p.info.Uses[name] != nil:
						changing[keyOf(p.info.Uses[name])] = true
					}
				}
			case *ast.UnaryExpr:
				if name, ok := n.X.(*ast.Ident); ok && n.Op == token.AND && p.info.Uses[name] != nil {
					changing[keyOf(p.info.Uses[name])] = true
				}
			}
			return true
		})
	}
	for key := range changing {
		delete(g.origins, key)
	}
}

// own notes the parameters of a function.
func (g *goCollector) own(p *goPackage, function any, of *ast.FuncType) {
	i := 0
	for _, field := range of.Params.List {
		for _, name := range field.Names {
			if v, ok := p.info.Defs[name].(*types.Var); ok {
				g.owners[v] = owner{function, i}
			}
			i++
		}
		if len(field.Names) == 0 {
			i++
		}
	}
}

// keyOf returns the key of an object: packages see each other's variables as compiled, so those
// have names.
func keyOf(obj types.Object) any {
	if v, ok := obj.(*types.Var); ok && v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
		return v.Pkg().Path() + "." + v.Name()
	}
	return obj
}

func (g *goCollector) readComments(file *ast.File) {
	name := g.fset.Position(file.Pos()).Filename
	for _, group := range file.Comments {
		if _, text, ok := strings.Cut(group.Text(), translators); ok {
			if g.comments[name] == nil {
				g.comments[name] = map[int]string{}
			}
			g.comments[name][g.fset.Position(group.End()).Line] = translators + " " + strings.Join(strings.Fields(text), " ")
		}
	}
}

// translators begins a comment that catalogs get.
const translators = "TRANSLATORS:"

func (g *goCollector) walk(packages []*goPackage) {
	for _, g.pkg = range packages {
		for _, file := range g.pkg.files {
			for _, decl := range file.Decls {
				g.function, _ = decl.(*ast.FuncDecl)
				ast.Inspect(decl, func(n ast.Node) bool {
					switch n := n.(type) {
					case *ast.CallExpr:
						g.call(n)
					case *ast.CompositeLit:
						g.literal(n)
					}
					return true
				})
			}
		}
	}
}

// call collects the message of a call.
func (g *goCollector) call(n *ast.CallExpr) {
	callee := g.callee(n)
	if callee == nil {
		return
	}
	k, ok := g.keywords[callee.key]
	if !ok {
		if k, ok = g.builtin(callee, n); !ok {
			return
		}
	}
	var values [parts]value
	for i, arg := range k.args {
		values[i] = value{text: k.texts[i], known: true}
		if arg >= len(n.Args) {
			return
		}
		if arg >= 0 {
			values[i] = g.value(n.Args[arg])
		}
	}
	if callee.receiver != nil {
		values[partDomain], values[partContext] = g.domainOf(callee.pkg, callee.receiver, 0)
	}
	names, known := []string(nil), false
	if k.pairs >= 0 && !n.Ellipsis.IsValid() {
		names, known = g.names(n.Args, k.pairs)
	}
	g.message(n, values, names, known, k.quiet)
}

// called is the function of a call.
type called struct {
	key      any
	fn       *types.Func // nil for a closure
	receiver ast.Expr    // of type i18n.Domain; nil otherwise
	pkg      *goPackage  // that the receiver is in
}

func (g *goCollector) callee(n *ast.CallExpr) *called {
	fun := ast.Unparen(n.Fun)
	switch index := fun.(type) { // of a generic function
	case *ast.IndexExpr:
		fun = index.X
	case *ast.IndexListExpr:
		fun = index.X
	}
	name, _ := fun.(*ast.Ident)
	sel, isSelector := fun.(*ast.SelectorExpr)
	if isSelector {
		name = sel.Sel
	}
	if name == nil {
		return nil
	}
	switch obj := g.pkg.info.Uses[name].(type) {
	case *types.Func:
		obj = obj.Origin()
		c := &called{key: obj.FullName(), fn: obj}
		if selection := g.pkg.info.Selections[sel]; isSelector && selection != nil && isNamed(selection.Recv(), "views/i18n", "Domain") {
			c.receiver, c.pkg = sel.X, g.pkg
		}
		return c
	case *types.Var:
		if method := g.methodIn(obj); method != nil {
			return method
		}
		return &called{key: keyOf(obj)}
	}
	return nil
}

// methodIn returns the method of i18n.Domain that a variable holds: var tr = text.Tr.
func (g *goCollector) methodIn(v *types.Var) *called {
	from, ok := g.origins[keyOf(v)]
	sel, isSelector := from.expr.(*ast.SelectorExpr)
	if !ok || !isSelector {
		return nil
	}
	fn, ok := from.pkg.info.Uses[sel.Sel].(*types.Func)
	if selection := from.pkg.info.Selections[sel]; ok && selection != nil && isNamed(selection.Recv(), "views/i18n", "Domain") {
		return &called{key: fn.FullName(), fn: fn, receiver: sel.X, pkg: from.pkg}
	}
	return nil
}

// builtin returns the keyword of a function of the framework, or of an error in Validate.
func (g *goCollector) builtin(c *called, n *ast.CallExpr) (keyword, bool) {
	k := newKeyword()
	if c.fn == nil || c.fn.Pkg() == nil {
		return k, false
	}
	path, name := c.fn.Pkg().Path(), c.fn.Name()
	switch {
	case c.receiver != nil && name == "Tr":
		k.args[partID], k.pairs = 0, 1
		return k, true
	case c.receiver != nil && name == "Plural":
		k.args[partID], k.args[partPlural], k.pairs = 0, 1, 3
		return k, true
	case path == module+"views/web":
		signature := c.fn.Signature()
		if signature.Results().Len() != 1 || !isNamed(signature.Results().At(0).Type(), "views/web", "HTTPError") {
			return k, false
		}
		for i := range signature.Params().Len() {
			if p := signature.Params().At(i); p.Name() == "detail" || p.Name() == "title" {
				k.args[partID], k.quiet = i, true
				return k, true
			}
		}
	case path == "errors" && name == "New" && g.inValidate():
		k.args[partID], k.quiet = 0, true
		return k, true
	case path == "fmt" && name == "Errorf" && g.inValidate() && len(n.Args) == 1:
		k.args[partID], k.quiet = 0, true
		return k, true
	}
	return k, false
}

// inValidate reports whether the function around is a method Validate() error.
func (g *goCollector) inValidate() bool {
	if g.function == nil || g.function.Recv == nil || g.function.Name.Name != "Validate" {
		return false
	}
	fn, ok := g.pkg.info.Defs[g.function.Name].(*types.Func)
	return ok && fn.Signature().Params().Len() == 0 && fn.Signature().Results().Len() == 1
}

// literal collects the message of a literal.
func (g *goCollector) literal(n *ast.CompositeLit) {
	t := g.pkg.info.Types[n].Type
	fields := map[string]part{"ID": partID, "Plural": partPlural, "Context": partContext, "Domain": partDomain, "Default": partDefault}
	quiet := false
	switch {
	case isNamed(t, "views/web", "Message"):
	case isNamed(t, "views", "FieldError"):
		fields, quiet = map[string]part{"Text": partID}, true
	default:
		return
	}
	structure, ok := t.Underlying().(*types.Struct)
	if pointer, is := t.Underlying().(*types.Pointer); is { // in a list of pointers
		structure, ok = pointer.Elem().Underlying().(*types.Struct)
	}
	if !ok {
		return
	}
	values := [parts]value{}
	for i := range values {
		values[i].known = true
	}
	names, known := []string(nil), false // params may be set later
	for i, element := range n.Elts {
		name := ""
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			key, _ := pair.Key.(*ast.Ident)
			name, element = key.Name, pair.Value
		} else {
			name = structure.Field(i).Name()
		}
		if at, ok := fields[name]; ok {
			values[at] = g.value(element)
		}
		switch name {
		case "Params":
			names, known = g.keys(element)
		case "Code":
			if quiet { // the code finds the text
				return
			}
		}
	}
	g.message(n, values, names, known && !quiet, quiet)
}

// message adds a message whose parts are known. One with a parameter of the function around it
// makes that function a keyword.
func (g *goCollector) message(n ast.Node, values [parts]value, names []string, known, quiet bool) {
	k := newKeyword()
	var of any
	for i, v := range values {
		switch {
		case v.param != nil:
			o, ok := g.owners[v.param]
			if !ok || of != nil && o.function != of {
				v.known = false
				break
			}
			of, k.args[i] = o.function, o.index
		case v.known:
			k.texts[i] = v.text
		}
		if part(i) == partDefault && !v.known && k.args[i] < 0 {
			values[i] = value{known: true} // the ID finds the message; its text is made elsewhere
			continue
		}
		if !v.known && v.param == nil || v.param != nil && k.args[i] < 0 {
			if g.emit && !quiet {
				g.problem(g.place(n.Pos()), Dynamic, "the %s is not a constant, so that the message cannot be collected", partNames[i])
			}
			return
		}
	}
	if of != nil {
		if _, has := g.keywords[of]; !has {
			k.quiet = quiet
			g.keywords[of], g.changed = k, true
		}
		return
	}
	if !g.emit || values[partID].text == "" {
		return
	}
	at := g.fset.Position(n.Pos())
	var comments []string
	for _, line := range []int{at.Line - 1, at.Line} {
		if text := g.comments[at.Filename][line]; text != "" {
			comments = append(comments, text)
		}
	}
	g.add(Message{
		Domain: values[partDomain].text, Context: values[partContext].text, ID: values[partID].text, Default: values[partDefault].text, Plural: values[partPlural].text,
	}, g.place(n.Pos()), comments, names, known)
}

var partNames = [parts]string{"text", "plural", "domain", "context", "default text"}

// value returns the text of an expression.
func (g *goCollector) value(expr ast.Expr) value { return valueIn(g.pkg, expr) }

func valueIn(p *goPackage, expr ast.Expr) value {
	if expr == nil {
		return value{}
	}
	if c := p.info.Types[expr].Value; c != nil && c.Kind() == constant.String {
		return value{text: constant.StringVal(c), known: true}
	}
	if name, ok := ast.Unparen(expr).(*ast.Ident); ok {
		if v, ok := p.info.Uses[name].(*types.Var); ok && !v.IsField() {
			return value{param: v}
		}
	}
	return value{}
}

// domainOf returns domain and context of an expression of type i18n.Domain.
func (g *goCollector) domainOf(p *goPackage, expr ast.Expr, depth int) (name, context value) {
	if depth > 20 {
		return value{}, value{}
	}
	switch e := ast.Unparen(expr).(type) {
	case *ast.CompositeLit: // i18n.Domain{}
		return value{known: true}, value{known: true}
	case *ast.Ident:
		return g.domainOfVar(p.info.Uses[e], depth)
	case *ast.SelectorExpr:
		return g.domainOfVar(p.info.Uses[e.Sel], depth)
	case *ast.CallExpr:
		sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
		if !ok || len(e.Args) != 1 {
			break
		}
		fn, ok := p.info.Uses[sel.Sel].(*types.Func)
		if !ok || fn.Pkg() == nil || fn.Pkg().Path() != module+"views/i18n" {
			break
		}
		switch fn.Name() {
		case "NewDomain":
			return valueIn(p, e.Args[0]), value{known: true}
		case "In":
			name, _ = g.domainOf(p, sel.X, depth+1)
			return name, valueIn(p, e.Args[0])
		}
	}
	return value{}, value{}
}

func (g *goCollector) domainOfVar(obj types.Object, depth int) (name, context value) {
	v, ok := obj.(*types.Var)
	if !ok {
		return value{}, value{}
	}
	from, ok := g.origins[keyOf(v)]
	if !ok {
		return value{}, value{}
	}
	return g.domainOf(from.pkg, from.expr, depth+1)
}

// names returns the names among names and values in turn, from an argument on.
func (g *goCollector) names(args []ast.Expr, from int) (names []string, known bool) {
	for i := from; i < len(args); i += 2 {
		v := g.value(args[i])
		if !v.known {
			return nil, false
		}
		names = append(names, v.text)
	}
	return names, true
}

// keys returns the keys of a literal of a map.
func (g *goCollector) keys(expr ast.Expr) (keys []string, known bool) {
	lit, ok := ast.Unparen(expr).(*ast.CompositeLit)
	if !ok {
		return nil, false
	}
	for _, element := range lit.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			return nil, false
		}
		v := g.value(pair.Key)
		if !v.known {
			return nil, false
		}
		keys = append(keys, v.text)
	}
	return keys, true
}

// isNamed reports whether t, or what it points to, is a type of a package of the framework.
func isNamed(t types.Type, path, name string) bool {
	if t == nil {
		return false
	}
	t = types.Unalias(t)
	if pointer, ok := t.(*types.Pointer); ok {
		t = types.Unalias(pointer.Elem())
	}
	named, ok := t.(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == module+path && named.Obj().Name() == name
}
