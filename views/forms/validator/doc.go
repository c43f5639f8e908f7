// Package validator checks the inputs of forms by the tags of go-playground/validator:
//
//	package main
//
//	import (
//		"log"
//		"net/http"
//
//		"github.com/mastaba-go/mastaba/framework"
//		"github.com/mastaba-go/mastaba/views"
//		"github.com/mastaba-go/mastaba/views/forms"
//		"github.com/mastaba-go/mastaba/views/forms/validator"
//	)
//
//	type Draft struct {
//		Title string `form:"title" validate:"required,max=80"`
//		Mail  string `form:"mail" validate:"omitempty,email"`
//	}
//
//	func main() {
//		config := framework.New(framework.Options{})
//		forms.SetValidator(config, validator.New(nil))
//		config.AddRoute("drafts", "/drafts")
//		config.AddView(views.OnInput(save), views.Route("drafts"), views.Method("POST"))
//		app, err := config.App()
//		if err != nil {
//			log.Fatal(err)
//		}
//		log.Fatal(http.ListenAndServe(":6543", app))
//	}
//
//	func save(r *framework.Request, _ any, in Draft) (*framework.Response, error) {
//		return r.Text("saved " + in.Title), nil // without a title: 422, title: a value is required
//	}
//
// The rules hold for pages made by forms.Add and for views.OnInput. Unknown rules are configuration
// errors, found when the application is built. A rule that fails becomes a problem of the field
// with the name that the form has for it: its code is the rule, such as "max", and its params have
// the parameter of the rule.
package validator
