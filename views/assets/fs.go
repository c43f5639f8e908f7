package assets

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// FS returns a folder of assets as a file system: "house:templates" or, for all files, "house:".
// Each file in it is the one that [Assets.Find] returns. A folder has the names of all layers: of
// the package, and of the overrides that cover it. It implements fs.StatFS, fs.ReadFileFS and
// fs.ReadDirFS, and is safe for concurrent use if the file systems below it are.
//
// A package without assets is an *[UnknownError], and a folder that does not exist in any layer is
// fs.ErrNotExist.
func (a *Assets) FS(folder string) (fs.FS, error) {
	name, dir, err := parse(folder)
	if err != nil {
		return nil, err
	}
	if _, err := a.lookup(name); err != nil {
		return nil, err
	}
	f := overlay{a, name + ":" + slashed(strings.Trim(dir, "/"), true)}
	if info, err := f.Stat("."); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, fmt.Errorf("assets %q: not a folder", folder)
	}
	return f, nil
}

// overlay is a folder of assets: prefix is its specification, with the final slash.
type overlay struct {
	assets *Assets
	prefix string
}

var (
	_ fs.StatFS     = overlay{}
	_ fs.ReadFileFS = overlay{}
	_ fs.ReadDirFS  = overlay{}
)

// Locate returns where the file of a name is. Packages that report the place of a file, or watch
// it, use it through an interface.
func (f overlay) Locate(name string) (Place, error) { return f.find("locate", name) }

// find returns the file of a name, or the first folder of it.
func (f overlay) find(op, name string) (Place, error) {
	if !fs.ValidPath(name) {
		return Place{}, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	spec := f.prefix
	if name != "." {
		spec += name
	}
	place, err := f.assets.Find(spec)
	if errors.Is(err, fs.ErrNotExist) {
		place, err = f.assets.Find(strings.TrimSuffix(spec, "/") + "/") // a folder that only an override of it has
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	return place, err
}

// Stat describes a file or folder under the name asked for.
func (f overlay) Stat(name string) (fs.FileInfo, error) {
	place, err := f.find("stat", name)
	if err != nil {
		return nil, err
	}
	return named{place.Info, path.Base(name)}, nil
}

// ReadFile reads a file.
func (f overlay) ReadFile(name string) ([]byte, error) {
	place, err := f.find("read", name)
	if err != nil {
		return nil, err
	}
	return fs.ReadFile(place.FS, place.Path)
}

// Open opens a file or folder.
func (f overlay) Open(name string) (fs.File, error) {
	place, err := f.find("open", name)
	if err != nil {
		return nil, err
	}
	if place.IsDir() {
		return &folder{FileInfo: named{place.Info, path.Base(name)}, overlay: f, path: name}, nil
	}
	file, err := place.Open()
	if err != nil || path.Base(name) == path.Base(place.Path) {
		return file, err
	}
	return renamed(file, path.Base(name)), nil
}

// ReadDir lists a folder, sorted.
func (f overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	first, err := f.find("readdir", name)
	if err != nil {
		return nil, err
	}
	if !first.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a folder")}
	}
	spec := f.prefix
	if name != "." {
		spec += name + "/"
	}
	names, err := f.assets.names(spec)
	if err != nil {
		return nil, err
	}
	var entries []fs.DirEntry
	for _, n := range slices.Sorted(maps.Keys(names)) {
		info, err := f.Stat(path.Join(name, n))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue // it went, or is a link to nowhere
		case err != nil:
			return nil, err
		}
		entries = append(entries, fs.FileInfoToDirEntry(info))
	}
	return entries, nil
}

// names returns the names in all layers of a folder, whose specification ends with a slash.
func (a *Assets) names(spec string) (map[string]bool, error) {
	names := map[string]bool{}
	for _, s := range []string{spec, strings.TrimSuffix(spec, "/")} {
		for place, err := range a.candidates(s) {
			if err != nil {
				return nil, err
			}
			if !place.IsDir() {
				continue
			}
			entries, err := fs.ReadDir(place.FS, place.Path)
			if err != nil {
				return nil, err
			}
			for _, e := range entries {
				names[e.Name()] = true
			}
		}
	}
	pkg, dir, _ := Split(spec)
	for _, o := range a.overrides[pkg] { // what only an override of one name in the folder has
		if rest, ok := strings.CutPrefix(strings.TrimSuffix(o.path, "/"), dir); ok && rest != "" {
			first, _, _ := strings.Cut(rest, "/")
			names[first] = true
		}
	}
	return names, nil
}

// named is a FileInfo under another name: that of the file asked for.
type named struct {
	fs.FileInfo
	name string
}

func (n named) Name() string { return n.name }

// renamed returns a file under another name, which can still be read at an offset and sought if it
// could before.
func renamed(file fs.File, name string) fs.File {
	r := renamedFile{file, name}
	seeker, ok := file.(io.Seeker)
	if !ok {
		return r
	}
	at, ok := file.(io.ReaderAt)
	if !ok {
		return struct {
			renamedFile
			io.Seeker
		}{r, seeker}
	}
	return struct {
		renamedFile
		io.Seeker
		io.ReaderAt
	}{r, seeker, at}
}

type renamedFile struct {
	fs.File
	name string
}

func (f renamedFile) Stat() (fs.FileInfo, error) {
	info, err := f.File.Stat()
	if err != nil {
		return nil, err
	}
	return named{info, f.name}, nil
}

// folder is an open folder.
type folder struct {
	fs.FileInfo
	overlay overlay
	path    string
	entries []fs.DirEntry
	listed  bool
}

var _ fs.ReadDirFile = (*folder)(nil)

func (d *folder) Stat() (fs.FileInfo, error) { return d.FileInfo, nil }
func (d *folder) Close() error               { return nil }

func (d *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.path, Err: errors.New("is a folder")}
}

// ReadDir returns the next n entries, or all that are left.
func (d *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	if !d.listed {
		entries, err := d.overlay.ReadDir(d.path)
		if err != nil {
			return nil, err
		}
		d.entries, d.listed = entries, true
	}
	if n > 0 && len(d.entries) == 0 {
		return nil, io.EOF
	}
	if n <= 0 || n > len(d.entries) {
		n = len(d.entries)
	}
	next := d.entries[:n:n]
	d.entries = d.entries[n:]
	return next, nil
}
