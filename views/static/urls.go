package static

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/assets"
	"github.com/mastaba-go/mastaba/views/web"
)

// ErrNoView is what a *[web.URLError] wraps for a name that is in no static view.
var ErrNoView = errors.New("no static view has such a file")

// mount is where a static view is.
type mount struct {
	name     string // as the directive names it
	as       string // what URLs call it, "static"; "" if another one has that name
	spec     string // what precedes a path in its specifications: "house:static/"
	route    string
	external bool // on another host
	plain    bool
	view     *view
}

// mounts are the static views of an application in the order of registration, and its cache
// busters.
type mounts struct {
	all     []mount
	busters []registered
	assets  *assets.Assets
}

var _ web.StaticURLs = (*mounts)(nil)

func mountsOf(reg *registry.Registry) *mounts {
	return registry.Ensure(reg, func() *mounts {
		m := &mounts{assets: assets.Of(reg)}
		registry.Provide[web.StaticURLs](reg, m)
		return m
	})
}

// add adds a static view. A name for URLs that another one has is an error for a file system, which
// has no other; that of assets is then left out.
func (ms *mounts) add(m mount) error {
	for _, other := range ms.all {
		if other.as != m.as || other.route == m.route {
			continue
		}
		if _, ok := m.view.files.(folder); ok {
			return fmt.Errorf("two static views are called %q in URLs: give this one another name with static.As", m.as)
		}
		m.as = ""
	}
	ms.all = append(ms.all, m)
	return nil
}

// cut returns the path below the static view that a name means.
func (m *mount) cut(name string) (path string, ok bool) {
	if m.spec != "" {
		if path, ok = strings.CutPrefix(name, m.spec); ok {
			return path, true
		}
	}
	if m.as == "" {
		return "", false
	}
	path, ok = strings.CutPrefix(name, m.as)
	if !ok || path != "" && path[0] != '/' {
		return "", false
	}
	return strings.TrimPrefix(path, "/"), ok
}

// StaticURL returns the URL of a file: that of the first static view that has the name. The file
// need not exist; then the URL has no version.
func (ms *mounts) StaticURL(r *web.Request, name string, asPath bool, options []web.URLOption) (string, error) {
	for i := range ms.all {
		m := &ms.all[i]
		path, ok := m.cut(name)
		if !ok {
			continue
		}
		a := &Asset{Path: path, Spec: m.spec + path, alias: m.as + "/" + path}
		if err := ms.bust(r, m, a); err != nil {
			return "", &web.URLError{Route: m.route, Err: fmt.Errorf("static file %q: %w", name, err)}
		}
		return m.url(r, a, asPath, options)
	}
	return "", &web.URLError{Err: fmt.Errorf("static file %q: %w", name, ErrNoView)}
}

// CheckName returns what is wrong with a name that is written out in a template, for the end of the
// build. It is fs.ErrNotExist for a file that does not exist but may come: one of a folder.
func (ms *mounts) CheckName(name string) error {
	for i := range ms.all {
		m := &ms.all[i]
		path, ok := m.cut(name)
		if !ok {
			continue
		}
		spec := m.spec + path
		a := &Asset{Path: path, Spec: spec, Found: ms.assets.Target(spec), alias: m.as + "/" + path}
		if m.external || ms.buster(a) != nil {
			return nil // another host may have other files, and a manifest other names
		}
		_, err := m.view.files.find(path)
		if !errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		suggestion := m.suggest(name, path)
		if m.view.immutable {
			return fmt.Errorf("static file %q does not exist%s", name, suggestion)
		}
		return fmt.Errorf("static file %q: %w%s", name, err, suggestion)
	}
	var views []string
	for _, m := range ms.all {
		views = append(views, strconv.Quote(cmp.Or(m.as, m.spec)))
	}
	return fmt.Errorf("static file %q: %w: begin with the name of one (have: %s)", name, ErrNoView, strings.Join(views, ", "))
}

// suggest suggests another name for one that does not exist.
func (m *mount) suggest(name, path string) string {
	fsys, err := m.view.files.all()
	if err != nil {
		return ""
	}
	var names []string
	_ = fs.WalkDir(fsys, ".", func(p string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && len(names) < mostNames {
			names = append(names, strings.TrimSuffix(name, path)+p)
		}
		return nil
	})
	if near := registry.Nearest(name, names); near != "" {
		return fmt.Sprintf(": did you mean %q?", near)
	}
	return ""
}

// url generates the URL of the path of a.
func (m *mount) url(r *web.Request, a *Asset, asPath bool, options []web.URLOption) (string, error) {
	all := make([]web.URLOption, 0, len(options)+3)
	all = append(all, options...)
	all = append(all, web.With(marker, strings.Split(a.Path, "/")))
	if len(a.Query) > 0 || a.DropQuery {
		all = append(all, addQuery{a.Query, a.DropQuery})
	}
	switch {
	case m.external:
		return r.RouteURL(m.route, append(all, elsewhere{})...)
	case asPath:
		return r.RoutePath(m.route, all...)
	}
	return r.RouteURL(m.route, all...)
}

// elsewhere is the option of a URL on another host: what replaces the application's own does not
// count.
type elsewhere struct{}

var _ web.URLOption = elsewhere{}

func (elsewhere) URLOption(l *web.Link) {
	l.AppURL, l.Scheme, l.Host, l.Port = nil, "", "", 0
}

// addQuery adds parameters behind those of the call, or in their place.
type addQuery struct {
	query []web.QueryParam
	only  bool
}

var _ web.URLOption = addQuery{}

func (q addQuery) URLOption(l *web.Link) {
	if q.only {
		l.Query, l.RawQuery = []web.QueryParam{}, ""
	}
	if l.Query == nil && l.RawQuery != "" {
		for _, p := range q.query {
			l.RawQuery += fmt.Sprintf("&%s=%v", p.Name, p.Value)
		}
		return
	}
	l.Query = append(l.Query, q.query...)
}

// bust puts a version into the URL: that of the cache buster for the file, else that of its
// content.
func (ms *mounts) bust(r *web.Request, m *mount, a *Asset) error {
	a.Found = ms.assets.Target(a.Spec)
	if b := ms.buster(a); b != nil {
		return b.Bust(r, a)
	}
	if !m.view.versions {
		return nil
	}
	version, err := m.view.current(a.Path)
	if err == nil && version != "" {
		a.Path = versioned(a.Path, version)
	}
	return err
}

// current returns the version of a file now, "" if there is no such file.
func (v *view) current(name string) (string, error) {
	if e, ok := v.entries.get(name); ok && e.fixed {
		return e.version, nil
	}
	if v.immutable {
		if e, err := v.entry(name, false); err == nil && e.fixed {
			return e.version, nil
		}
	}
	version, err := v.version(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return version, err
}
