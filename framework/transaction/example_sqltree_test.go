package transaction_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/traversal/sqltree/sqlite"
	"github.com/mastaba-go/mastaba/views"
)

type site struct{ sqltree.Item }

type page struct {
	sqltree.Item
	Text string `json:"text"`
}

// The tree joins the unit of the request: either both pages are stored, or none.
func ExampleUnitOf() {
	if err := serveTree(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// POST /add?name=a&name=b 204
	// POST /add?name=c&name=a 409
	// GET /b 200
	// GET /c 404
}

func serveTree() error {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	db, err := sqlite.Open(ctx, filepath.Join(dir, "site.db"), sqlite.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	tree, err := sqltree.New(ctx, db, sqltree.Options{
		Root:  sqltree.Kind[*site]("site"),
		Kinds: []sqltree.KindSpec{sqltree.Kind[*page]("page")},
		Unit:  transaction.UnitOf,
	})
	if err != nil {
		return err
	}
	defer tree.Close(ctx)
	config := framework.New(framework.Options{Root: func(r *framework.Request) (traversal.Resource, error) {
		return tree.Root(r.Context(), r.URL.EscapedPath())
	}})
	transaction.Add(config, db, transaction.Options{Attempts: 3})
	config.AddView(views.On(func(r *framework.Request, _ *page) (*framework.Response, error) { return r.Text("a page"), nil }))
	config.AddView(views.On(func(r *framework.Request, parent *site) (*framework.Response, error) {
		for _, name := range r.URL.Query()["name"] {
			if err := tree.Create(r.Context(), parent, name, &page{Text: "…"}); err != nil {
				return nil, err // a name that is taken is a 409
			}
		}
		return r.Empty(http.StatusNoContent), nil
	}), views.Name("add"), views.Method("POST"))
	app, err := config.App()
	if err != nil {
		return err
	}
	for _, hr := range []*http.Request{
		httptest.NewRequest(http.MethodPost, "/add?name=a&name=b", nil),
		httptest.NewRequest(http.MethodPost, "/add?name=c&name=a", nil),
		httptest.NewRequest(http.MethodGet, "/b", nil),
		httptest.NewRequest(http.MethodGet, "/c", nil),
	} {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, hr)
		fmt.Println(hr.Method, hr.RequestURI, w.Code)
	}
	return nil
}
