package conformance

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/assets"
	"github.com/mastaba-go/mastaba/views/static"
	"github.com/mastaba-go/mastaba/views/web"
)

// Files are files by their path or specification; nil is one to remove.
type Files map[string]*struct {
	Text  string `json:"text"`
	MTime int64  `json:"mtime"`
}

// Buster describes a cache buster.
type Buster struct {
	Kind   string `json:"kind"`
	Param  string `json:"param"`
	Token  string `json:"token"`
	File   string `json:"file"`
	Reload bool   `json:"reload"`
}

// disk holds the files of a case in a temporary folder: "/DIR/path" and "PKG:path".
type disk struct{ root string }

// newDisk writes the files of an application.
func newDisk(a *App) (*disk, error) {
	root, err := os.MkdirTemp("", "conformance")
	if err != nil {
		return nil, err
	}
	d := &disk{root}
	for name, files := range a.Static {
		err = d.mount("/"+name+"/", files, err)
	}
	for name, files := range a.Packages {
		err = d.mount(name+":", files, err)
	}
	return d, err
}

func (d *disk) mount(prefix string, files Files, err error) error {
	if err != nil {
		return err
	}
	if err := os.MkdirAll(d.path(prefix), 0o700); err != nil {
		return err
	}
	for name, f := range files {
		if err := d.write(Files{prefix + name: f}); err != nil {
			return err
		}
	}
	return nil
}

func (d *disk) write(files Files) error {
	for spec, f := range files {
		at := d.path(spec)
		if f == nil {
			if err := os.Remove(at); err != nil {
				return err
			}
			continue
		}
		modified := f.MTime
		if modified == 0 {
			modified = 1600000000
		}
		if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(at, []byte(f.Text), 0o600); err != nil {
			return err
		}
		if err := os.Chtimes(at, time.Unix(modified, 0), time.Unix(modified, 0)); err != nil {
			return err
		}
	}
	return nil
}

// path returns where a specification is on the disk.
func (d *disk) path(spec string) string {
	if pkg, rest, ok := strings.Cut(spec, ":"); ok {
		return filepath.Join(d.root, "packages", pkg, rest)
	}
	return d.root + "/static" + spec
}

// absolute returns a specification for our framework: a place on the disk has its full path.
func (d *disk) absolute(spec string) string {
	if strings.HasPrefix(spec, "/") {
		return d.path(spec)
	}
	return spec
}

// recorded returns a specification of ours as the cases have it.
func (d *disk) recorded(spec string) string { return strings.TrimPrefix(spec, d.root+"/static") }

// packages registers the assets of a case.
func (b *build) packages(c *framework.Configurator) {
	for name := range b.app.Packages {
		c.AddAssets(name, os.DirFS(b.files.path(name+":")))
	}
}

// spec returns a specification with the package of the nearest include.
func (b *build) spec(spec string) string {
	if strings.Contains(spec, ":") || strings.HasPrefix(spec, "/") {
		return spec
	}
	if b.app.Packages[spec] != nil {
		return spec + ":"
	}
	return b.pkg + ":" + spec
}

// asset applies a directive about files.
func (b *build) asset(c registry.Recorder, d Directive) {
	switch d.Do {
	case "override_asset":
		asset, with := d.Asset, d.With
		if !strings.HasPrefix(with, "/") {
			assets.Override(c, asset, with)
			return
		}
		dir, rest, _ := strings.Cut(with[1:], "/")
		if rest == "" {
			rest = "."
		}
		assets.OverrideFS(c, asset, os.DirFS(b.files.path("/"+dir)), rest)
	case "add_static_view":
		b.staticView(c, d)
	case "add_cache_buster":
		var options []static.BusterOption
		if d.Explicit {
			options = append(options, static.Explicit())
		}
		static.AddCacheBuster(c, b.files.absolute(b.spec(d.Asset)), b.buster(d.Buster), options...)
	}
}

// staticView registers a static view without versions and, unless the case names some, without
// compressed copies.
func (b *build) staticView(c registry.Recorder, d Directive) {
	var codings []string
	for _, coding := range d.ContentEncodings {
		codings = append(codings, coding)
	}
	options := []static.Option{static.Plain(), static.Encodings(codings...)}
	if d.CacheMaxAge != nil {
		options = append(options, static.CacheFor(time.Duration(*d.CacheMaxAge)*time.Second))
	}
	if d.Permission != "" {
		options = append(options, static.Permission(d.Permission))
	}
	spec := b.spec(d.Asset)
	switch {
	case d.Asset == "":
		static.Add(c, d.Name, os.DirFS(b.files.path("/"+d.Dir)), options...)
	case strings.HasPrefix(spec, "/"):
		static.Add(c, d.Name, os.DirFS(b.files.path(strings.TrimSuffix(spec, "/"))), append(options, static.As(d.Name+" of "+spec))...)
	default:
		static.AddAssets(c, d.Name, spec, options...)
	}
}

