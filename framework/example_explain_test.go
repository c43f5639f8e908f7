package framework_test

import (
	"fmt"
	"net/http/httptest"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
)

// Why is that a 405? The explanation, printed, has every stage of the request.
func ExampleApp_Explain() {
	config := framework.New(framework.Options{})
	config.AddView(views.Func(func(*framework.Request) (string, error) { return "saved", nil }),
		views.Name("save"), views.Method("POST"))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	why := app.Explain(httptest.NewRequest("GET", "/save", nil))
	fmt.Println(why.Outcome.Summary())
	fmt.Println(why.Outcome.Cause)
	// Output:
	// 405 Method Not Allowed (Allow: OPTIONS, POST): default response of the framework, no view runs
	// no view fits "save" for framework.DefaultRoot (failed: method)
	//     view "save" for any resource [method="POST"]: method="POST" does not hold
}
