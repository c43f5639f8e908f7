package framework

import (
	"io/fs"

	"github.com/mastaba-go/mastaba/views/assets"
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
