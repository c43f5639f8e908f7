package main

import (
	"context"
	"strconv"

	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// Root has the projects. A URL is the path of a resource: /garden/water is the task "water" of the
// project "garden".
type Root struct{ sqltree.Item }

// ACL lets everyone with a token do everything. Lists of projects, which Tree.SetACL stores, may
// say otherwise there and below.
func (*Root) ACL(context.Context) (acl.List, error) {
	return acl.List{acl.Allow(acl.Authenticated, mayView, mayEdit)}, nil
}

// Project has tasks.
type Project struct {
	sqltree.Item
	Title string `json:"title"`
}

// Task is something to do.
type Task struct {
	sqltree.Item
	Title string `json:"title"`
	Done  bool   `json:"done"`
}

// Version is the ETag of a task: a client that changes one says in If-Match which version it knows.
func (t *Task) Version(context.Context) (string, error) {
	return strconv.FormatInt(t.Item.Version(), 10), nil
}

// The permissions.
const (
	mayView = "view"
	mayEdit = "edit"
)
