package main

import (
	"context"
	"encoding/json"
	"iter"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/mastaba-go/mastaba/traversal"
)

// Tracker is the root of the tree. Its children are the organisations.
type Tracker struct{ children }

// Organisation has projects.
type Organisation struct {
	Name, About     string
	Owners, Members []string // user ids
	privacy
	children
}

// Project has issues, whose names are their numbers.
type Project struct {
	Name, About string
	privacy
	children
}

// Issue is something to do. An Issue never changes: an edit puts a changed copy in its place. So a
// page can be rendered without a lock.
type Issue struct {
	Draft
	Number, Version int // Version counts the edits
	Author          string
	Created         time.Time
	Closed          bool
	Remarks         []Remark
	Files           []*File
}

// Draft is what the form of an issue edits.
type Draft struct {
	Subject  string    `form:"subject" validate:"required,max=200"`
	Text     string    `form:"text" validate:"max=20000"`
	Priority string    `form:"priority" validate:"oneof=low normal high"`
	Due      time.Time `form:"due"`
}

// Remark is a comment on an issue.
type Remark struct {
	Author, Text string
	Created      time.Time
}

// File is an attachment of an issue. Type is the media type that its content shows.
type File struct {
	Number     int
	Name, Type string
	Content    []byte
	Created    time.Time
}

// Title is what breadcrumbs show.
func (*Tracker) Title() string        { return "Tracker" }
func (o *Organisation) Title() string { return o.Name }
func (p *Project) Title() string      { return p.Name }
func (i *Issue) Title() string        { return "#" + strconv.Itoa(i.Number) }

// children are the resources below another one. Whatever embeds them is a container: for each name
// in a path, traversal calls Child. A tracker with a database would query it here.
type children struct {
	mu      sync.RWMutex      // guards entries, since requests run concurrently
	entries []traversal.Entry // never changed, only replaced
}

func (c *children) list() []traversal.Entry {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.entries
}

// Child returns the resource with a name.
func (c *children) Child(_ context.Context, name string) (traversal.Resource, error) {
	for _, entry := range c.list() {
		if entry.Name == name {
			return entry.Resource, nil
		}
	}
	return nil, traversal.ErrNotFound
}

// Children lists the resources for pages.
func (c *children) Children(context.Context) iter.Seq2[traversal.Entry, error] {
	entries := c.list()
	return func(yield func(traversal.Entry, error) bool) {
		for _, entry := range entries {
			if !yield(entry, nil) {
				return
			}
		}
	}
}

// Child returns an attachment by its number.
func (i *Issue) Child(_ context.Context, name string) (traversal.Resource, error) {
	for _, file := range i.Files {
		if strconv.Itoa(file.Number) == name {
			return file, nil
		}
	}
	return nil, traversal.ErrNotFound
}

// add adds a resource. It returns false if the name is taken.
func (c *children) add(name string, child traversal.Resource) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.ContainsFunc(c.entries, func(e traversal.Entry) bool { return e.Name == name }) {
		return false
	}
	c.entries = append(slices.Clip(c.entries), traversal.Entry{Name: name, Resource: child})
	return true
}

// report adds an issue, and gives it the next number.
func (p *Project) report(issue *Issue) {
	p.mu.Lock()
	defer p.mu.Unlock()
	issue.Number = len(p.entries) + 1
	p.entries = append(slices.Clip(p.entries), traversal.Entry{Name: strconv.Itoa(issue.Number), Resource: issue})
}

// edit puts a changed copy of an issue in its place. It returns false if somebody else was faster.
func (p *Project) edit(number, version int, change func(*Issue)) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	issue := *p.entries[number-1].Resource.(*Issue)
	if issue.Version != version {
		return false
	}
	issue.Version++
	issue.Remarks, issue.Files = slices.Clip(issue.Remarks), slices.Clip(issue.Files)
	change(&issue)
	p.entries = slices.Clone(p.entries)
	p.entries[number-1].Resource = &issue
	return true
}

// newTracker returns a tracker with what is in seed.json.
func newTracker() (*Tracker, error) {
	var organisations []struct {
		Slug     string
		Resource *Organisation
		Projects []struct {
			Slug     string
			Resource *Project
			Issues   []*Issue
		}
	}
	err := json.Unmarshal(seed, &organisations)
	tracker := new(Tracker)
	for _, o := range organisations {
		tracker.add(o.Slug, o.Resource)
		for _, p := range o.Projects {
			o.Resource.add(p.Slug, p.Resource)
			for _, issue := range p.Issues {
				p.Resource.report(issue)
			}
		}
	}
	return tracker, err
}
