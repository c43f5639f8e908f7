// Package builtin has the catalogs of the framework's own texts.
package builtin

import (
	"embed"
	"io/fs"

	"github.com/mastaba-go/mastaba/views/web"
)

// Domain is the domain of the framework's own texts.
const Domain = "mastaba"

//go:embed locale/*/LC_MESSAGES/*.po
var files embed.FS

// Catalogs returns the folder of the catalogs.
func Catalogs() fs.FS {
	folder, err := fs.Sub(files, "locale")
	if err != nil {
		panic(err) // the name is valid
	}
	return folder
}

// Texts are the framework's texts that the code does not have as constants of a message: those of
// statuses are from net/http, and packages without web.Message know only an id.
var Texts = []web.Message{
	{ID: "path-invalid", Domain: Domain, Default: "the path is invalid"},
	{ID: "body-too-large", Domain: Domain, Default: "the request body is too large"},
	{ID: "form-too-large", Domain: Domain, Default: "the form is too large"},
	{ID: "form-too-many-parts", Domain: Domain, Default: "the form has too many parts"},
	{ID: "the form is not UTF-8", Domain: Domain},
	{ID: "the multipart form is malformed", Domain: Domain},
	{ID: "the form is too large", Domain: Domain},
	{ID: "the form does not have the file", Domain: Domain},
	{ID: "send multipart/form-data", Domain: Domain},
	{ID: "the query string is malformed", Domain: Domain},
	{ID: "the request body arrived too slowly", Domain: Domain},
	{ID: "the request body is malformed or incomplete", Domain: Domain},
}
