package renderers_test

import (
	"errors"
	"fmt"
	"iter"
	"net/http/httptest"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/renderers"
	"github.com/mastaba-go/mastaba/views/web"
)

// Line is a line of a stock list.
type Line struct {
	Name  string `csv:"name" json:"name"`
	Count int    `csv:"count" json:"count"`
}

// get prints the response to a GET request.
func get(config *framework.Configurator, target string) {
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
	fmt.Println(w.Code, w.Header().Get("Content-Type"))
	if disposition := w.Header().Get("Content-Disposition"); disposition != "" {
		fmt.Println(disposition)
	}
	fmt.Print(strings.ReplaceAll(w.Body.String(), "\r\n", "\n")) // CSV has the lines of RFC 4180
}

func ExampleCSV() {
	config := framework.New(framework.Options{})
	config.AddRenderer("csv", renderers.CSV(renderers.CSVOptions{Filename: "stock.csv"}))
	config.AddView(views.Func(func(*web.Request) ([]Line, error) {
		return []Line{{"bolt", 12}, {"nut, hexagonal", 7}, {"=1+1", 0}}, nil
	}), views.Renderer("csv"))
	get(config, "/")
	// Output:
	// 200 text/csv; charset=utf-8
	// attachment; filename=stock.csv
	// name,count
	// bolt,12
	// "nut, hexagonal",7
	// '=1+1,0
}

func ExampleNDJSON() {
	config := framework.New(framework.Options{})
	config.AddRenderer("ndjson", renderers.NDJSON())
	config.AddView(views.Func(func(r *web.Request) (iter.Seq2[Line, error], error) {
		if r.URL.RawQuery == "closed" {
			return nil, errors.New("the warehouse is closed")
		}
		return func(yield func(Line, error) bool) { // sent line by line
			_ = yield(Line{"bolt", 12}, nil) && yield(Line{"nut", 7}, nil)
		}, nil
	}), views.Renderer("ndjson"))
	get(config, "/")
	// Output:
	// 200 application/x-ndjson
	// {"name":"bolt","count":12}
	// {"name":"nut","count":7}
}

func ExampleJSONP() {
	config := framework.New(framework.Options{})
	config.AddRenderer("jsonp", renderers.JSONP(renderers.JSONPOptions{}))
	config.AddView(views.Func(func(*web.Request) (Line, error) { return Line{"bolt", 12}, nil }), views.Renderer("jsonp"))
	get(config, "/?callback=app.show")
	fmt.Println()
	get(config, "/")
	// Output:
	// 200 application/javascript
	// /**/app.show({"name":"bolt","count":12});
	// 200 application/json
	// {"name":"bolt","count":12}
}
