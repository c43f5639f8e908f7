package archtest

import (
	"fmt"
	"slices"
	"strings"
)

const prefix = "github.com/mastaba-go/mastaba/"

// listed is a package as "go list -json" prints it.
type listed struct {
	ImportPath, Dir                    string
	GoFiles                            []string
	Imports, TestImports, XTestImports []string
}

// check returns what is wrong with the imports of packages, each with what to do about it.
func check(packages []listed) []string {
	var problems []string
	for _, p := range packages {
		name := strings.TrimPrefix(p.ImportPath, prefix)
		at := find(name)
		if at < 0 {
			problems = append(problems, fmt.Sprintf(
				"package %s has no room: add a line to internal/archtest/picture.go that says what it may import", name))
			continue
		}
		for _, imported := range p.Imports {
			problems = append(problems, judge(name, at, imported, false)...)
		}
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			problems = append(problems, judge(name, at, imported, true)...)
		}
	}
	return problems
}

// judge returns what is wrong with one import of the package name, whose room is picture[at].
func judge(name string, at int, imported string, test bool) []string {
	if imported == prefix+name {
		return nil // its own tests
	}
	who := name
	if test {
		who = "a test of " + name
	}
	to, ours := strings.CutPrefix(imported, prefix)
	problem := ""
	switch {
	case ours:
		problem = edge(name, at, to, test)
	case strings.Contains(strings.SplitN(imported, "/", 2)[0], "."): // not the standard library
		problem = link(name, imported, test)
	}
	if problem == "" {
		return nil
	}
	return []string{who + " imports " + to + ": " + problem}
}

// edge returns what is wrong with an import of ours, "" if it is allowed.
func edge(name string, at int, to string, test bool) string {
	if owner := machineryOf(to); owner != "" && matches(owner+"/...", name) {
		return ""
	}
	if find(to) < 0 {
		return "the picture has no such room; add it to internal/archtest/picture.go"
	}
	r, below := picture[at], find(to)
	if test && permits(r.tests, to) {
		return ""
	}
	switch why := forbidden(name, to); {
	case why != "":
		return why
	case below == at: // both below the same folder
		return ""
	case below < at:
		return fmt.Sprintf("the arrow points up. Move what both need into a room below, or declare a small interface in %s", name)
	case heavy(to) != "" && !isProgram(name) && !matches(to+"/...", name):
		return fmt.Sprintf("%s links %s, so only applications import it. Declare an interface that it satisfies", to, heavy(to))
	case !permits(r.may, to):
		return fmt.Sprintf("the picture has no such arrow. Find another way, or add it to the line of %s in internal/archtest/picture.go", r.path)
	}
	return ""
}

// forbidden returns why no package name may ever import to, "" if a line of the picture decides.
func forbidden(name, to string) string {
	for _, group := range siblings {
		a := slices.IndexFunc(group, func(r string) bool { return matches(r+"/...", name) })
		b := slices.IndexFunc(group, func(r string) bool { return matches(r+"/...", to) })
		if a >= 0 && b >= 0 && a != b {
			return "the two are siblings, which do not import each other. Let them meet in a small interface of views/web, or in framework"
		}
	}
	for _, b := range bans {
		if matches(b.from, name) && matches(b.to, to) && !permits(b.except, to) {
			return b.why + ". Move the code to a room above, or what it needs to a room below"
		}
	}
	return ""
}

// link returns what is wrong with an import of another module, "" if it is allowed.
func link(name, imported string, test bool) string {
	at := slices.IndexFunc(modules, func(m module) bool { return matches(m.path+"/...", imported) })
	if at < 0 {
		return "the picture has no such module. Use the standard library, or add the module to internal/archtest/picture.go with the rooms that may link it"
	}
	m := modules[at]
	owner := machineryOf(name)
	switch {
	case permits(m.rooms, name), owner != "" && permits(m.rooms, owner), test && (m.tests || permits(m.testRooms, name)):
		return ""
	case m.rooms == nil:
		return "it is for tests alone"
	case m.heavy:
		return fmt.Sprintf("only %s may link it. Put the code into a package of its own, which only its users import", strings.Join(m.rooms, " and "))
	case matches("registry/...", name), matches("traversal/...", name):
		return "the rooms at the ground use the standard library alone. Take an interface or a function instead"
	}
	return fmt.Sprintf("only %s may link it. Use the standard library, or add the room to the module's line in internal/archtest/picture.go",
		strings.Join(m.rooms, ", "))
}

// find returns the place of a package's room in the picture: its own line, or else the first one of
// a folder above it; -1 if there is none.
func find(name string) int {
	if at := slices.IndexFunc(picture, func(r room) bool { return r.path == name }); at >= 0 {
		return at
	}
	return slices.IndexFunc(picture, func(r room) bool { return strings.HasSuffix(r.path, "/...") && matches(r.path, name) })
}

// matches reports whether a path is pattern, or is in the folder of a pattern ending in "/...".
func matches(pattern, path string) bool {
	folder, ok := strings.CutSuffix(pattern, "...")
	if !ok {
		return pattern == path
	}
	return folder == path+"/" || strings.HasPrefix(path, folder)
}

func permits(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return matches(pattern, path) })
}

// machineryOf returns the room whose internal folder contains the package, "" if there is none.
func machineryOf(name string) string {
	owner, _, ok := strings.Cut(name, "/internal/")
	if !ok {
		return ""
	}
	return owner
}

// heavy returns a heavy module that a room may link, "" without one.
func heavy(name string) string {
	for _, m := range modules {
		if m.heavy && permits(m.rooms, name) {
			return m.path
		}
	}
	return ""
}

// isProgram reports whether a package is an application, which links what it likes.
func isProgram(name string) bool {
	return matches("examples/...", name) || matches("internal/...", name) || matches("framework/cmd/...", name)
}
