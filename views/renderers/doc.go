// Package renderers has further renderers beside those of package views: JSONP, CSV, and streams of
// JSON lines.
//
//	package main
//
//	import (
//		"iter"
//		"log"
//		"net/http"
//
//		"github.com/mastaba-go/mastaba/framework"
//		"github.com/mastaba-go/mastaba/views"
//		"github.com/mastaba-go/mastaba/views/renderers"
//	)
//
//	type Line struct {
//		Name  string `csv:"name" json:"name"`
//		Count int    `csv:"count" json:"count"`
//	}
//
//	func main() {
//		config := framework.New(framework.Options{})
//		config.AddRenderer("csv", renderers.CSV(renderers.CSVOptions{Filename: "stock.csv"}))
//		config.AddRenderer("ndjson", renderers.NDJSON())
//		config.AddView(views.Func(stock), views.Name("stock.csv"), views.Renderer("csv"))
//		config.AddView(views.Func(stream), views.Name("stock.ndjson"), views.Renderer("ndjson"))
//		app, err := config.App()
//		if err != nil {
//			log.Fatal(err)
//		}
//		log.Fatal(http.ListenAndServe(":6543", app))
//	}
//
//	func stock(r *framework.Request) ([]Line, error) { return []Line{{"bolt", 12}}, nil }
//
//	func stream(r *framework.Request) (iter.Seq2[Line, error], error) {
//		return func(yield func(Line, error) bool) { yield(Line{"bolt", 12}, nil) }, nil
//	}
//
// CSV and NDJSON render a slice at once. An iter.Seq, or an iter.Seq2 whose second value is an
// error, is rendered while it is sent, which takes little memory. An error before the first item is
// an ordinary error response; a later one aborts the connection, so that the client notices.
package renderers
