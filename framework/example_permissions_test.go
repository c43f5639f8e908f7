package framework_test

import (
	"fmt"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/views"
)

// The build compares the permissions of views with those of the access lists that it can know.
func ExampleConfigurator_AddPermissions() {
	lists, err := acl.ParseTable("/\n  allow group:editors publish,view\n")
	if err != nil {
		fmt.Println(err)
		return
	}
	policy := security.New(security.Options{Identify: security.Tickets(security.TicketOptions{Secrets: []string{"32 random bytes, from a setting."}})})
	config := framework.New(framework.Options{Security: policy}).At(registry.Source{File: "app.go", Line: 7})
	config.AddPermissions(lists.Permissions()...)
	config.AddView(views.Func(publish), views.Permission("pulbish"))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, warning := range app.Registry().Warnings() { // the command check prints them
		fmt.Println(warning)
	}
	// Output: app.go:7: default view for any resource: nothing else names the permission "pulbish": did you mean "publish"? If not, declare it with AddPermissions
}

func publish(r *framework.Request) (*framework.Response, error) { return r.Text("published"), nil }
