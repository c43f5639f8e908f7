package traversal_test

import (
	"context"
	"fmt"
	"net/mail"
	"strings"
	"testing/fstest"

	"github.com/mastaba-go/mastaba/traversal"
)

// Wiki loads its pages. Page needs no methods for the tree.
type Wiki struct{ texts map[string]string }

type Page struct{ Text string }

func (w *Wiki) Child(_ context.Context, name string) (traversal.Resource, error) {
	text, ok := w.texts[name]
	if !ok {
		return nil, traversal.ErrNotFound
	}
	return &Page{Text: text}, nil
}

func Example() {
	site := traversal.Map{"wiki": &Wiki{texts: map[string]string{"Front": "Welcome"}}}

	var t traversal.Traverser // in a view: r.Traverser()
	r, err := t.Traverse(context.Background(), site, "wiki/Front/edit/42")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Node())
	fmt.Println(r.ViewName(), r.Subpath())
	// Output:
	// /wiki/Front (*traversal_test.Page)
	// edit [42]
}

func ExampleMap() {
	site := traversal.Map{
		"about": "a page",
		"blog":  traversal.Map{"2024": "a year"},
	}
	var t traversal.Traverser
	for n, err := range t.Children(context.Background(), site) {
		fmt.Println(n, err)
	}
	// Output:
	// /about (string) <nil>
	// /blog (traversal.Map) <nil>
}

func ExampleFS() {
	var t traversal.Traverser
	root := traversal.FS(fstest.MapFS{"docs/intro.txt": {Data: []byte("Hello")}})
	n, err := t.Find(context.Background(), root, "docs/intro.txt")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(n, n.Resource().(*traversal.File).Path())

	_, err = t.Find(context.Background(), root, "docs%2Fintro.txt")
	fmt.Println(err)
	// Output:
	// /docs/intro.txt (*traversal.File) docs/intro.txt
	// find "/docs%2Fintro.txt": *traversal.Dir has no child "docs/intro.txt"
}

// A type of another package becomes a container.
func ExampleLookup() {
	header := traversal.Lookup(func(_ context.Context, m *mail.Message, name string) (traversal.Resource, error) {
		if v := m.Header.Get(name); v != "" {
			return v, nil
		}
		return nil, traversal.ErrNotFound
	})
	t, err := traversal.New([]traversal.Rule{header}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	msg, _ := mail.ReadMessage(strings.NewReader("Subject: Hello\n\n"))
	n, err := t.Find(context.Background(), traversal.Map{"inbox": traversal.Map{"1": msg}}, "inbox/1/subject")
	fmt.Println(n.Resource(), err)
	// Output: Hello <nil>
}

func ExampleTraverser_Find() {
	ctx := context.Background()
	var t traversal.Traverser
	site := traversal.NewNode(traversal.Map{"a": traversal.Map{"b": "B"}, "c": "C"})
	b, _ := t.Find(ctx, site, "/a/b")
	fmt.Println(b)
	c, _ := t.Find(ctx, b, "/c") // from the root of b
	fmt.Println(c)
	_, err := t.Find(ctx, b, "x")
	fmt.Println(err)
	// Output:
	// /a/b (string)
	// /c (string)
	// find "/x": string has no child "x"
}

// Breadcrumbs.
func ExampleTraverser_Lineage() {
	ctx := context.Background()
	var t traversal.Traverser
	n, _ := t.Find(ctx, traversal.Map{"a": traversal.Map{"b": "B"}}, "a/b")
	for up, err := range t.Lineage(ctx, n) {
		fmt.Println(up.Path(), err)
	}
	// Output:
	// /a/b <nil>
	// /a <nil>
	// / <nil>
}

// A resource that a query loaded, not a walk, gets its place by At.
func ExampleNode_At() {
	var t traversal.Traverser
	shelf := traversal.NewNode(traversal.Map{}).At("shelf", traversal.Map{})
	for _, title := range []string{"Go", "Rust & C"} {
		path, err := t.ResourcePath(context.Background(), shelf.At(title, title), "edit")
		fmt.Println(path, err)
	}
	// Output:
	// /shelf/Go/edit <nil>
	// /shelf/Rust%20&%20C/edit <nil>
}

func ExampleClosest() {
	site := traversal.Map{"wiki": &Wiki{texts: map[string]string{"Front": "Welcome"}}}
	var t traversal.Traverser
	n, _ := t.Find(context.Background(), site, "wiki/Front")
	wiki, at, ok, err := traversal.Closest[*Wiki](context.Background(), &t, n)
	fmt.Println(len(wiki.texts), at, ok, err)
	// Output: 1 /wiki (*traversal_test.Wiki) true <nil>
}

func ExampleTraverser_Inside() {
	var t traversal.Traverser
	root := traversal.NewNode(traversal.Map{})
	reports := root.At("reports", traversal.Map{})
	fmt.Println(t.Inside(context.Background(), reports.At("q3", "…"), reports))
	fmt.Println(t.Inside(context.Background(), root, reports))
	// Output:
	// true <nil>
	// false <nil>
}

// A name may contain a slash: it is escaped in a path, and stays one name.
func ExampleSplit() {
	names, err := traversal.Split("/docs/a%2Fb/./x/../caf%C3%A9")
	fmt.Printf("%q %v\n", names, err)
	fmt.Println(traversal.Join(names))
	_, err = traversal.Split("/%ff")
	fmt.Println(err)
	// Output:
	// ["docs" "a/b" "café"] <nil>
	// /docs/a%2Fb/caf%C3%A9
	// path "/%ff": not UTF-8
}
