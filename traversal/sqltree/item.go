package sqltree

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
)

// Resource is a node of the tree as the application sees it: a pointer to a struct that embeds
// Item.
type Resource interface {
	item() *Item
}

// Item is what makes a struct a node of the tree. Embed it by value:
//
//	type Page struct {
//		sqltree.Item
//		Title string `json:"title"`
//	}
//
// The other fields are the data of the node; Item is no part of their JSON. The methods of Item
// give the struct its children (traversal.PathContainer and Lister) and its access list
// (acl.Provider); a struct may have methods of its own instead.
//
// A loaded resource belongs to the request that loaded it. The zero Item is that of a resource that
// is not in the tree yet: Tree.Create puts it there. Its methods return zero values until then.
type Item struct{ n *node }

var (
	_ Resource                = (*Item)(nil)
	_ traversal.PathContainer = (*Item)(nil)
	_ traversal.Lister        = (*Item)(nil)
	_ acl.Provider            = (*Item)(nil)
)

// node is what an Item points to.
type node struct {
	tree *Tree
	self Resource
	row  row

	fresh bool // what is found from here does not come from the cache

	// Only the root may be made without having been loaded: see Tree.Root.
	loading sync.Mutex
	loaded  bool     // guarded by loading
	list    acl.List // guarded by loading; the parsed row.acl
}

// row is a node as the database has it.
type row struct {
	id       uuid.UUID
	parent   uuid.NullUUID
	name     string
	kind     string
	data     []byte // JSON
	acl      string // the text of an acl.List; "" if the node has no list
	version  int64
	created  int64 // microseconds since 1970
	modified int64
	order    int64
}

func (i *Item) item() *Item { return i }

func (i *Item) row() row {
	if i.n == nil {
		return row{}
	}
	return i.n.row
}

// ID returns the id of the node, which it keeps for life. Ids are UUIDs of version 7, so those made
// later are larger, as far as the clocks of the processes agree.
func (i *Item) ID() uuid.UUID { return i.row().id }

// Name returns the name by which the parent finds the node; "" for the root.
func (i *Item) Name() string { return i.row().name }

// Kind returns the name of the kind of the node.
func (i *Item) Kind() string { return i.row().kind }

// ParentID returns the id of the parent, and false for the root.
func (i *Item) ParentID() (uuid.UUID, bool) {
	p := i.row().parent
	return p.UUID, p.Valid
}

// Version returns how often the node was changed, beginning with 1. Renames, moves and changes of
// its access list count; changes of its children do not.
func (i *Item) Version() int64 { return i.row().version }

// Created returns when the node was created, in UTC, to the microsecond.
func (i *Item) Created() time.Time { return moment(i.row().created) }

// Modified returns when the node was last changed, in UTC, to the microsecond.
func (i *Item) Modified() time.Time { return moment(i.row().modified) }

func moment(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

// ACL returns the access list of the node itself, nil if it has none. It is read once with the
// node.
func (i *Item) ACL(ctx context.Context) (acl.List, error) {
	if i.n == nil {
		return nil, nil
	}
	if err := i.n.load(ctx); err != nil {
		return nil, err
	}
	return i.n.access()
}

// access parses the access list when it is first needed.
func (n *node) access() (acl.List, error) {
	n.loading.Lock()
	defer n.loading.Unlock()
	if n.list != nil || n.row.acl == "" {
		return n.list, nil
	}
	list, err := acl.Parse(n.row.acl)
	if err != nil {
		return nil, fmt.Errorf("access list of %q (%s): %w", n.row.name, n.row.id, err)
	}
	n.list = list
	return list, nil
}

// HasACL reports whether the node has an access list of its own.
func (i *Item) HasACL() bool { return i.row().acl != "" }
