package static

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mastaba-go/mastaba/views/assets"
)

// The bounds of what a static view keeps in memory.
const (
	largestBody  = 256 << 10 // of a file whose bytes are kept
	mostBodies   = 32 << 20  // of all of them, once as they are and once as they are sent
	mostEntries  = 8192      // files
	largestStyle = 4 << 20   // of a style sheet whose references are followed
)

// facts are what is known of the bytes of one file. They are immutable.
type facts struct {
	stamp stamp
	place assets.Place
	sum   [sha256.Size]byte
	refs  []reference // of a style sheet
	body  []byte      // of a style sheet or a small file; else nil
}

// memory keeps values by the name of a file, up to a bound. When it is full, it forgets everything:
// only names of files that exist are kept, so clients cannot fill it with others.
type memory[T any] struct {
	current atomic.Pointer[shelf]
}

type shelf struct {
	values  sync.Map // by name
	entries atomic.Int64
	bytes   atomic.Int64
}

func newMemory[T any]() *memory[T] {
	m := &memory[T]{}
	m.current.Store(&shelf{})
	return m
}

func (m *memory[T]) get(name string) (v T, ok bool) {
	found, ok := m.current.Load().values.Load(name)
	if !ok {
		return v, false
	}
	return found.(T), true
}

// put keeps a value that holds size bytes.
func (m *memory[T]) put(name string, v T, size int) {
	s := m.current.Load()
	if s.entries.Load() >= mostEntries || s.bytes.Load()+int64(size) > mostBodies {
		fresh := &shelf{}
		if !m.current.CompareAndSwap(s, fresh) {
			fresh = m.current.Load()
		}
		s = fresh
	}
	if _, had := s.values.Swap(name, v); !had {
		s.entries.Add(1)
	}
	s.bytes.Add(int64(size)) // an old value counts until everything is forgotten
}

// facts returns what is known of a file, which it reads unless it knows it already. A folder is
// fs.ErrNotExist.
func (v *view) facts(name string) (*facts, error) {
	if !servable(name) {
		return nil, fs.ErrNotExist
	}
	known, ok := v.known.get(name)
	if ok && known.stamp.fixed() {
		return known, nil
	}
	place, err := v.files.find(name)
	if err != nil {
		return nil, err
	}
	if place.IsDir() {
		return nil, fs.ErrNotExist
	}
	at := stampOf(place)
	if ok && known.stamp == at {
		return known, nil
	}
	f, err := v.read(name, place, at)
	if err != nil {
		return nil, err
	}
	if at.settled(time.Now()) {
		v.known.put(name, f, len(f.body))
	}
	return f, nil
}

// read reads a file once, for its sum and its references.
func (v *view) read(name string, place assets.Place, at stamp) (*facts, error) {
	file, err := place.Open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	f := &facts{stamp: at, place: place}
	sum := sha256.New()
	switch style := v.versions && isStyle(name); {
	case style && at.size <= largestStyle, at.size <= largestBody:
		if f.body, err = io.ReadAll(io.LimitReader(file, largestStyle)); f.body == nil {
			f.body = []byte{}
		}
		sum.Write(f.body)
		if style {
			f.refs = references(name, f.body)
		}
	default:
		_, err = io.Copy(sum, file)
	}
	if err != nil {
		return nil, err
	}
	sum.Sum(f.sum[:0])
	return f, nil
}

func isStyle(name string) bool { return path.Ext(name) == ".css" }

// version returns the version of a file, which is part of its URL: the first digits of the hash of
// its content. That of a style sheet also depends on all files that it refers to, directly or
// through other style sheets. So it changes with each of them, and sheets that import each other
// have a version too: it is the hash of the names and contents of all files that can be reached.
func (v *view) version(name string) (string, error) {
	first, err := v.facts(name)
	if err != nil {
		return "", err
	}
	if len(first.refs) == 0 {
		return digits(first.sum), nil
	}
	members, err := v.reachable(name, first)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, m := range slices.Sorted(maps.Keys(members)) {
		sum.Write([]byte(m))
		sum.Write([]byte{0})
		sum.Write(members[m].sum[:])
	}
	return hex.EncodeToString(sum.Sum(nil))[:versionDigits], nil
}

// reachable returns the facts of a style sheet and of all files that it refers to, directly or
// through other style sheets, as far as they exist.
func (v *view) reachable(name string, first *facts) (map[string]*facts, error) {
	members := map[string]*facts{name: first}
	for queue := []*facts{first}; len(queue) > 0; queue = queue[1:] {
		for _, ref := range queue[0].refs {
			if members[ref.target] != nil {
				continue
			}
			f, err := v.facts(ref.target)
			switch {
			case errors.Is(err, fs.ErrNotExist):
				continue
			case err != nil:
				return nil, err
			}
			members[ref.target] = f
			queue = append(queue, f)
		}
	}
	return members, nil
}

func digits(sum [sha256.Size]byte) string { return hex.EncodeToString(sum[:])[:versionDigits] }
