package static

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/assets"
	"github.com/mastaba-go/mastaba/views/web"
)

// marker is the marker of the route that holds the path below a static view.
const marker = "path"

// index is the file that is served for a folder.
const index = "index.html"

// view serves a static view of one application.
type view struct {
	route     string
	files     source
	immutable bool // no file ever comes, goes or changes

	versions  bool     // names hold a version
	protected bool     // only some clients may read the files
	codings   []string // of the compressed copies to look for
	control   string   // Cache-Control of a name without a version
	outdated  string   // of one with another version
	forever   string   // of one with it

	entries *memory[*entry]
	known   *memory[*facts]
	folders *memory[*listing]
}

// serve responds to a request.
func (v *view) serve(r *web.Request) (*web.Response, error) {
	name, slash, ok := requested(r.Match())
	if !ok {
		return nil, notFound()
	}
	const attempts = 3
	var err error
	for attempt := range attempts {
		// Whatever depends on more than the bytes looks at the file first.
		lazy := attempt == 0 && r.Method == http.MethodGet && !conditional(r.Header) && len(r.Header["Range"]) == 0
		var resp *web.Response
		if resp, err = v.respond(r, name, slash, lazy); !errors.Is(err, errChanged) {
			return resp, public(err)
		}
	}
	return nil, err
}

// public turns errors of the file system into those of HTTP.
func public(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return notFound()
	case errors.Is(err, fs.ErrPermission):
		return web.Forbidden("The server may not read the file.").With(err)
	}
	return err
}

// requested returns the path that a request is for, below the static view, and whether it ends with
// a slash. It is not ok if no file has such a path: one with a slash inside a name (%2F), or that
// servable refuses. The path is cleaned as that of any star: ".." drops the name before it, and
// cannot leave the static view.
func requested(m *web.Match) (name string, slash, ok bool) {
	raw := m.Raw(marker)
	slash = raw == "" || strings.HasSuffix(raw, "/")
	if raw != "." && fs.ValidPath(raw) && servable(raw) {
		return raw, slash, true
	}
	names := m.Names(marker)
	for _, n := range names {
		if strings.Contains(n, "/") {
			return "", slash, false
		}
	}
	name = strings.Join(names, "/")
	return name, slash, servable(name)
}

// respond serves a file, the index of a folder, or a file under a name with its version.
//
// The version is that of the content now. A name with another version is an old page's, or one of a
// newer release that another server has already; it gets the content that there is, which no cache
// then keeps without asking.
func (v *view) respond(r *web.Request, name string, slash, lazy bool) (*web.Response, error) {
	var outdated *entry
	if plain, version, ok := unversioned(name); ok && v.versions {
		e, err := v.entry(plain, false)
		if err == nil {
			var current string
			if current, err = v.versionOf(plain, e); err == nil && current == version {
				return e.doc.respond(r, v.forever)
			}
			outdated = e
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errFolder) {
			return nil, err
		}
	}
	e, err := v.entry(name, lazy)
	switch {
	case errors.Is(err, errFolder) && !slash:
		return v.addSlash(r, name)
	case errors.Is(err, errFolder):
		e, err = v.entry(path.Join(name, index), false)
		if errors.Is(err, errFolder) {
			err = fs.ErrNotExist
		}
	case errors.Is(err, fs.ErrNotExist) && outdated != nil:
		return outdated.doc.respond(r, v.outdated)
	}
	if err != nil {
		return nil, err
	}
	return e.doc.respond(r, v.control)
}

func (v *view) versionOf(name string, e *entry) (string, error) {
	if e.version != "" {
		return e.version, nil
	}
	return v.version(name)
}

// addSlash redirects to the path of a folder with a slash at its end. The query stays.
func (v *view) addSlash(r *web.Request, name string) (*web.Response, error) {
	names := append(strings.Split(name, "/"), "")
	if name == "" { // ".." led here
		names = names[1:]
	}
	to, err := r.RoutePath(v.route, web.With(marker, names))
	if err != nil {
		return nil, err
	}
	if r.URL.RawQuery != "" {
		to += "?" + r.URL.RawQuery
	}
	resp := r.Redirect(301, to)
	if v.protected {
		resp.SetHeader("Cache-Control", "private") // others get a 403
	}
	return resp, nil
}

// readFrom makes a view in development read its files from the folder that they come from.
func (v *view) readFrom(reg *registry.Registry, dir string) {
	switch {
	case dir != "" && assets.Live(reg, dir):
		v.files, v.immutable = folder{os.DirFS(dir)}, false
	case !v.immutable:
		assets.Live(reg, v.files.spec()) // a folder on the disk anyway
	}
}

// prepare makes the style sheets of files that cannot change, so that a request finds them ready,
// and warns of a folder and of references that lead nowhere.
func (v *view) prepare(reg *registry.Registry, at registry.Source) error {
	fsys, err := v.files.all()
	if err == nil {
		_, err = fs.Stat(fsys, ".")
	}
	if errors.Is(err, fs.ErrNotExist) {
		reg.Warn(at, "the folder of a static view does not exist: "+v.files.spec())
		return nil
	}
	if err != nil || !v.immutable || !v.versions {
		return err
	}
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isStyle(name) || !servable(name) {
			return err
		}
		if _, err := v.entry(name, false); err != nil {
			return err
		}
		f, err := v.facts(name)
		if err != nil {
			return err
		}
		for _, ref := range f.refs {
			if _, err := v.facts(ref.target); errors.Is(err, fs.ErrNotExist) {
				reg.Warn(at, "style sheet "+name+" refers to "+ref.target+", which does not exist")
			}
		}
		return nil
	})
}
