// Package notebook is a wiki of notebooks: a library contains organisations, an organisation
// projects, a project documents. Everything is kept in memory.
//
// Permissions are granted on any resource and hold for everything below it, until a resource
// further down says otherwise for the same user.
package notebook

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// Role is the role of a user in some part of the library.
type Role int

// A role includes those before it. Stranger revokes what was granted above.
const (
	Stranger Role = iota + 1
	Reader
	Writer
	Owner
)

// The permissions that views require.
const (
	View   = "view"
	Edit   = "edit"
	Manage = "manage"
)

var needed = map[string]Role{View: Reader, Edit: Writer, Manage: Owner}

// ErrExists means that a folder already has a child of that name.
var ErrExists = errors.New("the name is already taken")

// common is what all resources share. The lock of the library guards it, and the fields of the
// types around it.
type common struct {
	lock   *sync.RWMutex
	title  string
	grants map[string]Role
}

// Title returns the title of the resource.
func (c *common) Title() string {
	c.lock.RLock()
	defer c.lock.RUnlock()
	return c.title
}

// SetTitle changes the title.
func (c *common) SetTitle(title string) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.title = title
}

// Grant grants a user a role here and below.
func (c *common) Grant(user string, role Role) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.grants == nil {
		c.grants = map[string]Role{}
	}
	c.grants[user] = role
}

// roleOf returns the role granted on this resource itself to the user, or to everyone.
func (c *common) roleOf(user string) (Role, bool) {
	c.lock.RLock()
	defer c.lock.RUnlock()
	if role, ok := c.grants[user]; ok && user != "" {
		return role, true
	}
	role, ok := c.grants[web.Everyone]
	return role, ok
}

// shelf holds the children of one resource.
type shelf[T any] map[string]T

func (s shelf[T]) child(lock *sync.RWMutex, name string) (traversal.Resource, error) {
	lock.RLock()
	defer lock.RUnlock()
	if child, ok := s[name]; ok {
		return child, nil
	}
	return nil, traversal.ErrNotFound
}

func (s shelf[T]) children(lock *sync.RWMutex) iter.Seq2[traversal.Entry, error] {
	return func(yield func(traversal.Entry, error) bool) {
		lock.RLock()
		var entries []traversal.Entry // a copy, so the lock is not held while the caller iterates
		for _, name := range slices.Sorted(maps.Keys(s)) {
			entries = append(entries, traversal.Entry{Name: name, Resource: s[name]})
		}
		lock.RUnlock()
		for _, entry := range entries {
			if !yield(entry, nil) {
				return
			}
		}
	}
}

func (s shelf[T]) add(lock *sync.RWMutex, name string, child T) (T, error) {
	lock.Lock()
	defer lock.Unlock()
	if _, ok := s[name]; ok {
		var none T
		return none, fmt.Errorf("%q: %w", name, ErrExists)
	}
	s[name] = child
	return child, nil
}

func (s shelf[T]) remove(lock *sync.RWMutex, name string) bool {
	lock.Lock()
	defer lock.Unlock()
	_, ok := s[name]
	delete(s, name)
	return ok
}

// Library is the root of the tree.
type Library struct {
	common
	organisations shelf[*Organisation]
}

// Organisation contains projects.
type Organisation struct {
	common
	projects shelf[*Project]
}

// Project contains documents. Nothing in an archived project can be changed.
type Project struct {
	common
	documents shelf[*Document]
	archived  bool
}

// Document is a text with all its versions.
type Document struct {
	common
	revisions []Revision
}

// Revision is one version of a document.
type Revision struct {
	Number int       `json:"number"`
	Author string    `json:"author"`
	When   time.Time `json:"when"`
	Text   string    `json:"text"`
}

// NewLibrary returns an empty library.
func NewLibrary(title string) *Library {
	return &Library{common{lock: &sync.RWMutex{}, title: title}, shelf[*Organisation]{}}
}

// Add creates an organisation.
func (l *Library) Add(name, title string) (*Organisation, error) {
	return l.organisations.add(l.lock, name, &Organisation{common{lock: l.lock, title: title}, shelf[*Project]{}})
}

// Add creates a project.
func (o *Organisation) Add(name, title string) (*Project, error) {
	return o.projects.add(o.lock, name, &Project{common{lock: o.lock, title: title}, shelf[*Document]{}, false})
}

// Add creates a document with its first revision.
func (p *Project) Add(name, title, text, author string) (*Document, error) {
	return p.documents.add(p.lock, name, &Document{
		common{lock: p.lock, title: title},
		[]Revision{{Number: 1, Author: author, When: time.Now(), Text: text}},
	})
}

// Child finds an organisation.
func (l *Library) Child(_ context.Context, name string) (traversal.Resource, error) {
	return l.organisations.child(l.lock, name)
}

// Child finds a project.
func (o *Organisation) Child(_ context.Context, name string) (traversal.Resource, error) {
	return o.projects.child(o.lock, name)
}

// Child finds a document.
func (p *Project) Child(_ context.Context, name string) (traversal.Resource, error) {
	return p.documents.child(p.lock, name)
}

// Children lists the organisations by name.
func (l *Library) Children(context.Context) iter.Seq2[traversal.Entry, error] {
	return l.organisations.children(l.lock)
}

// Children lists the projects by name.
func (o *Organisation) Children(context.Context) iter.Seq2[traversal.Entry, error] {
	return o.projects.children(o.lock)
}

// Children lists the documents by name.
func (p *Project) Children(context.Context) iter.Seq2[traversal.Entry, error] {
	return p.documents.children(p.lock)
}

// Remove removes an organisation. It reports whether there was one of that name.
func (l *Library) Remove(name string) bool { return l.organisations.remove(l.lock, name) }

// Remove removes a project. It reports whether there was one of that name.
func (o *Organisation) Remove(name string) bool { return o.projects.remove(o.lock, name) }

// Remove removes a document. It reports whether there was one of that name.
func (p *Project) Remove(name string) bool { return p.documents.remove(p.lock, name) }

// Archive closes the project to all changes, or reopens it.
func (p *Project) Archive(archived bool) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.archived = archived
}

// Archived reports whether the project is closed.
func (p *Project) Archived() bool {
	p.lock.RLock()
	defer p.lock.RUnlock()
	return p.archived
}

// Save adds a revision and sets the title.
func (d *Document) Save(title, text, author string) Revision {
	d.lock.Lock()
	defer d.lock.Unlock()
	d.title = title
	revision := Revision{Number: len(d.revisions) + 1, Author: author, When: time.Now(), Text: text}
	d.revisions = append(d.revisions, revision)
	return revision
}

// Revisions returns all versions, newest first.
func (d *Document) Revisions() []Revision {
	d.lock.RLock()
	defer d.lock.RUnlock()
	revisions := slices.Clone(d.revisions)
	slices.Reverse(revisions)
	return revisions
}

// Latest returns the newest version.
func (d *Document) Latest() Revision {
	d.lock.RLock()
	defer d.lock.RUnlock()
	return d.revisions[len(d.revisions)-1]
}

// checkName rejects names that cannot be in a path, or that would hide a view.
func checkName(name string) error {
	switch {
	case name == "", name == ".", name == "..":
		return fmt.Errorf("invalid name %q", name)
	case strings.HasPrefix(name, "@@"):
		return errors.New("a name must not begin with @@")
	}
	return nil
}
