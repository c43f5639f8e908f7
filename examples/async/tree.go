package main

import (
	"context"
	"path"
	"strings"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
)

// place is a resource: its record from the source, and a way to find more places. The four types
// below differ only in that way.
type place interface {
	body() *Body
	// below loads the records of the children.
	below(ctx context.Context) ([]*Body, error)
}

func (b *Body) body() *Body { return b }

// id returns the id of a child. A name may contain a slash, which separates the names in an id, so
// no child has such a name.
func (b *Body) id(name string) (string, error) {
	switch {
	case name == "" || strings.Contains(name, "/"):
		return "", traversal.ErrNotFound
	case b.ID == "":
		return name, nil
	}
	return b.ID + "/" + name, nil
}

// ids returns the ids of the children.
func (b *Body) ids() []string {
	ids := make([]string, len(b.Children))
	for n, name := range b.Children {
		ids[n] = path.Join(b.ID, name)
	}
	return ids
}

// child loads a single place.
func (s *source) child(ctx context.Context, of *Body, name string) (*Body, error) {
	id, err := of.id(name)
	if err != nil {
		return nil, err
	}
	found, err := s.load(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	if found[id] == nil {
		return nil, traversal.ErrNotFound
	}
	return found[id], nil
}

// byChild loads places one after the other.
type byChild struct {
	*Body
	sky *source
}

func (p *byChild) Child(ctx context.Context, name string) (traversal.Resource, error) {
	b, err := p.sky.child(ctx, p.Body, name)
	if err != nil {
		return nil, err
	}
	return &byChild{b, p.sky}, nil
}

func (p *byChild) below(ctx context.Context) ([]*Body, error) {
	var all []*Body
	for _, name := range p.Children {
		b, err := timed(ctx, name, func() (*Body, error) { return p.sky.child(ctx, p.Body, name) })
		if err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return all, nil
}

// byFuture returns futures. A walk has to wait for each, since it needs one place to find the next,
// but the children of a place load concurrently.
type byFuture struct {
	*Body
	sky *source
}

func (p *byFuture) ChildAsync(ctx context.Context, name string) *async.Future[traversal.Resource] {
	return async.Go(ctx, func(ctx context.Context) (traversal.Resource, error) {
		b, err := p.sky.child(ctx, p.Body, name)
		if err != nil {
			return nil, err
		}
		return &byFuture{b, p.sky}, nil
	})
}

func (p *byFuture) below(ctx context.Context) ([]*Body, error) {
	var all []*async.Future[*Body]
	for _, name := range p.Children {
		all = append(all, async.Go(ctx, func(ctx context.Context) (*Body, error) {
			return timed(ctx, name, func() (*Body, error) { return p.sky.child(ctx, p.Body, name) })
		}))
	}
	return async.All(ctx, all...)
}

// byPath finds all names of a path in one round trip.
type byPath struct {
	*Body
	sky *source
}

func (p *byPath) Descend(ctx context.Context, names []string) ([]traversal.Resource, error) {
	var ids []string
	var end error // why the remaining names cannot exist
	for at, n := p.Body, 0; n < len(names) && end == nil; n++ {
		var id string
		if id, end = at.id(names[n]); end == nil {
			ids = append(ids, id)
			at = &Body{ID: id}
		}
	}
	if len(ids) == 0 {
		return nil, end
	}
	found, err := p.sky.load(ctx, ids)
	if err != nil {
		return nil, err
	}
	var chain []traversal.Resource
	for _, id := range ids {
		if found[id] == nil {
			return chain, traversal.ErrNotFound
		}
		chain = append(chain, &byPath{found[id], p.sky})
	}
	return chain, end
}

func (p *byPath) below(ctx context.Context) ([]*Body, error) {
	if len(p.Children) == 0 {
		return nil, nil
	}
	found, err := timed(ctx, "all children", func() (map[string]*Body, error) { return p.sky.load(ctx, p.ids()) })
	return inOrder(found, p.ids()), err
}

// inOrder returns the bodies found, in the order of ids.
func inOrder(found map[string]*Body, ids []string) []*Body {
	var all []*Body
	for _, id := range ids {
		if b := found[id]; b != nil {
			all = append(all, b)
		}
	}
	return all
}

// byBatch shares round trips: while one is in flight, the loads of all requests collect for the
// next. The memo keeps what a request has found.
type byBatch struct {
	*Body
	batcher *async.Batcher[string, *Body]
}

func newBatcher(sky *source) *async.Batcher[string, *Body] {
	return async.NewBatcher(sky.load, async.BatcherOptions{Name: "sky", Missing: traversal.ErrNotFound, Memo: true})
}

func (p *byBatch) Child(ctx context.Context, name string) (traversal.Resource, error) {
	id, err := p.id(name)
	if err != nil {
		return nil, err
	}
	b, err := p.batcher.Load(ctx, id)
	if err != nil {
		return nil, err
	}
	return &byBatch{b, p.batcher}, nil
}

func (p *byBatch) below(ctx context.Context) ([]*Body, error) {
	if len(p.Children) == 0 {
		return nil, nil
	}
	found, err := timed(ctx, "all children", func() (map[string]*Body, error) { return p.batcher.LoadMany(ctx, p.ids()) })
	return inOrder(found, p.ids()), err
}

var (
	_ traversal.Container      = (*byChild)(nil)
	_ traversal.AsyncContainer = (*byFuture)(nil)
	_ traversal.PathContainer  = (*byPath)(nil)
	_ traversal.Container      = (*byBatch)(nil)
)
