package sqltree_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/traversal/sqltree/sqlite"
)

// Handbook is the root of the tree, Article a node below it.
type Handbook struct {
	sqltree.Item
}

type Article struct {
	sqltree.Item
	Title string `json:"title"`
	Text  string `json:"text"`
}

// SearchText makes articles searchable.
func (a *Article) SearchText() (title, body string) { return a.Title, a.Text }

// openHandbook opens a tree in a new file, and returns what removes it.
func openHandbook(ctx context.Context) (*sqltree.Tree, func(), error) {
	dir, err := os.MkdirTemp("", "handbook")
	if err != nil {
		return nil, nil, err
	}
	db, err := sqlite.Open(ctx, filepath.Join(dir, "handbook.db"), sqlite.Options{})
	if err != nil {
		return nil, nil, err
	}
	tree, err := sqltree.New(ctx, db, sqltree.Options{
		Root:  sqltree.Kind[*Handbook]("handbook"),
		Kinds: []sqltree.KindSpec{sqltree.Kind[*Article]("article")},
	})
	return tree, func() { _ = errors.Join(tree.Close(ctx), db.Close(), os.RemoveAll(dir)) }, err
}

// A tree is opened once. What a walk finds in it are values of the registered types.
func Example() {
	ctx := context.Background()
	tree, remove, err := openHandbook(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer remove()
	root, err := tree.Root(ctx, "/")
	if err != nil {
		log.Fatal(err)
	}
	if err := tree.Create(ctx, root, "first-day", &Article{Title: "Your first day"}); err != nil {
		log.Fatal(err)
	}

	// In an application, the root factory calls Root and the framework walks.
	root, err = tree.Root(ctx, "/first-day")
	if err != nil {
		log.Fatal(err)
	}
	node, err := new(traversal.Traverser).Find(ctx, traversal.NewNode(root), "/first-day")
	if err != nil {
		log.Fatal(err)
	}
	article := node.Resource().(*Article)
	fmt.Println(node.Path(), article.Title, article.Version())
	// Output: /first-day Your first day 1
}

// Two people edit the same article: the second one gets an error, instead of
// overwriting the first.
func ExampleTree_Update() {
	ctx := context.Background()
	tree, remove, err := openHandbook(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer remove()
	root, _ := tree.Root(ctx, "/")
	article := &Article{Text: "Come at nine."}
	if err := tree.Create(ctx, root, "hours", article); err != nil {
		log.Fatal(err)
	}
	other, _ := tree.Get(ctx, article.ID()) // what somebody else has open
	article.Text = "Come at ten."
	if err := tree.Update(ctx, article); err != nil {
		log.Fatal(err)
	}
	late := other.Resource().(*Article)
	late.Text = "Come at eight."
	err = tree.Update(ctx, late)
	fmt.Println(errors.Is(err, sqltree.ErrConflict))
	// Output: true
}

// A deleted subtree is restored by undoing the newest change.
func ExampleTree_Undo() {
	tree, remove, err := openHandbook(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	defer remove()
	ctx := sqltree.WithActor(context.Background(), "anna")
	root, _ := tree.Root(ctx, "/")
	article := &Article{Title: "Holidays"}
	if err := tree.Create(ctx, root, "holidays", article); err != nil {
		log.Fatal(err)
	}
	if err := tree.Delete(ctx, article, sqltree.DeleteOptions{}); err != nil {
		log.Fatal(err)
	}
	entries, err := tree.Audit(ctx, sqltree.AuditOptions{Limit: 1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(entries[0].Actor, entries[0].Op, entries[0].Name)
	if err := tree.Undo(ctx, entries[0].Seq); err != nil {
		log.Fatal(err)
	}
	node, err := tree.Get(ctx, article.ID())
	fmt.Println(node.Path(), err)
	// Output:
	// anna deleted holidays
	// /holidays <nil>
}

// A search finds only what someone may see.
func ExampleTree_Search() {
	ctx := context.Background()
	tree, remove, err := openHandbook(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer remove()
	root, _ := tree.Root(ctx, "/")
	if err := tree.SetACL(ctx, root, acl.List{acl.Allow(acl.Everyone, "view")}); err != nil {
		log.Fatal(err)
	}
	salaries := &Article{Title: "Salaries", Text: "They are paid on the first day of the month."}
	for name, article := range map[string]*Article{"salaries": salaries, "welcome": {Title: "Welcome", Text: "Your first day here."}} {
		if err := tree.Create(ctx, root, name, article); err != nil {
			log.Fatal(err)
		}
	}
	if err := tree.SetACL(ctx, salaries, acl.List{acl.Allow("group:office", "view"), acl.DenyAll}); err != nil {
		log.Fatal(err)
	}

	// A view calls r.Can("view", n) in Permits.
	hits, err := tree.Search(ctx, `"first day"`, sqltree.SearchOptions{Permits: func(ctx context.Context, n traversal.Node) (bool, error) {
		decision, err := acl.Permits(ctx, nil, n, "view", []string{acl.Everyone})
		return decision.Allowed, err
	}})
	for _, hit := range hits {
		fmt.Println(hit.Node.Path(), hit.Title)
	}
	fmt.Println(err)
	// Output:
	// /welcome Welcome
	// <nil>
}
