package traversal_test

import (
	"context"
	"fmt"
	"net/mail"
	"strings"
	"testing/fstest"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
)

// Wiki loads its pages; Page needs to know nothing about trees.
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

	var t *traversal.Traverser // an application has one with its rules
	var r traversal.Result
	err := t.Walk(context.Background(), site, traversal.Path{Escaped: "/wiki/Front/edit/42"}, &r)
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

// Archive knows its pages by an index elsewhere, which many requests ask at the same time: their
// lookups share a round trip.
type Archive struct {
	pages *async.Batcher[string, traversal.Resource]
}

func (a *Archive) ChildAsync(ctx context.Context, name string) *async.Future[traversal.Resource] {
	return a.pages.LoadAsync(ctx, name)
}

func ExampleAsyncContainer() {
	query := func(_ context.Context, names []string) (map[string]traversal.Resource, error) {
		fmt.Println("one query for", names)
		return map[string]traversal.Resource{"Front": &Page{Text: "Welcome"}}, nil
	}
	site := traversal.Map{"archive": &Archive{
		pages: async.NewBatcher(query, async.BatcherOptions{Missing: traversal.ErrNotFound}),
	}}

	ctx, scope := async.WithScope(context.Background(), 0) // a request has a scope already
	defer func() { _ = scope.End(-1) }()
	r, err := traversal.Traverse(ctx, site, "archive/Front/edit")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Node(), r.ViewName())
	// Output:
	// one query for [Front]
	// /archive/Front (*traversal_test.Page) edit
}

// A slow function of another package, on an executor with few workers.
func ExampleLookupAsync() {
	ex := async.NewExecutor(async.ExecutorOptions{Name: "mail", Workers: 2})
	parse := func(_ context.Context, m *mail.Message, name string) (traversal.Resource, error) {
		if v := m.Header.Get(name); v != "" {
			return v, nil
		}
		return nil, traversal.ErrNotFound
	}
	t, err := traversal.New([]traversal.Rule{traversal.LookupAsync(async.UseExecutor2(ex, parse))}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, scope := async.WithScope(context.Background(), 0) // a request has a scope already
	defer func() { _ = scope.End(-1) }()
	msg, _ := mail.ReadMessage(strings.NewReader("Subject: Hello\n\n"))
	n, err := t.Find(ctx, traversal.Map{"inbox": traversal.Map{"1": msg}}, "inbox/1/subject")
	fmt.Println(n.Resource(), err)
	// Output: Hello <nil>
}

func ExampleMap() {
	site := traversal.Map{
		"about": "a page",
		"blog":  traversal.Map{"2024": "a year"},
	}
	for n, err := range traversal.Children(context.Background(), site) {
		fmt.Println(n, err)
	}
	// Output:
	// /about (string) <nil>
	// /blog (traversal.Map) <nil>
}

func ExampleFS() {
	root := traversal.FS(fstest.MapFS{"docs/intro.txt": {Data: []byte("Hello")}})
	n, err := traversal.Find(context.Background(), root, "docs/intro.txt")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(n, n.Resource().(*traversal.File).Path())

	_, err = traversal.Find(context.Background(), root, "docs%2Fintro.txt")
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

func ExampleFind() {
	ctx := context.Background()
	site := traversal.NewNode(traversal.Map{"a": traversal.Map{"b": "B"}, "c": "C"})
	b, _ := traversal.Find(ctx, site, "/a/b")
	fmt.Println(b)
	c, _ := traversal.Find(ctx, b, "/c") // from the root of b
	fmt.Println(c)
	_, err := traversal.Find(ctx, b, "x")
	fmt.Println(err)
	// Output:
	// /a/b (string)
	// /c (string)
	// find "/x": string has no child "x"
}

// Breadcrumbs.
func ExampleLineage() {
	ctx := context.Background()
	n, _ := traversal.Find(ctx, traversal.Map{"a": traversal.Map{"b": "B"}}, "a/b")
	for up, err := range traversal.Lineage(ctx, n) {
		fmt.Println(up.Path(), err)
	}
	// Output:
	// /a/b <nil>
	// /a <nil>
	// / <nil>
}

// What was loaded by a query, and not by a walk, gets its place by hand.
func ExampleNode_At() {
	shelf := traversal.NewNode(traversal.Map{}).At("shelf", traversal.Map{})
	for _, title := range []string{"Go", "Rust & C"} {
		path, err := traversal.ResourcePath(context.Background(), shelf.At(title, title), "edit")
		fmt.Println(path, err)
	}
	// Output:
	// /shelf/Go/edit <nil>
	// /shelf/Rust%20&%20C/edit <nil>
}

func ExampleClosest() {
	site := traversal.Map{"wiki": &Wiki{texts: map[string]string{"Front": "Welcome"}}}
	n, _ := traversal.Find(context.Background(), site, "wiki/Front")
	wiki, at, ok, err := traversal.Closest[*Wiki](context.Background(), n)
	fmt.Println(len(wiki.texts), at, ok, err)
	// Output: 1 /wiki (*traversal_test.Wiki) true <nil>
}
