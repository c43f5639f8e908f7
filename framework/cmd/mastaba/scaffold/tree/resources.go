package main

import (
	"context"

	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// Folder has folders and pages. The root is one. A URL is the path of a resource: /garden/roses is
// the page "roses" in the folder "garden".
type Folder struct {
	sqltree.Item
	Title string `json:"title"`
}

// Page is a text.
type Page struct {
	sqltree.Item
	Title string `json:"title"`
	Text  string `json:"text"`
}

// The permissions. The access list of a resource says who has them there and below.
const (
	mayView = "view"
	mayEdit = "edit"
)

// plant makes the first page of a new tree: everyone may view, and who is logged in may edit.
func (s *site) plant(ctx context.Context) error {
	res, err := s.tree.Root(ctx, "/")
	root, _ := res.(*Folder)
	if err != nil || root.Title != "" {
		return err
	}
	root.Title = "Home"
	if err := s.tree.Update(ctx, root); err != nil {
		return err
	}
	if err := s.tree.SetACL(ctx, root, acl.List{acl.Allow(acl.Everyone, mayView), acl.Allow(acl.Authenticated, mayEdit)}); err != nil {
		return err
	}
	return s.tree.Create(ctx, root, "welcome", &Page{Title: "Welcome", Text: "This page is in the database. Log in to edit it."})
}
