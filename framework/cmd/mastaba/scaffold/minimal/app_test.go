package main

import (
	"crypto/rand"
	"net/http"
	"strings"
	"testing"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
)

func TestGreeting(t *testing.T) {
	config := configure(rand.Text()+rand.Text(), framework.Options{Logger: new(frameworktest.Log).Logger()})
	config.SetDevelopment()
	b := frameworktest.New(t, config).Browser()
	token := b.Get("/").Status(http.StatusOK).Field("csrf_token")
	b.Post("/", frameworktest.Form("name", "", "csrf_token", token)).Status(http.StatusUnprocessableEntity)
	b.Post("/", frameworktest.Form("name", "Ada")).Status(http.StatusBadRequest) // not from our page
	b.Post("/", frameworktest.Form("name", "Ada", "csrf_token", token)).Status(http.StatusSeeOther)
	if page := b.Get("/"); !strings.Contains(page.Body, "Hello, Ada!") {
		t.Error(page.Body)
	}
}
