package main

import (
	"context"
	"errors"

	"github.com/mastaba-go/mastaba/framework/security/password"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/traversal/topics"
)

// wiki is what all views share: the tree, the tables beside it, and how passwords are hashed.
type wiki struct {
	db     *sqltree.Database
	tree   *sqltree.Tree
	hub    *topics.Hub // who edits what, and the changes of the tree
	hasher *password.Hasher
	secret string // of the sessions
}

// newWiki returns the wiki in db, which it creates if there is none.
func newWiki(ctx context.Context, db *sqltree.Database) (*wiki, error) {
	hub := topics.New(topics.Options{})
	tree, err := sqltree.New(ctx, db, sqltree.Options{
		Root: sqltree.Kind[*Folder]("folder"), Kinds: []sqltree.KindSpec{sqltree.Kind[*Page]("page")},
		Unit: transaction.UnitOf, Hub: hub,
	})
	if err != nil {
		return nil, err
	}
	w := &wiki{db: db, tree: tree, hub: hub, hasher: password.New(password.Options{})}
	err = transaction.Run(ctx, db, transaction.RunOptions{Attempts: 3}, w.prepare)
	if err != nil {
		return nil, errors.Join(err, tree.Close(ctx))
	}
	return w, nil
}

func (w *wiki) close(ctx context.Context) error {
	w.hub.Close()
	return errors.Join(w.tree.Close(ctx), w.db.Close())
}

const welcome = `This is your wiki. Its pages are written in [Markdown](https://commonmark.org/help/).

- **Edit** changes this page. A preview shows what it will look like.
- **New page** and **New folder** are on the page of each folder.
- **History** has all that a page ever was, and brings it back.

When two people edit a page at once, both find their work in it.
`

// prepare brings the tables up to date, and makes the first resources and the secret if there are
// none.
func (w *wiki) prepare(ctx context.Context) error {
	tx, err := transaction.Tx(ctx)
	if err != nil {
		return err
	}
	if err := w.db.Dialect().LockSchema(ctx, tx); err != nil {
		return err
	}
	for _, statement := range schema {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	if w.secret, err = w.setting(ctx, tx, "secret", newSecret()); err != nil {
		return err
	}
	res, err := w.tree.Root(ctx, "/")
	if err != nil {
		return err
	}
	root := res.(*Folder)
	if root.Title != "" {
		return nil
	}
	root.Title = "Wiki"
	if err := w.tree.Update(ctx, root); err != nil {
		return err
	}
	// Members read and write; a folder or page with a list of its own may say otherwise.
	if err := w.tree.SetACL(ctx, root, acl.List{
		acl.Allow(administrators, acl.AllPermissions), acl.Allow(acl.Authenticated, mayView, mayEdit),
	}); err != nil {
		return err
	}
	page := &Page{Title: "Welcome", Text: welcome}
	if err := w.tree.Create(ctx, root, "welcome", page); err != nil {
		return err
	}
	return w.keep(ctx, page, "")
}

// folderOf returns the folder that has a node.
func folderOf(n traversal.Node) (traversal.Node, *Folder) {
	parent, _ := n.Parent()
	folder, _ := parent.Resource().(*Folder)
	return parent, folder
}
