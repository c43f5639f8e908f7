// Command pocketbase serves a PocketBase with a collection of pages that only users may view, and
// one record in it, for a comparison with the wiki.
//
//	pocketbase HOST:PORT FOLDER
//
// It reads the text of the record from standard input, keeps its data in the folder, and prints the
// path of the record and a token of a user before it serves.
package main

import (
	"fmt"
	"io"
	"log"
	"os"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	_ "github.com/pocketbase/pocketbase/migrations"
)

func main() {
	if err := serve(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func serve(address, folder string) error {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: folder})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	if err := app.RunAllMigrations(); err != nil {
		return err
	}
	pages := core.NewBaseCollection("pages")
	rule := "@request.auth.id != ''"
	pages.ViewRule = &rule
	pages.Fields.Add(&core.TextField{Name: "title"}, &core.TextField{Name: "text", Max: 1 << 20})
	if err := app.Save(pages); err != nil {
		return err
	}
	page := core.NewRecord(pages)
	page.Set("title", "A page")
	page.Set("text", string(text))
	if err := app.Save(page); err != nil {
		return err
	}
	users, err := app.FindCollectionByNameOrId("users")
	if err != nil {
		return err
	}
	user := core.NewRecord(users)
	user.SetEmail("alice@example.com")
	user.SetPassword("open sesame, please")
	if err := app.Save(user); err != nil {
		return err
	}
	token, err := user.NewAuthToken()
	if err != nil {
		return err
	}
	fmt.Println("/api/collections/pages/records/"+page.Id, token)
	return apis.Serve(app, apis.ServeConfig{HttpAddr: address})
}
