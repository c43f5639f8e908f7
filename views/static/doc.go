// Package static serves the files of an application, such as style sheets, scripts and images.
//
//	package main
//
//	import (
//		"embed"
//		"log"
//		"net/http"
//
//		"github.com/mastaba-go/mastaba/framework"
//		"github.com/mastaba-go/mastaba/views"
//	)
//
//	//go:embed files
//	var files embed.FS
//
//	func main() {
//		config := framework.New(framework.Options{})
//		config.AddAssets("app", files)
//		config.AddStaticAssets("static", "app:files") // files/app.css at /static/app.css
//		config.AddView(views.Func(home))
//		app, err := config.App()
//		if err != nil {
//			log.Fatal(err)
//		}
//		log.Fatal(http.ListenAndServe(":6543", app))
//	}
//
//	func home(r *framework.Request) (*framework.Response, error) {
//		css, err := r.StaticPath("static/app.css") // /static/app.3f2a91cd07.css
//		if err != nil {
//			return nil, err
//		}
//		return r.HTML(`<link rel=stylesheet href="` + css + `">`), nil
//	}
//
// [Add] serves any fs.FS, [AddAssets] a folder of named assets, whose files the application may
// override (package assets). [File] and [Content] are responses for views of your own.
//
// # What is served
//
// A static view is a route with a view. It takes its place among the routes and answers GET and
// HEAD; other methods get a 405. A missing file is a 404 through the application's not-found view.
// Clients need no permission unless [Permission] sets one. For a folder it serves index.html, after
// a redirect that adds a missing final slash; it never lists a folder. Names that begin with a dot,
// except .well-known, and anything but regular files are not served. Symbolic links in an os.DirFS
// are followed wherever they lead: pass the FS of an os.Root if others can create links there.
//
// Responses have the validators, conditions and ranges of RFC 9110. The ETag of a small or an
// embedded file is strong and made from its content; that of a large file on disk is made from its
// time and size. A compressed copy beside a file, with the suffix .br, .zst or .gz, is sent in its
// place: the smallest one that the client accepts. A copy that is more than two seconds older than
// its file is not used, since the file has changed after it was made. Ranges always refer to the
// file itself. Content types of common files come from a table in this package, and do not depend
// on the machine. With X-Content-Type-Options: nosniff, browsers do not guess others.
//
// # Versions in URLs
//
// [web.Request.StaticPath] and StaticURL take the name of the static view (or [As]) and the path,
// "static/app.css", or a specification, "app:files/app.css". The URL contains a version, made from
// the content, so clients may cache the response for a year: changed content has another URL. A URL
// with an old version still serves the file, without that lifetime. References in style sheets, in
// url() and @import, get versions too, so the version of a sheet changes with what it refers to.
// [Plain] switches this off; [AddCacheBuster] puts something else in its place.
//
// Embedded files are read once. Files on disk are checked for each request and each generated URL,
// so a change shows at once, without a restart. A static view keeps at most 64 MiB of small files
// and of style sheets in memory.
package static
