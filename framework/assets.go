package framework

import (
	"io/fs"
	"strings"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/assets"
	"github.com/mastaba-go/mastaba/views/static"
)

// AddAssets registers the files of a package under a name, by which specifications refer to them:
// "house:templates/page.html". See assets.Add.
func (c *Configurator) AddAssets(name string, fsys fs.FS) {
	assets.Add(c.Directive(), name, fsys)
}

// OverrideAsset puts one asset in place of another: a file for a file ("house:logo.svg",
// "site:own.svg"), or a folder for a folder ("house:templates/", "site:pages/"). See
// assets.Override.
func (c *Configurator) OverrideAsset(asset, with string) {
	assets.Override(c.Directive(), asset, with)
}

// OverrideAssetFS is like OverrideAsset for files without a name. See assets.OverrideFS.
func (c *Configurator) OverrideAssetFS(asset string, fsys fs.FS, with string) {
	assets.OverrideFS(c.Directive(), asset, fsys, with)
}

// AddStaticView serves the files of fsys below a path: AddStaticView("static", files) serves
// app.css at /static/app.css, and r.StaticPath("static/app.css") returns its URL, with a version. A
// name with a host only generates URLs. See static.Add.
func (c *Configurator) AddStaticView(name string, fsys fs.FS, options ...static.Option) {
	static.Add(c.Directive(), name, fsys, options...)
}

// AddStaticAssets is AddStaticView for a folder of assets, "house:static", with what the
// application put in their place. See static.AddAssets.
func (c *Configurator) AddStaticAssets(name, spec string, options ...static.Option) {
	static.AddAssets(c.Directive(), name, spec, options...)
}

// AddCacheBuster puts a version into the URLs of the static files below a folder, in place of that
// of their content. See static.AddCacheBuster.
func (c *Configurator) AddCacheBuster(folder string, b static.Buster, options ...static.BusterOption) {
	static.AddCacheBuster(c.Directive(), folder, b, options...)
}

// addStaticRoute declares the route of a static view. Packages below different prefixes may use the
// same name.
func addStaticRoute(c registry.Recorder, name, pattern string) string {
	cfg := c.Directive()
	if prefix := routes.Prefix(cfg); prefix != "" {
		name = "__" + prefix + "/" + strings.TrimPrefix(name, "__")
	}
	routes.Add(cfg, name, pattern)
	return name
}
