package templates

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/assets"
)

// Options are the options of [Add] and [AddAssets]. The zero value is for the templates of an
// application.
type Options struct {
	// Extension is that of the files that are templates, and of the renderer; "" is ".html", or
	// ".txt" with Text. With any extension the text is HTML, and values are escaped for it, unless
	// Text is set.
	Extension string
	// Text makes these templates plain text, such as that of a mail: values are written as they
	// are, and the response is text/plain. Never use it for HTML or XML.
	Text bool
	// Prefix precedes the names of these templates in the rest of the application: with "blog/" the
	// file list.html is the template "blog/list.html". Among themselves they need no prefix. The
	// default of AddAssets is the name of the package and a colon.
	Prefix string
	// Dir is the folder that the files come from, for files embedded in the program: in development
	// they are read from there, if it exists, so that a change shows without a restart.
	Dir string
	// Domain is the catalog of the functions t, tn and tc in these templates; "" is that of the
	// application.
	Domain string
	// Funcs are further functions for all templates. One whose first parameter is a *web.Request
	// gets that of the page, without writing it in the template. A name of this package cannot be
	// taken.
	Funcs map[string]any
}

// group is the templates of one directive.
type group struct {
	Options
	source registry.Source
	open   func() (fs.FS, error) // called while the application is built, and again in development
}

// Add is a directive that registers the files of fsys that have the extension, in all its folders,
// as templates, and a renderer that finds them by name:
//
//	templates.Add(config, os.DirFS("pages"), templates.Options{})
//	config.AddView(views.On(show), views.Renderer("wiki/page.html"))
//
// The name of a template is its path in fsys. Templates are parsed, combined and checked while the
// application is built; every mistake is reported with the file and line of the template. Add may
// be called again, also by an included package, for other templates of the same application; two of
// one name are a configuration error.
func Add(c registry.Recorder, fsys fs.FS, o Options) {
	g := &group{Options: o, open: func() (fs.FS, error) { return fsys, nil }}
	var err error
	if fsys == nil {
		err = errors.New("templates: the file system is nil: want one such as os.DirFS(\"templates\"), or an embed.FS")
	}
	add(c.Directive(), g, "templates", err)
}

// AddAssets is Add for a folder of assets, such as "blog:templates", so that an application can put
// files of its own in place of single ones: see package assets.
func AddAssets(c registry.Recorder, folder string, o Options) {
	cfg := c.Directive()
	var err error
	name, _, ok := assets.Split(folder)
	if !ok {
		err = fmt.Errorf("templates: invalid folder %q of assets: want a specification such as \"blog:templates\"", folder)
	}
	if o.Prefix == "" {
		o.Prefix = name + ":"
	}
	add(cfg, &group{Options: o}, "templates of "+folder, err)
}

// add declares a group. Its files are read once all files and overrides of the round are known.
func add(cfg *registry.Config, g *group, title string, err error) {
	g.source = cfg.Source()
	switch {
	case g.Extension != "":
	case g.Text:
		g.Extension = ".txt"
	default:
		g.Extension = ".html"
	}
	if !strings.HasPrefix(g.Extension, ".") || strings.Contains(g.Extension, "/") {
		err = errors.Join(err, fmt.Errorf("templates: invalid extension %q: want one such as \".html\"", g.Extension))
	}
	for _, name := range slices.Sorted(maps.Keys(g.Funcs)) {
		err = errors.Join(err, checkFunc(name, g.Funcs[name]))
	}
	folder := strings.TrimPrefix(title, "templates of ")
	cfg.Declare(registry.Declaration{
		Category: "templates", Title: title, Err: err, Subject: title,
		Fields: []registry.Field{{Name: "extension", Value: g.Extension}, {Name: "prefix", Value: g.Prefix}, {Name: "folder", Value: g.Dir}},
		Phase:  registry.Phase1,
		Run: func(c *registry.Config, reg *registry.Registry) error {
			if g.open == nil {
				g.open = func() (fs.FS, error) { return assets.Of(reg).FS(folder) }
			}
			s := registry.Ensure(reg, newSet(reg))
			if s.groups = append(s.groups, g); !slices.Contains(s.extensions, g.Extension) {
				s.extensions = append(s.extensions, g.Extension)
				views.AddRenderer(c, g.Extension, s.renderer)
			}
			c.Declare(registry.Declaration{
				Subject: title, Phase: registry.Phase2,
				Run: func(c *registry.Config, _ *registry.Registry) error { return s.build(c) },
			})
			return nil
		},
	})
}
