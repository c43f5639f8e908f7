package main

import (
	"context"
	"iter"
	"slices"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
)

// The permissions.
const (
	mayRead  = "read"
	maySpeak = "speak"
)

// House is the root of the tree: it has the rooms.
type House struct{ rooms []*Room }

// Room is a place to talk, and the topic of what is said there.
type Room struct {
	Name, About string
	list        acl.List
}

func newHouse() *House {
	return &House{rooms: []*Room{
		{"lobby", "Everyone may listen, and all users may speak.", nil},
		{"news", "Everyone may listen, and alice speaks.", acl.List{acl.Allow("alice", maySpeak), acl.Deny(acl.Authenticated, maySpeak)}},
		{"crew", "Only alice and bob know what is said here.", acl.List{acl.Allow("alice", mayRead, maySpeak), acl.Allow("bob", mayRead, maySpeak), acl.DenyAll}},
	}}
}

// ACL is the access list that the rooms inherit.
func (*House) ACL(context.Context) (acl.List, error) {
	return acl.List{acl.Allow(acl.Everyone, mayRead), acl.Allow(acl.Authenticated, maySpeak)}, nil
}

// Child returns a room.
func (h *House) Child(_ context.Context, name string) (traversal.Resource, error) {
	if at := slices.IndexFunc(h.rooms, func(r *Room) bool { return r.Name == name }); at >= 0 {
		return h.rooms[at], nil
	}
	return nil, traversal.ErrNotFound
}

// Children returns all rooms.
func (h *House) Children(context.Context) iter.Seq2[traversal.Entry, error] {
	return func(yield func(traversal.Entry, error) bool) {
		for _, room := range h.rooms {
			if !yield(traversal.Entry{Name: room.Name, Resource: room}, nil) {
				return
			}
		}
	}
}

// ACL is the list of a room, before that of the house.
func (r *Room) ACL(context.Context) (acl.List, error) { return r.list, nil }

// Title is its name in breadcrumbs.
func (r *Room) Title() string { return r.Name }
