package pgstore_test

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/framework/session/pgstore"
	"github.com/mastaba-go/mastaba/views"
)

func Example() {
	pool, err := pgxpool.New(context.Background(), "postgres://localhost/shop") // connects on first use
	if err != nil {
		fmt.Println(err)
		return
	}
	defer pool.Close()
	store, err := pgstore.New(pool, pgstore.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	sessions, err := session.New(session.Options{Store: store})
	if err != nil {
		fmt.Println(err)
		return
	}
	config := framework.New(framework.Options{Sessions: sessions})
	config.OnServe(
		func(ctx context.Context, _ *framework.App) error { return store.Start(ctx) },
		func(ctx context.Context, _ *framework.App) error { return store.Stop(ctx) })
	addLogin(config, session.NewKey[string]("user"))
	_, err = config.App()
	fmt.Println(err)
	// Output: <nil>
}

func addLogin(config *framework.Configurator, user session.Key[string]) {
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.Text("welcome"), user.Set(r, "alice")
	}), views.Name("login"))
}
