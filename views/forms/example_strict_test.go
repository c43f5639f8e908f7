package forms_test

import (
	"fmt"
	"net/http/httptest"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/web"
)

// Search is an input that refuses what it has no field for.
type Search struct {
	forms.Strict
	Text string `form:"text"`
}

func ExampleStrict() {
	config := framework.New(framework.Options{})
	forms.AllowParameters(config, "utm_*")
	config.AddRoute("search", "/search")
	config.AddView(views.OnInput(func(r *web.Request, _ any, in Search) (*web.Response, error) {
		return r.Text("results for " + in.Text), nil
	}), views.Route("search"))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, query := range []string{"text=tombs&utm_source=mail", "txet=tombs"} {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest("GET", "/search?"+query, nil))
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 200 results for tombs
	// 422 422 Unprocessable Entity
	//
	// txet: no such field: did you mean "text"?
}

func ExampleValues() {
	values, err := forms.Values(Draft{Title: "Mastabas", Stars: 3, Lines: []Line{{"one", 1}}})
	fmt.Println(values.Encode(), err)
	// Output: lines.0.qty=1&lines.0.text=one&stars=3&title=Mastabas <nil>
}
