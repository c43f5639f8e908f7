package conformance

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// reading is a way to read a path. The zero reading is ours; each flag switches on one of Pyramid's
// habits.
type reading struct {
	whole   bool // decodes the whole path, then splits it
	climb   bool // joins the virtual root and the path as text, so ".." climbs out
	loose   bool // generates URLs without checking where they lead
	textual bool // cuts the virtual root off a URL as text
	stray   bool // generates URLs that lead nowhere
}

// walk is the outline's traversal of a path.
type walk struct {
	match   *match   // nil without a route
	names   []string // of the virtual root, then of the path
	beyond  []string // the subpath, if all names were traversed
	virtual int      // number of names that belong to the virtual root
	nodes   []*Tree  // along the way, root first; nil for the default root
	raised  string   // name of the error that ended it
	ofError bool     // for an error view
}

// names normalizes the segments of a path: it drops empty ones and ".", and ".." removes the one
// before it.
func names(parts []string) []string {
	var kept []string
	for _, name := range parts {
		switch name {
		case "", ".":
		case "..":
			kept = kept[:max(len(kept)-1, 0)]
		default:
			kept = append(kept, name)
		}
	}
	return kept
}

// badPath reports whether the path of the request is not UTF-8 or contains a NUL.
func (q *Request) badPath() bool {
	decoded, err := url.PathUnescape(q.Path)
	return err != nil || !utf8.ValidString(decoded) || strings.ContainsRune(decoded, 0)
}

// path returns the decoded path; a NUL in it is an escaped slash.
func (q *Request) path(how reading) string { return decoded(q.Path, how) }

func decoded(escaped string, how reading) string {
	segments := strings.Split(escaped, "/")
	for i, s := range segments {
		segments[i], _ = url.PathUnescape(s)
		if !how.whole {
			segments[i] = strings.ReplaceAll(segments[i], "/", "\x00")
		}
	}
	if path := strings.Join(segments, "/"); path != "" {
		return path
	}
	return "/"
}

// unhidden restores escaped slashes.
func unhidden(text string) string { return strings.ReplaceAll(text, "\x00", "/") }

// virtual returns the names of the virtual root.
func (q *Request) virtual() []string { return names(strings.Split(q.header("X-Vhm-Root"), "/")) }

// walk traverses the path of the request, or the one from its route.
func (o *outline) walk(q *Request, m *match, how reading) walk {
	virtual := q.virtual()
	w := walk{match: m, virtual: len(virtual)}
	way, tree := strings.Split(q.path(how), "/"), o.trees[o.tree]
	if m != nil {
		way, w.beyond = m.way()
		if m.Factory != "" {
			tree = o.trees[m.Factory]
		}
	}
	if how.climb {
		glue := "/"
		if m != nil && m.textual() {
			glue = ""
		}
		w.names = names(strings.Split(q.header("X-Vhm-Root")+glue+strings.Join(way, "/"), "/"))
	} else {
		w.names = append(virtual, names(way)...)
	}
	for i := range w.names {
		w.names[i] = unhidden(w.names[i])
	}
	if q.badPath() {
		w.raised = "URLDecodeError"
		return w
	}
	w.follow(tree)
	return w
}

func (w *walk) follow(at *Tree) {
	if at != nil && at.Raises != "" {
		w.raised = at.Raises
		return
	}
	w.nodes = []*Tree{at}
	for _, name := range w.names {
		if strings.HasPrefix(name, "@@") || !slices.Contains([]string{"Root", "Folder", "Book"}, w.class(w.depth())) {
			return
		}
		child := at.Children[name]
		if child == nil {
			return
		}
		if child.Raises != "" {
			w.raised = child.Raises
			return
		}
		at = child
		w.nodes = append(w.nodes, at)
	}
}

// depth returns the number of names that were traversed.
func (w *walk) depth() int { return len(w.nodes) - 1 }

// class returns the class of the node at a depth.
func (w *walk) class(depth int) string {
	switch node := w.nodes[depth]; {
	case node == nil:
		return "DefaultRoot"
	case node.Class != "":
		return node.Class
	case depth == 0:
		return "Root"
	}
	return "Folder"
}

func (w *walk) path(depth int) string { return "/" + strings.Join(w.names[:depth], "/") }

func (w *walk) viewName() string {
	if w.depth() == len(w.names) {
		return ""
	}
	return strings.TrimPrefix(w.names[w.depth()], "@@")
}

func (w *walk) subpath() []string {
	if w.depth() == len(w.names) {
		return w.beyond
	}
	return w.names[min(w.depth()+1, len(w.names)):]
}

// virtualRoot returns the path of the virtual root; "/" if the walk did not reach it.
func (w *walk) virtualRoot() string {
	if w.virtual > w.depth() {
		return "/"
	}
	return w.path(w.virtual)
}

// found returns what a case of the suite traversal compares.
func (w *walk) found() map[string]any {
	return map[string]any{
		"context":           w.path(w.depth()),
		"context_class":     w.class(w.depth()),
		"view_name":         w.viewName(),
		"subpath":           w.subpath(),
		"traversed":         w.names[:w.depth()],
		"virtual_root":      w.virtualRoot(),
		"virtual_root_path": w.names[:w.virtual],
		"root":              "/",
	}
}

// header returns the value of a header, "" for none.
func (q *Request) header(name string) string {
	value, _ := q.hasHeader(name)
	return value
}

func (q *Request) hasHeader(name string) (value string, present bool) {
	var values []string
	for _, h := range q.Headers {
		if strings.EqualFold(h[0], name) {
			values = append(values, h[1])
		}
	}
	return strings.Join(values, ", "), values != nil
}
