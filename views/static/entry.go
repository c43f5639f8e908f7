package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/mastaba-go/mastaba/views/assets"
)

// entry is a file of a static view, ready to be served. It is immutable.
type entry struct {
	doc     document
	made    []ingredient // the files that it was made of
	fixed   bool         // none of them can change
	version string       // if it is fixed; else ""
}

// ingredient is a file, or none, that an entry was made of.
type ingredient struct {
	name   string
	at     stamp
	folder bool // that certain names are not in it
	opened bool // whoever sends it opens it, and then notices a change
}

var (
	errFolder  = errors.New("is a folder")
	errChanged = errors.New("the file changed while it was opened")
)

// entry returns the entry of a file: fs.ErrNotExist if there is none, errFolder for a folder. With
// lazy, a file that must be opened is not looked at before: opening it may be errChanged.
func (v *view) entry(name string, lazy bool) (*entry, error) {
	if !servable(name) {
		return nil, fs.ErrNotExist
	}
	e, ok := v.entries.get(name)
	if ok && (e.fixed || v.fresh(e, lazy)) {
		return e, nil
	}
	return v.build(name)
}

// fresh reports whether the files that an entry was made of are still the same.
func (v *view) fresh(e *entry, lazy bool) bool {
	for _, i := range e.made {
		if i.at.fixed() || i.opened && lazy && len(e.doc.reps) == 1 {
			continue
		}
		place, err := v.files.find(i.name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			if i.at != (stamp{}) {
				return false
			}
		case err != nil, place.IsDir() != i.folder, stampOf(place) != i.at:
			return false
		}
	}
	return true
}

