package frameworktest_test

import (
	"net/http"
	"testing"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// A test builds what the program builds, over a tree of its own.
func ExampleNew() {
	configure := func(root web.RootFactory) *framework.Configurator {
		config := framework.New(framework.Options{Root: root, Security: frameworktest.Policy{"alice": {"edit"}}})
		config.AddView(views.On(show), views.Permission("edit"))
		return config
	}
	_ = func(t *testing.T) { // TestOnlyAliceSeesThePage
		app := frameworktest.New(t, configure(frameworktest.Root(frameworktest.Tree{"wiki/Front": &page{"hi"}})))
		app.Get("/wiki/Front").Status(http.StatusForbidden)
		app.Get("/wiki/Front", frameworktest.As("alice")).Status(http.StatusOK)
	}
	// Output:
}
