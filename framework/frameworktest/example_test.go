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

// A form, a JSON body, the answer decoded; what was logged and which events
// were told can be looked at afterwards.
func ExampleApp_Post() {
	configure := func(log *frameworktest.Log) *framework.Configurator {
		config := framework.New(framework.Options{
			Root:   frameworktest.Root(frameworktest.Tree{"wiki/Front": &page{"hi"}}),
			Logger: log.Logger(),
		})
		config.AddView(views.OnInput(func(_ *web.Request, p *page, in struct {
			Text string `json:"text"`
		}) (*page, error) {
			return &page{in.Text}, nil
		}), views.Name("edit"), views.Method("POST"))
		return config
	}
	_ = func(t *testing.T) { // TestEdit
		var log frameworktest.Log
		app := frameworktest.New(t, configure(&log))
		var saved page
		app.Post("/wiki/Front/edit", frameworktest.JSON(map[string]string{"text": "new"})).Status(http.StatusOK).Decode(&saved)
		app.Post("/wiki/Front/edit", frameworktest.Form("text", "new")).Status(http.StatusOK)
		app.Get("/wiki/Front/edit", frameworktest.Header("Accept", "text/html")).Status(http.StatusMethodNotAllowed)
		_, _ = app.Events(), log.Lines()
	}
	// Output:
}
