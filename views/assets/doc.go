// Package assets names the files that the packages of an application bring along, such as templates
// and static files, and lets the application replace them with files of its own.
//
// A package adds its files under a name. Then "house:templates/page.html" is the asset
// specification of one file, and "house:templates/" that of a folder. An application that includes
// the package overrides a file or a whole folder, without a change to the package:
//
//	package main
//
//	import (
//		"embed"
//		"log"
//		"net/http"
//		"os"
//
//		"github.com/mastaba-go/mastaba/framework"
//	)
//
//	//go:embed static
//	var files embed.FS
//
//	func main() {
//		config := framework.New(framework.Options{})
//		config.AddAssets("house", files)
//		config.AddStaticAssets("static", "house:static")
//		config.AddAssets("site", os.DirFS("site"))
//		config.OverrideAsset("house:static/", "site:look/") // look/app.css in place of static/app.css
//		app, err := config.App()
//		if err != nil {
//			log.Fatal(err)
//		}
//		log.Fatal(http.ListenAndServe(":6543", app))
//	}
//
// # Which file is found
//
// The rules are those of Pyramid's chapter "Static Assets". An override of a file replaces that
// file. An override of a folder, whose specification ends with a slash, replaces every name that
// begins with that text. Overrides are tried from the last registered to the first, however narrow
// they are, and whether the application or an included package registered them; they never
// conflict. One whose target does not exist is skipped, and the package's own file comes last. A
// target in another package goes through the overrides of that package.
//
// [Assets.Find] finds one file or folder, and merges nothing: a folder is the first one that
// exists. [Assets.FS] is a folder as an fs.FS, for code that opens and lists files: each file in it
// is the one that Find returns, and a listing has the names of all layers.
//
// Packages that read assets (templates, static files, translations) do so while an application is
// built or later, in a function of registry.Registry.OnFreeze or in the phase after
// registry.Phase1: then all overrides are known.
package assets
