// Package static serves files: style sheets, scripts, images, whatever an application brings along.
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
// A static view is a route with a view: it takes its place among the routes, answers GET and HEAD
// (others are 405), and its errors are those of the application: 404 through the not-found view. It
// needs no permission, unless [Permission] says so. For a folder it serves index.html; without a
// slash at the end it redirects there first. It lists nothing. Names that begin with a dot are not
// served, other than .well-known, nor is what is neither a file nor a folder. A folder on the disk is
// followed where its symbolic links lead: give Add the FS of an os.Root where others may write links.
//
// Responses have the validators, conditions and ranges of RFC 9110. A small file, and one that is
// embedded, has a strong ETag of its content; a large file on the disk one of its time and size.
// Files that lie beside a file with the suffix .br, .zst or .gz are sent in its place, the smallest
// that the client accepts; ranges are always those of the file itself. Content types come from a
// table of this package first, and do not depend on the machine for common files.
//
// # Versions in URLs
//
// [web.Request.StaticPath] and StaticURL take the name of the static view (or [As]) and the path,
// "static/app.css", or a specification, "app:files/app.css". The URL holds a version of the content,
// and a client may keep what it gets for a year: the next content has another URL. An old version
// still finds the file, without such a lifetime. References in style sheets, in url() and @import,
// get versions too, so the version of a sheet changes with what it refers to. [Plain] switches this
// off; [AddCacheBuster] puts something else in its place.
//
// What is embedded is read once. Files on the disk are looked at for each request and URL, so a
// change shows at once, without a restart. A static view keeps at most 64 MiB of small files and of
// style sheets in memory.
package static
