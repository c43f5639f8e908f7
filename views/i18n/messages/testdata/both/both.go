// Package both has templates of two domains.
package both

import (
	"os"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/templates"
)

// Include adds the templates.
func Include(c registry.Recorder) {
	templates.Add(c, os.DirFS("pages"), templates.Options{Domain: "one"})
	templates.AddAssets(c, "both:others", templates.Options{})
}
