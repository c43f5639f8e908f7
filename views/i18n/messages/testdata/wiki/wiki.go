// Package wiki has templates with a domain of their own.
package wiki

import (
	"os"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/i18n"
	"github.com/mastaba-go/mastaba/views/templates"
)

const name = "wiki"

var text = i18n.NewDomain(name)

var _ = text.Tr("Of the source")

var tr = text.In("method").Tr

var _ = tr("Of a method as a value")

// Include adds the templates.
func Include(c registry.Recorder) {
	templates.Add(c, os.DirFS("pages"), templates.Options{Domain: name, Prefix: "wiki/"})
	templates.Add(c, os.DirFS("pages"), templates.Options{Domain: name, Text: true})
	templates.Add(c, os.DirFS("pages"), templates.Options{Domain: name, Extension: ".xhtml"})
}
