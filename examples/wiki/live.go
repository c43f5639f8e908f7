package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/examples/wiki/merge"
	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/sse"
	"github.com/mastaba-go/mastaba/views/web"
)

// addLive declares the streams of events that pages and folders follow, and the preview of the
// editor. The script wiki.js uses both; everything works without.
func (w *wiki) addLive(config *framework.Configurator) {
	get, post, edit := views.Method("GET"), views.Method("POST"), views.Permission(mayEdit)
	config.AddView(views.OnInput(w.livePage), get, views.Name("live"))
	config.AddView(views.OnInput(w.liveFolder), get, views.Name("live"))
	config.AddView(views.OnInput(previewOfPage), post, views.Name("preview"), edit)
	config.AddView(views.OnInput(previewInFolder), post, views.Name("preview"), edit)
}

// recheck ends a stream. The browser comes back at once, and the permission is checked again.
const recheck = 5 * time.Minute

// live is a stream of events about a node. They have no content: the script loads the page again,
// with the permission that the page needs.
type live struct {
	wiki    *wiki
	node    uuid.UUID
	user    string // who follows it
	version int64  // what the page shows; 0 for a folder
	again   bool   // the browser has followed it before, and may have missed something
	editors string // the topic of those who edit it; "" for a folder
	editing bool   // the user is one of them
}

func (w *wiki) livePage(r *framework.Request, p *Page, in struct {
	Version int64
	Editing bool
}) (*framework.Response, error) {
	if in.Editing {
		if may, err := r.Can(mayEdit); err != nil {
			return nil, err
		} else if !may {
			return nil, web.Forbidden("You may not edit this page.")
		}
	}
	user, err := r.UserID()
	l := live{w, p.ID(), user, in.Version, false, "editors of " + p.ID().String(), in.Editing}
	return sse.New(r, sse.Options{MaxAge: recheck}, l.run), err
}

func (w *wiki) liveFolder(r *framework.Request, f *Folder, _ struct{}) (*framework.Response, error) {
	l := live{wiki: w, node: f.ID(), again: sse.LastEventID(r) != ""}
	return sse.New(r, sse.Options{MaxAge: recheck}, l.run), nil
}

// run sends events until ctx ends, or somebody has changed who may see what.
func (l live) run(ctx context.Context, s *sse.Stream) error {
	changes, err := l.wiki.tree.Subscribe()
	if err != nil {
		return err
	}
	defer changes.Close()
	if err := s.Send(sse.Event{ID: "1"}); err != nil {
		return err
	}
	if err := l.catchUp(ctx, s); err != nil {
		return err
	}
	if l.editors == "" {
		return l.followChanges(ctx, s, changes)
	}
	ctx, stop := context.WithCancel(ctx)
	var editors sync.WaitGroup
	defer editors.Wait()
	defer stop()
	editors.Go(func() {
		defer stop() // one does not go on without the other
		_ = l.followEditors(ctx, s)
	})
	return l.followChanges(ctx, s, changes)
}

// catchUp sends what has changed between the page and its stream.
func (l live) catchUp(ctx context.Context, s *sse.Stream) error {
	changed := l.again
	if l.version != 0 {
		found, err := l.wiki.tree.Get(ctx, l.node)
		if errors.Is(err, traversal.ErrNotFound) {
			return notify(s, "gone", "")
		} else if err != nil {
			return err
		}
		changed = found.Resource().(node).Version() != l.version
	}
	if !changed {
		return nil
	}
	return notify(s, "changed", "")
}

// followChanges sends the changes of the node, and of what is in a folder.
func (l live) followChanges(ctx context.Context, s *sse.Stream, changes *sqltree.Subscription) error {
	for {
		e, err := changes.Next(ctx)
		by := strings.TrimPrefix(e.Actor, userPrefix)
		switch {
		case errors.Is(err, sqltree.ErrGap):
			err = notify(s, "changed", "")
		case err != nil:
			return nil // the end of the stream
		case e.ID == l.node && e.Op == sqltree.Deleted:
			err = notify(s, "gone", by)
		case e.ID == l.node || e.Parent == l.node || e.WasParent == l.node:
			err = notify(s, "changed", by)
		}
		if err != nil {
			return err
		}
		switch e.Op {
		case sqltree.Restricted, sqltree.Moved, sqltree.Deleted, sqltree.Restored:
			return nil // perhaps of a folder above: the browser comes back, and is let in or not
		}
	}
}

// followEditors sends who edits the page, and adds the user to them.
func (l live) followEditors(ctx context.Context, s *sse.Stream) error {
	sub, err := l.wiki.hub.Subscribe(l.editors, "")
	if err != nil {
		return err
	}
	defer sub.Close()
	if l.editing {
		leave, err := l.wiki.hub.Join(ctx, l.editors, l.user)
		if err != nil {
			return err
		}
		defer leave()
	}
	for {
		others := slices.DeleteFunc(l.wiki.hub.Present(l.editors), func(who string) bool { return who == l.user })
		if err := notify(s, "editors", strings.Join(others, ", ")); err != nil {
			return err
		}
		if _, err := sub.Next(ctx); err != nil {
			return err
		}
	}
}

// notify sends an event about people.
func notify(s *sse.Stream, name, people string) error {
	event, err := sse.JSON(name, people)
	if err != nil {
		return err
	}
	return s.Send(event)
}

// previewInput is a text that is being written.
type previewInput struct {
	Text string `form:"text"`
}

// Validate checks the length.
func (in previewInput) Validate() error {
	if len(in.Text) > mostText {
		return problem("text", "the text has more than 512 KiB")
	}
	return nil
}

func previewOfPage(r *framework.Request, _ *Page, in previewInput) (*framework.Response, error) {
	folder, _ := folderOf(r.Node())
	return fragment(r, folder, in.Text)
}

func previewInFolder(r *framework.Request, _ *Folder, in previewInput) (*framework.Response, error) {
	return fragment(r, r.Node(), in.Text)
}

// fragment is a rendered text, without a page around it.
func fragment(r *framework.Request, folder traversal.Node, text string) (*framework.Response, error) {
	body, err := render(r, folder, merge.Normal(text))
	return r.HTML(string(body)), err
}
