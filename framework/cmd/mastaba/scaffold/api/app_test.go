package main

import (
	"context"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/security"
)

func TestTasks(t *testing.T) {
	a, err := open(t.Context(), filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	token, hash := security.NewToken()
	config := configure(a, usersOf(hash+" alice\n"), framework.Options{Logger: new(frameworktest.Log).Logger()})
	config.OnStop(func(ctx context.Context, _ *framework.App) error { return a.close(ctx) })
	app := frameworktest.New(t, config)
	alice := frameworktest.Header("Authorization", "Bearer "+token)

	app.Get("/").Status(http.StatusUnauthorized)
	app.Post("/", alice, frameworktest.JSON(newInput{Name: "garden"})).Status(http.StatusUnprocessableEntity)
	made := app.Post("/", alice, frameworktest.JSON(newInput{Name: "garden", Title: "Garden"})).Status(http.StatusCreated)
	if got := made.Header.Get("Location"); got != "/garden/" {
		t.Error(got)
	}
	app.Post("/", alice, frameworktest.JSON(newInput{Name: "", Title: "Nameless"})).Status(http.StatusUnprocessableEntity)
	app.Post("/garden", alice, frameworktest.JSON(newInput{Name: "water", Title: "Water it"})).Status(http.StatusCreated)
	app.Post("/garden", alice, frameworktest.JSON(newInput{Name: "water", Title: "Again"})).Status(http.StatusUnprocessableEntity)

	etag := app.Get("/garden/water", alice).Status(http.StatusOK).Header.Get("ETag")
	done := frameworktest.JSON(taskInput{Title: "Water it", Done: true})
	app.Request(http.MethodPut, "/garden/water", alice, done).Status(http.StatusPreconditionRequired)
	app.Request(http.MethodPut, "/garden/water", alice, done, frameworktest.Header("If-Match", etag)).Status(http.StatusNoContent)
	app.Request(http.MethodPut, "/garden/water", alice, done, frameworktest.Header("If-Match", etag)).Status(http.StatusPreconditionFailed)

	var tasks list[item[Task]]
	app.Get("/garden", alice).Status(http.StatusOK).Decode(&tasks)
	if len(tasks.Items) != 1 || !tasks.Items[0].Value.Done {
		t.Error(tasks)
	}
	app.Request(http.MethodDelete, "/garden", alice).Status(http.StatusNoContent)
	app.Get("/garden/water", alice).Status(http.StatusNotFound)
}
