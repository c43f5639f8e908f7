package traversal_test

import (
	"context"
	"fmt"
	"net/mail"
	"strings"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
)

// Archive finds its pages in a remote index, which many requests use at the same time: their
// lookups share round trips.
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
	var t traversal.Traverser
	r, err := t.Traverse(ctx, site, "archive/Front/edit")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Node(), r.ViewName())
	// Output:
	// one query for [Front]
	// /archive/Front (*traversal_test.Page) edit
}

// A slow function runs on an executor with few workers.
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
