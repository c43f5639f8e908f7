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

// Include adds the templates.
func Include(c registry.Recorder) {
	templates.Add(c, os.DirFS("pages"), templates.Options{Domain: name, Prefix: "wiki/"})
}
