package static

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/assets"
)

const categoryStaticViews = "static views"

// RouteAdder declares a route and returns its name, which begins with name. The router of an
// application is one; with it, static views take their place among the routes.
type RouteAdder func(c registry.Recorder, name, pattern string) string

type adderKey struct{}

// WithRoutes returns a Config in which static views declare their routes with add. The framework
// calls it; most applications never need it.
func WithRoutes(c *registry.Config, add RouteAdder) *registry.Config {
	return c.With(adderKey{}, add)
}

// Add is a directive that serves the files of fsys below a path: Add(c, "static", files) serves
// "app.css" at /static/app.css, and r.StaticPath("static/app.css") returns its URL. The path is
// that of a route, which takes its place among the others; "" or "/" is everything that no earlier
// route matched. fsys may be an embed.FS, os.DirFS(folder), the FS of an os.Root, or any other.
//
// A name with a host, such as "https://cdn.example.com/files" or "//cdn.example.com", serves
// nothing: it only generates URLs, with the scheme of the request if it has none.
//
// See the package documentation for what is served.
func Add(c registry.Recorder, name string, fsys fs.FS, options ...Option) {
	var err error
	if fsys == nil {
		err = fmt.Errorf("static view %q: nil file system: want an fs.FS, such as an embed.FS or os.DirFS(folder)", name)
	}
	declare(c.Directive(), name, err, options, func(*assets.Assets) (source, error) { return folder{fsys}, nil })
}

// AddAssets is like [Add] for a folder of named assets, such as "house:static", with the overrides
// of the application (assets.Override). Their specification is a name for URLs too:
// r.StaticPath("house:static/app.css").
func AddAssets(c registry.Recorder, name, spec string, options ...Option) {
	var err error
	pkg, dir, ok := assets.Split(spec)
	if !ok {
		err = fmt.Errorf(`static view %q: invalid specification %q: want one such as "house:static"`, name, spec)
	}
	prefix := pkg + ":" + strings.TrimSuffix(dir, "/")
	declare(c.Directive(), name, err, options, func(a *assets.Assets) (source, error) {
		_, err := a.Find(named{a, prefix}.spec())
		if unknown, ok := errors.AsType[*assets.UnknownError](err); ok {
			return nil, registry.Missing(fmt.Errorf("static view %q: %w", name, unknown), registry.Ref{Category: "assets", ID: pkg})
		}
		return named{a, prefix}, nil
	})
}

// declare declares the route of a static view, and then the view.
func declare(cfg *registry.Config, name string, err error, options []Option, files func(*assets.Assets) (source, error)) {
	d := declaration{as: strings.Trim(name, "/"), codings: []string{Brotli, Zstd, Gzip}}
	errs := []error{err}
	for _, o := range options {
		if o == nil {
			errs = append(errs, fmt.Errorf("static view %q: nil option", name))
			continue
		}
		errs = append(errs, o.apply(&d))
	}
	add, ok := cfg.Value(adderKey{}).(RouteAdder)
	if !ok {
		errs = append(errs, fmt.Errorf("static view %q: there is no router: use framework.New, or static.WithRoutes", name))
	}
	if strings.ContainsAny(name, "{}*") {
		errs = append(errs, fmt.Errorf(`static view %q: invalid name: want one without markers, such as "static"`, name))
	}
	err = errors.Join(errs...)
	place := mount{name: name, external: strings.Contains(name, "//"), plain: d.plain, as: d.as}
	if place.external {
		place.as = strings.TrimSuffix(d.as, "/")
	}
	if err == nil {
		place.route = add(cfg, "__"+strings.TrimSuffix(name, "/")+"/", strings.TrimSuffix(name, "/")+"/*"+marker)
	}
	declared := registry.Declaration{
		Category: categoryStaticViews, Type: "static view", ID: place.route, Title: name, Err: err,
		Subject: fmt.Sprintf("static view %q", name),
		Fields:  []registry.Field{{Name: "name", Value: name}, {Name: "options", Value: fmt.Sprint(options)}},
		Related: registry.Refs("routes", place.route),
		Run: func(c *registry.Config, reg *registry.Registry) error {
			src, err := files(assets.Of(reg))
			if err != nil {
				return err
			}
			return mountView(c, reg, src, place, d)
		},
	}
	if err != nil {
		declared.ID, declared.Related = nil, nil
	}
	cfg.Declare(declared)
}

// mountView makes the view of one application and registers it.
func mountView(c *registry.Config, reg *registry.Registry, src source, m mount, d declaration) error {
	off, err := registry.Setting(reg.Settings(), settingPreventCacheBust, false)
	if err != nil {
		return err
	}
	v := &view{
		route: m.route, files: src, immutable: src.immutable(), versions: !d.plain && !off, codings: d.codings,
		control: d.control, outdated: "no-cache", forever: "public, max-age=31536000, immutable",
		entries: newMemory[*entry](), known: newMemory[*facts](), folders: newMemory[*listing](),
	}
	if v.protected = d.permission != ""; v.protected {
		v.forever = "private, max-age=31536000, immutable"
		v.outdated = "private, no-cache"
		v.control = private(v.control)
	}
	m.view = v
	m.spec = src.spec()
	if err := mountsOf(reg).add(m); err != nil {
		return err
	}
	at := c.Source()
	reg.OnFreeze(func() error {
		v.readFrom(reg, d.dir)
		if err := v.prepare(reg, at); err != nil {
			return &registry.Mistake{Source: at, Err: fmt.Errorf("static view %q: %w", m.name, err)}
		}
		return nil
	})
	if m.external {
		return nil
	}
	permission := views.NoPermission()
	if d.permission != "" {
		permission = views.Permission(d.permission)
	}
	views.Add(c, views.Func(v.serve), append([]views.Option{
		views.Group(views.Method("GET")), views.Route(m.route), permission}, d.views...)...)
	return nil
}

// private adds to a Cache-Control that only private caches may keep the response, unless it says
// itself who may. Without it a shared cache may keep one that has just a Last-Modified (RFC 9111
// 4.2.2), and would send it to clients that lack the permission.
func private(control string) string {
	for directive := range strings.SplitSeq(control, ",") {
		switch strings.ToLower(strings.TrimSpace(directive)) {
		case "public", "private", "no-store":
			return control
		}
	}
	if control == "" {
		return "private"
	}
	return "private, " + control
}

// The names of the settings that the package reads.
const settingPreventCacheBust = "prevent_cachebust"

// Settings returns the settings that the package reads.
func Settings() []registry.SettingInfo {
	return []registry.SettingInfo{
		{Name: settingPreventCacheBust, Default: false, Usage: "URLs of static files have no version"},
	}
}
