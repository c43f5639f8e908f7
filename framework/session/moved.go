package session

import (
	"context"
	"errors"

	"github.com/mastaba-go/mastaba/views/web"
)

// Renew moves a session to another id, while other requests of the client may still know it by the
// old one. From then on the old id opens nothing, and what such a request sets is discarded: it may
// come from somebody who has planted the id. But what it takes away is taken away: Invalidate ends
// the session under its new id too, so that no logout is lost, and values that it deleted are
// deleted.
//
// Since the store records where a session goes in the step that moves it, a request that finds the
// session gone finds the record, or the session did not move.

// maxMoves is how many moves of a session are followed.
const maxMoves = 100

// movedTo returns the id that a session got; false if it did not move.
func (k *stored) movedTo(ctx context.Context, id ID) (ID, bool, error) {
	err := k.call(ctx, func(ctx context.Context) error {
		_, err := k.o.Store.Load(ctx, id)
		return err
	})
	if moved, ok := errors.AsType[*MovedError](err); ok {
		return moved.To, true, nil
	}
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return ID{}, false, err
}

// end ends a session, under whatever id it has by now.
func (k *stored) end(ctx context.Context, r *web.Request, id ID) error {
	for range maxMoves {
		if err := k.call(ctx, func(ctx context.Context) error { return k.o.Store.Delete(ctx, id) }); err != nil {
			return k.down(r, "delete", id, err)
		}
		moved, ok, err := k.movedTo(ctx, id)
		if err != nil {
			return k.down(r, "delete", id, err)
		}
		if !ok {
			return nil
		}
		id = moved
	}
	return k.down(r, "delete", id, errors.New("the session got too many ids"))
}

// take deletes values from a session that got another id.
func (k *stored) take(ctx context.Context, r *web.Request, id ID, s *state, names []string) error {
	change := Change{Renewed: now(), Delete: names}
	for range maxMoves {
		moved, ok, err := k.movedTo(ctx, id)
		if err != nil {
			return k.down(r, "update", id, err)
		}
		if !ok {
			return nil // it has ended
		}
		id = moved
		err = k.call(ctx, func(ctx context.Context) error {
			return k.o.Store.Update(ctx, id, change, k.ttl(s.created, change.Renewed))
		})
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, ErrNotFound):
			return k.down(r, "update", id, err)
		}
	}
	return nil
}