func (b *build) buster(o Buster) static.Buster {
	query := func(a *static.Asset, param, value string) {
		if param == "" {
			param = "x"
		}
		a.Query = append(a.Query, web.QueryParam{Name: param, Value: value})
	}
	return map[string]static.Buster{
		"query":    static.Query(o.Param, o.Token),
		"manifest": b.manifest(o),
		"prefix": static.BusterFunc(func(_ *web.Request, a *static.Asset) error {
			a.Path = o.Token + "/" + a.Path
			return nil
		}),
		"suffix": static.BusterFunc(func(_ *web.Request, a *static.Asset) error {
			stem, ext := a.Path, ""
			if at := strings.LastIndexByte(a.Path, '.'); at >= 0 {
				stem, ext = a.Path[:at], a.Path[at:]
			}
			a.Path = stem + "-" + o.Token + ext
			return nil
		}),
		"show": static.BusterFunc(func(_ *web.Request, a *static.Asset) error {
			a.DropQuery = true
			query(a, "asset", b.files.recorded(a.Spec))
			query(a, "found", b.files.recorded(a.Found))
			return nil
		}),
		"digest": static.BusterFunc(func(r *web.Request, a *static.Asset) error {
			query(a, o.Param, b.digest(r, a.Spec))
			return nil
		}),
	}[o.Kind]
}

func (b *build) manifest(o Buster) static.Buster {
	if strings.HasPrefix(o.File, "/") {
		return static.ManifestFS(os.DirFS(b.files.path(path.Dir(o.File))), path.Base(o.File), static.ManifestOptions{Reload: o.Reload})
	}
	return static.Manifest(b.spec(o.File), static.ManifestOptions{Reload: o.Reload})
}

// digest returns the first digits of the hash of a file, as it is served.
func (b *build) digest(r *web.Request, spec string) string {
	content, err := os.ReadFile(spec) // of an absolute place
	if strings.Contains(spec, ":") {
		var place assets.Place
		if place, err = assets.Of(r.Registry()).Find(spec); err == nil {
			content, err = fs.ReadFile(place.FS, place.Path)
		}
	}
	if err != nil {
		return "none"
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])[:8]
}

// find runs the check of an asset.
func (c *Check) find(b *build, app *framework.App) (Report, error) {
	spec := c.Spec
	if !strings.ContainsAny(spec, ":") && !strings.HasPrefix(spec, "/") && c.Package != "" {
		spec = c.Package + ":" + spec
	}
	place, err := assets.Place{}, error(nil)
	switch {
	case strings.HasPrefix(spec, "/"):
		dir, name := path.Split(strings.TrimSuffix(b.files.path(spec), "/"))
		place.FS, place.Path, place.Spec = os.DirFS(dir), name, dir+name
		place.Info, err = fs.Stat(place.FS, place.Path)
	default:
		place, err = assets.Of(app.Registry()).Find(spec)
	}
	switch {
	case isNotExist(err):
		return Report{"exists": false}, nil
	case err != nil && !strings.Contains(spec, ":"):
		return Report{"error": "ValueError"}, nil
	case err != nil:
		return nil, err
	}
	report := Report{"exists": true, "file": b.files.recorded(place.Spec), "isdir": place.IsDir()}
	if place.IsDir() {
		entries, err := fs.ReadDir(place.FS, place.Path)
		names := []string{}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		slices.Sort(names)
		report["list"] = names
		return report, err
	}
	text, err := fs.ReadFile(place.FS, place.Path)
	report["text"] = string(text)
	return report, err
}

// nameOf returns what our framework calls the file of a check.
func (c *Check) nameOf(b *build) string {
	if c.Asset == "" {
		dir, rest, _ := strings.Cut(c.File, "/")
		return b.files.path("/"+dir) + "/" + rest
	}
	if strings.HasPrefix(c.Asset, "/") {
		return b.files.path(c.Asset)
	}
	return fmt.Sprint(c.Asset)
}