// build makes the entry of a file and keeps it.
func (v *view) build(name string) (*entry, error) {
	var listed *listing
	if name != "" {
		listed = v.listing(folderOf(name))
	}
	place, err := assets.Place{}, error(fs.ErrNotExist)
	if listed.has(name) {
		place, err = v.files.find(name)
	}
	exists := err == nil
	switch {
	case exists && place.IsDir():
		return nil, errFolder
	case !exists && !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	e := &entry{doc: document{contentType: typeOf(name)}}
	var modified time.Time
	tag := ""
	if exists {
		if tag, modified, err = v.addPlain(e, name, place); err != nil {
			return nil, err
		}
	} else if listed == nil {
		e.made = append(e.made, ingredient{name: name})
	}
	if err := v.addCoded(e, name, tag, modified, listed); err != nil {
		return nil, err
	}
	if len(e.doc.reps) == 0 {
		return nil, fs.ErrNotExist
	}
	if !exists {
		modified = e.made[len(e.made)-1].at.modified
	}
	if listed != nil {
		e.made = append(e.made, ingredient{name: folderOf(name), at: listed.at, folder: true})
	}
	slices.SortStableFunc(e.doc.reps, func(a, b representation) int { return int(a.size - b.size) })
	e.doc.vary = len(e.doc.reps) > 1 || e.doc.reps[0].coding != ""
	e.doc.setModified(modified)
	return e, v.keep(name, e)
}

// keep keeps an entry, unless one of its files has changed just now: it may change again without
// its time showing it.
func (v *view) keep(name string, e *entry) error {
	e.fixed = true
	now := time.Now()
	for _, i := range e.made {
		e.fixed = e.fixed && (i.at.fixed() || i.at == stamp{} && v.immutable)
		if !i.at.settled(now) {
			return nil
		}
	}
	if e.fixed && v.versions {
		version, err := v.version(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		e.version = version
	}
	size := 0
	for i := range e.doc.reps {
		size += len(e.doc.reps[i].body)
	}
	v.entries.put(name, e, size)
	return nil
}

// addPlain adds the file as it is, and returns its tag and time.
func (v *view) addPlain(e *entry, name string, place assets.Place) (tag string, modified time.Time, err error) {
	at := stampOf(place)
	if at.size > largestBody && !at.fixed() && !(v.versions && isStyle(name)) {
		tag = fmt.Sprintf(`"%x-%x"`, at.modified.UnixNano(), at.size)
		if !at.settled(time.Now()) {
			tag = "W/" + tag // two changes may have the same time (RFC 9110 8.8.2.2)
		}
		e.add(name, at, representation{etag: tag, size: at.size, open: opener(place, at)})
		e.made[len(e.made)-1].opened = true
		return tag, at.modified, nil
	}
	f, err := v.facts(name)
	if err != nil {
		return "", modified, err
	}
	if len(f.refs) > 0 {
		return v.addStyle(e, name, f)
	}
	tag = tagOf(f.sum)
	rep := representation{etag: tag, size: f.stamp.size, body: f.body, open: opener(f.place, f.stamp)}
	if f.body != nil {
		rep.size = int64(len(f.body))
	}
	e.add(name, f.stamp, rep)
	return tag, f.stamp.modified, nil
}

// addStyle adds a style sheet with the versions of the files that it refers to.
func (v *view) addStyle(e *entry, name string, f *facts) (tag string, modified time.Time, err error) {
	members, err := v.reachable(name, f)
	if err != nil {
		return "", modified, err
	}
	body := rewritten(f.body, f.refs, func(target string) string {
		if err != nil || members[target] == nil {
			return ""
		}
		var version string
		version, err = v.version(target)
		return version
	})
	if err != nil {
		return "", modified, err
	}
	sum := sha256.Sum256(body)
	tag = tagOf(sum)
	e.add(name, f.stamp, representation{etag: tag, size: int64(len(body)), body: body})
	for member, m := range members {
		if m.stamp.modified.After(modified) {
			modified = m.stamp.modified
		}
		if member != name {
			e.made = append(e.made, ingredient{name: member, at: m.stamp})
		}
	}
	for _, ref := range f.refs {
		if members[ref.target] == nil {
			e.made = append(e.made, ingredient{name: ref.target}) // it may come to exist
		}
	}
	return tag, modified, nil
}

// older is how much older than a file a copy has to be for one that was made before the file
// changed: tools that write both may write the copy first.
const older = 2 * time.Second

// addCoded adds the compressed copies of a file. Those of a style sheet with versions do not have
// them: if there are any, a copy that is compressed here takes their place. A copy that is older
// than the file, which changed at modified, has other bytes and is left out.
func (v *view) addCoded(e *entry, name, tag string, modified time.Time, listed *listing) error {
	var plain []byte
	if len(e.doc.reps) > 0 && e.doc.reps[0].open == nil {
		plain = e.doc.reps[0].body
	}
	compress := false
	for _, coding := range v.codings {
		copied := name + suffixes[coding]
		if !listed.has(copied) {
			continue
		}
		place, err := v.files.find(copied)
		switch {
		case errors.Is(err, fs.ErrNotExist), err == nil && place.IsDir():
			e.made = append(e.made, ingredient{name: copied})
			continue
		case err != nil:
			return err
		}
		stale := !place.Info.ModTime().IsZero() && place.Info.ModTime().Add(older).Before(modified)
		if plain != nil || stale {
			compress = compress || plain != nil
			e.made = append(e.made, ingredient{name: copied, at: stampOf(place)})
			continue
		}
		if err := v.addCopy(e, copied, coding, tag, place); err != nil {
			return err
		}
	}
	if compress {
		small := compressed(plain)
		e.doc.reps = append(e.doc.reps, representation{coding: Gzip, etag: coded(tag, Gzip), size: int64(len(small)), body: small})
	}
	return nil
}

// addCopy adds one compressed copy. Without the file itself the tag is made of the copy.
func (v *view) addCopy(e *entry, copied, coding, tag string, place assets.Place) error {
	at := stampOf(place)
	rep := representation{coding: coding, size: at.size, open: opener(place, at)}
	if tag == "" {
		tag = fmt.Sprintf(`"%x-%x"`, at.modified.UnixNano(), at.size)
	}
	if at.size <= largestBody {
		f, err := v.facts(copied)
		if err != nil {
			return err
		}
		if len(e.doc.reps) == 0 {
			tag = tagOf(f.sum)
		}
		at, rep.size, rep.body = f.stamp, int64(len(f.body)), f.body
	}
	rep.etag = coded(tag, coding)
	e.add(copied, at, rep)
	return nil
}

func (e *entry) add(name string, at stamp, rep representation) {
	e.made = append(e.made, ingredient{name: name, at: at})
	e.doc.reps = append(e.doc.reps, rep)
}

// opener returns a function that opens a file, if it is still the one of the stamp.
func opener(place assets.Place, at stamp) func() (content, error) {
	return func() (content, error) {
		file, err := place.Open()
		if err != nil {
			return nil, err
		}
		info, err := file.Stat()
		if err == nil && (info.Size() != at.size || !info.ModTime().Equal(at.modified) || changed(info) != at.changed) {
			err = errChanged
		}
		if err != nil {
			_ = file.Close()
			return nil, err
		}
		return asContent(file), nil
	}
}

// tagOf returns the strong tag of content with a hash.
func tagOf(sum [sha256.Size]byte) string { return `"` + hex.EncodeToString(sum[:10]) + `"` }

func compressed(b []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is valid
	_, _ = w.Write(b)                                       // into memory
	_ = w.Close()
	return out.Bytes()
}
