package main

import (
	"context"
	"errors"

	"github.com/mastaba-go/mastaba/framework/security/password"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// wiki is what all views share: the tree, the tables beside it, the hub of events, and how passwords
// are hashed.
type wiki struct {
	*services
	tree   *sqltree.Tree
	hasher *password.Hasher

	rendered renderedPages

	maxFile int64 // bytes of an uploaded file
}

// cachedNodes is how many nodes of the tree an instance keeps in memory.
const cachedNodes = 2000

// newWiki returns the wiki in the database of s, which it creates if there is none. It closes s,
// also after an error.
func newWiki(ctx context.Context, s *services) (*wiki, error) {
	tree, err := sqltree.New(ctx, s.db, sqltree.Options{
		Root: sqltree.Kind[*Folder]("folder"), Kinds: []sqltree.KindSpec{sqltree.Kind[*Page]("page"), sqltree.Kind[*File]("file")},
		Unit: transaction.UnitOf,
		Hub:  s.hub, Cache: cachedNodes, CacheAge: s.stale,
		OnError: func(err error) { s.log.Warn().Err(err).Msg("other instances notice a change late") },
	})
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	w := &wiki{services: s, tree: tree, hasher: password.New(password.Options{}), maxFile: 25 << 20}
	err = transaction.Run(ctx, s.db, transaction.RunOptions{Attempts: 3}, w.prepare)
	if err != nil {
		return nil, errors.Join(err, w.close(ctx))
	}
	return w, nil
}

func (w *wiki) close(ctx context.Context) error {
	return errors.Join(w.tree.Close(ctx), w.services.close())
}

const welcome = `This is your wiki. Its pages are written in [Markdown](https://commonmark.org/help/).

- **Edit** changes this page. A preview shows what it will look like.
- **New page** and **New folder** are on the page of each folder.
- **History** has all that a page ever was, and brings it back.

When two people edit a page at once, both find their work in it.
`

// prepare brings the tables up to date, and makes the first resources if there are none.
func (w *wiki) prepare(ctx context.Context) error {
	tx, err := transaction.Tx(ctx)
	if err != nil {
		return err
	}
	if err := w.db.Dialect().LockSchema(ctx, tx); err != nil {
		return err
	}
	if err := w.migrate(ctx, tx); err != nil {
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
