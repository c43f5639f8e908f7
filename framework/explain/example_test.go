package explain_test

import (
	"fmt"

	"github.com/mastaba-go/mastaba/framework/explain"
)

// A tool looks at the data; people read the text. The explanation here is written out, since
// App.Explain makes them.
func ExampleExplanation() {
	why := &explain.Explanation{
		Method: "GET", Target: "/wiki/Front",
		Outcome: explain.Outcome{Status: 404, Certain: true, By: explain.ByFramework, At: explain.AtViews, Cause: `no view named "Front" for wiki.Root`},
		Views:   []explain.View{{View: `view "Front"`, Source: "app.go:12", Function: "main.show", Failed: `method="POST"`}},
	}
	for _, v := range why.Views {
		if !v.Chosen {
			fmt.Println(v.View, "failed:", v.Failed)
		}
	}
	fmt.Println(why)
	// Output:
	// view "Front" failed: method="POST"
	// GET /wiki/Front
	//     404 Not Found: default response of the framework, no view runs
	//     stopped at views: no view named "Front" for wiki.Root
	//
	// views, in the order they are tried
	//     view "Front": method="POST" does not hold
	//         main.show (app.go:12)
}
