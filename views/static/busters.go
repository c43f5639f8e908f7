package static

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/assets"
	"github.com/mastaba-go/mastaba/views/web"
)

// Asset is a static file whose URL is being generated.
type Asset struct {
	// Path is the path below the static view. A [Buster] may change it.
	Path string
	// Query are parameters to add to the query. A Buster may append some.
	Query []web.QueryParam
	// DropQuery leaves out the parameters that the call gave.
	DropQuery bool
	// Spec is the requested specification. Found is the one that the first override puts in its
	// place (see assets.Target), or Spec if there is no override.
	Spec, Found string

	alias string // as the static view is called in URLs
}

// Buster puts a version into the URLs of static files, so that clients may cache them for long. It
// is called concurrently.
type Buster interface {
	// Bust changes the path or the query of a. Its error becomes that of the URL.
	Bust(r *web.Request, a *Asset) error
}

// BusterFunc is a function as a [Buster].
type BusterFunc func(r *web.Request, a *Asset) error

// Bust calls f.
func (f BusterFunc) Bust(r *web.Request, a *Asset) error { return f(r, a) }

var _ Buster = BusterFunc(nil)

// Query returns a Buster that adds a parameter to the query: Query("v", release). The parameter is
// "x" if param is "".
func Query(param, token string) Buster {
	if param == "" {
		param = "x"
	}
	return BusterFunc(func(_ *web.Request, a *Asset) error {
		a.Query = append(a.Query, web.QueryParam{Name: param, Value: token})
		return nil
	})
}

// AddCacheBuster is a directive that puts a version into the URLs of the files below a folder, in
// place of the version made from their content. The folder is a specification ("house:static/css"),
// or begins with what URLs call the static view ("static/css").
//
// At most one buster applies to a URL: the one with the longest folder. Busters with [Explicit],
// which match the file that was found, come before all others, which match the requested name. A
// second one for the same folder replaces the first. The setting "prevent_cachebust" disables them
// all.
//
// If a Buster changes the path, a file must exist under the new path, as build tools write it.
// References in style sheets stay as they are.
func AddCacheBuster(c registry.Recorder, folder string, b Buster, options ...BusterOption) {
	cfg := c.Directive()
	if !strings.HasSuffix(folder, "/") && !strings.HasSuffix(folder, ":") {
		folder += "/"
	}
	added := registered{folder: folder, buster: b}
	for _, o := range options {
		o(&added)
	}
	var err error
	if fn, ok := b.(BusterFunc); b == nil || ok && fn == nil {
		err = fmt.Errorf("cache buster for %q is nil: want one such as static.Query", folder)
	} else if folder == "/" {
		err = errors.New(`cache buster without a folder: want one such as "house:static"`)
	}
	cfg.Declare(registry.Declaration{
		Category: "cache busters", Type: "cache buster", Title: folder, Err: err,
		Subject: fmt.Sprintf("cache buster for %q", folder),
		Fields:  []registry.Field{{Name: "folder", Value: folder}, {Name: "explicit", Value: added.explicit}},
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			off, err := registry.Setting(reg.Settings(), settingPreventCacheBust, false)
			if err != nil || off {
				return err
			}
			if m, ok := b.(*manifest); ok {
				loaded, err := m.load(reg)
				if err != nil {
					return err
				}
				added := added
				added.buster = loaded
				mountsOf(reg).addBuster(added)
				return nil
			}
			mountsOf(reg).addBuster(added)
			return nil
		},
	})
}

// BusterOption is an option of [AddCacheBuster].
type BusterOption func(*registered)

// Explicit makes a buster match the file that an override puts in place of the requested one.
func Explicit() BusterOption { return func(b *registered) { b.explicit = true } }

// registered is a buster of a folder.
type registered struct {
	folder   string
	buster   Buster
	explicit bool
}

func (ms *mounts) addBuster(b registered) {
	at := slices.IndexFunc(ms.busters, func(o registered) bool { return o.folder == b.folder && o.explicit == b.explicit })
	if at >= 0 {
		ms.busters[at] = b
		return
	}
	ms.busters = append(ms.busters, b)
	slices.SortStableFunc(ms.busters, func(a, b registered) int {
		if a.explicit != b.explicit {
			if a.explicit {
				return -1
			}
			return 1
		}
		return len(b.folder) - len(a.folder)
	})
}

// buster returns the one that counts for a file, nil if there is none.
func (ms *mounts) buster(a *Asset) Buster {
	for _, b := range ms.busters {
		switch {
		case b.explicit && strings.HasPrefix(a.Found, b.folder),
			!b.explicit && (strings.HasPrefix(a.Spec, b.folder) || strings.HasPrefix(a.alias, b.folder)):
			return b.buster
		}
	}
	return nil
}

// ManifestOptions are the options of a manifest.
type ManifestOptions struct {
	// Reload checks for each URL whether the file has changed, for development. A file that does
	// not exist then counts as empty; without Reload it is a configuration error.
	Reload bool
}

// Manifest returns a Buster that reads names from a file that a build tool has written, a JSON
// object from the path below the static view to the one to use:
//
//	{"css/app.css": "css/app-3f2a91.css"}
//
// A name that is not in it stays as it is. spec is the specification of the file
// ("house:manifest.json"); [ManifestFS] takes it from a file system.
func Manifest(spec string, o ManifestOptions) Buster {
	return &manifest{spec: spec, options: o}
}

// ManifestFS is [Manifest] for a file of a file system.
func ManifestFS(fsys fs.FS, name string, o ManifestOptions) Buster {
	return &manifest{fsys: fsys, spec: name, options: o}
}

// manifest is the buster before it is loaded for an application, and after.
type manifest struct {
	fsys    fs.FS // nil for assets
	spec    string
	options ManifestOptions

	assets *assets.Assets

	mu       sync.Mutex // guards what follows, if it is reloaded
	modified time.Time
	read     bool
	names    map[string]string
}

var _ Buster = (*manifest)(nil)

// load returns the buster for one application.
func (m *manifest) load(reg *registry.Registry) (*manifest, error) {
	loaded := &manifest{fsys: m.fsys, spec: m.spec, options: m.options, assets: assets.Of(reg)}
	if m.options.Reload {
		return loaded, nil
	}
	place, err := loaded.find()
	if err == nil {
		loaded.names, err = readManifest(place)
	}
	if err != nil {
		return nil, fmt.Errorf("manifest %q: %w", m.spec, err)
	}
	return loaded, nil
}

func (m *manifest) find() (assets.Place, error) {
	if m.fsys == nil {
		return m.assets.Find(m.spec)
	}
	return folder{m.fsys}.find(m.spec)
}

func readManifest(place assets.Place) (names map[string]string, err error) {
	b, err := fs.ReadFile(place.FS, place.Path)
	if err == nil {
		err = json.Unmarshal(b, &names)
	}
	return names, err
}

// Bust replaces the path, if the manifest has it.
func (m *manifest) Bust(_ *web.Request, a *Asset) error {
	names := m.names
	if m.options.Reload {
		var err error
		if names, err = m.reload(); err != nil {
			return fmt.Errorf("manifest %q: %w", m.spec, err)
		}
	}
	if to, ok := names[a.Path]; ok {
		a.Path = to
	}
	return nil
}

// reload returns the names, which it reads again if the file is later than at the last reading.
func (m *manifest) reload() (map[string]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	place, err := m.find()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	}
	if m.read && !place.Info.ModTime().After(m.modified) {
		return m.names, nil
	}
	names, err := readManifest(place)
	if err != nil {
		return nil, err
	}
	m.names, m.modified, m.read = names, place.Info.ModTime(), true
	return names, nil
}
