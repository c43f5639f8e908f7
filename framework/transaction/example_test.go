package transaction_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/views"
)

// openNotes opens a database in memory, with a table of notes.
func openNotes(name string) (*sql.DB, transaction.Database) {
	file := "file:" + name + "?mode=memory&cache=shared&_pragma=busy_timeout(1000)"
	db, err := sql.Open("sqlite", file+"&_txlock=immediate")
	if err != nil {
		panic(err)
	}
	if _, err := db.Exec("CREATE TABLE note(text TEXT PRIMARY KEY)"); err != nil {
		panic(err)
	}
	return db, transaction.SQL(db, transaction.SQLOptions{})
}

func countNotes(db *sql.DB) (n int) {
	if err := db.QueryRow("SELECT count(*) FROM note").Scan(&n); err != nil {
		panic(err)
	}
	return n
}

// A view writes two rows. If the second fails, the first is not stored either.
func Example() {
	db, database := openNotes("example")
	defer db.Close()
	config := framework.New(framework.Options{})
	transaction.Add(config, database, transaction.Options{Attempts: 3})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		tx, err := transaction.Tx(r.Context())
		if err != nil {
			return nil, err
		}
		for _, text := range r.URL.Query()["text"] {
			if text == "" {
				return r.Empty(http.StatusUnprocessableEntity), nil // rolls back too
			}
			if _, err := tx.ExecContext(r.Context(), "INSERT INTO note VALUES($1)", text); err != nil {
				return nil, err
			}
		}
		return r.Empty(http.StatusNoContent), nil
	}), views.Name("add"), views.Method("POST"))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, target := range []string{"/add?text=a&text=b", "/add?text=c&text="} {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest(http.MethodPost, target, nil))
		fmt.Println(w.Code, countNotes(db))
	}
	// Output:
	// 204 2
	// 422 2
}

// A part of a unit may fail without the rest.
func ExampleNested() {
	db, database := openNotes("nested")
	defer db.Close()
	err := transaction.Run(context.Background(), database, transaction.RunOptions{}, func(ctx context.Context) error {
		for _, text := range []string{"a", "a", "b"} {
			err := transaction.Nested(ctx, func(ctx context.Context) error {
				tx, err := transaction.Tx(ctx)
				if err != nil {
					return err
				}
				_, err = tx.ExecContext(ctx, "INSERT INTO note VALUES($1)", text)
				return err
			})
			fmt.Println(text, err == nil)
		}
		return nil
	})
	fmt.Println(err, countNotes(db))
	// Output:
	// a true
	// a false
	// b true
	// <nil> 2
}

// A job does its work in a unit of its own.
func ExampleRun() {
	db, database := openNotes("run")
	defer db.Close()
	err := transaction.Run(context.Background(), database, transaction.RunOptions{Attempts: 5}, func(ctx context.Context) error {
		tx, err := transaction.Tx(ctx)
		if err != nil {
			return err
		}
		if _, err = tx.ExecContext(ctx, "INSERT INTO note VALUES('a')"); err != nil {
			return err
		}
		return errors.New("changed its mind")
	})
	fmt.Println(err, countNotes(db))
	// Output: changed its mind 0
}

// Mail leaves only if the rows that it is about are stored.
func ExampleUnit_AfterCommit() {
	db, database := openNotes("hooks")
	defer db.Close()
	invite := func(ctx context.Context, name string) error {
		unit, ok := transaction.From(ctx)
		if !ok {
			return transaction.ErrNoUnit
		}
		unit.AfterCommit(func(context.Context) { fmt.Println("mail to", name) })
		_, err := unit.ExecContext(ctx, "INSERT INTO note VALUES($1)", name)
		return err
	}
	for _, name := range []string{"alice", "alice"} {
		err := transaction.Run(context.Background(), database, transaction.RunOptions{}, func(ctx context.Context) error { return invite(ctx, name) })
		fmt.Println(err == nil)
	}
	// Output:
	// mail to alice
	// true
	// false
}
