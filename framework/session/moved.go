package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/mastaba-go/mastaba/views/web"
)

// Renew moves a session to another id, while other requests of the client may still know it by the
// old one. From then on the old id opens nothing, and what such a request sets is discarded: it may
// come from somebody who has planted the id. But what it takes away is taken away: Invalidate ends the
// session under its new id too, so that no logout is lost, and values that it deleted are deleted.
//
// For this, the store keeps a note of where the session went, under an id that no cookie leads to. It
// is written before the session moves. So a request that finds the session gone finds the note, or
// the session did not move at all.

const (
	// noteName is the value of a note that has the new id.
	noteName = "_moved_"
	// noteLife is how long a note is kept at most. It is longer than any request that can still
	// change its session.
	noteLife = time.Hour
	// maxMoves is how many notes in a row are followed.
	maxMoves = 100
)

// noteOf returns the id of the note for a session. It is no hash of a text that could be in a cookie.
func noteOf(id ID) ID { return sha256.Sum256(append([]byte("mastaba moved session\x00"), id[:]...)) }

// leaveNote says that the session is about to get another id.
func (k *stored) leaveNote(ctx context.Context, id, moved ID, at time.Time, ttl time.Duration) error {
	note := Record{Created: at, Renewed: at, Values: map[string]string{noteName: `"` + moved.String() + `"`}}
	return k.call(ctx, func(ctx context.Context) error {
		return k.o.Store.Create(ctx, noteOf(id), note, min(ttl, noteLife))
	})
}

// readNote returns the id that a session got; false if it did not move.
func (k *stored) readNote(ctx context.Context, id ID) (moved ID, ok bool, err error) {
	var note Record
	err = k.call(ctx, func(ctx context.Context) (err error) {
		note, err = k.o.Store.Load(ctx, noteOf(id))
		return err
	})
	switch text, _ := plainText(note.Values[noteName]); {
	case errors.Is(err, ErrNotFound):
		return ID{}, false, nil
	case err != nil:
		return ID{}, false, err
	case len(text) != hex.EncodedLen(len(moved)):
		return ID{}, false, errors.New("malformed note of a session that got another id")
	default:
		_, err = hex.Decode(moved[:], []byte(text))
		return moved, err == nil, err
	}
}

// end ends a session, under whatever id it has by now.
func (k *stored) end(ctx context.Context, r *web.Request, id ID) error {
	for range maxMoves {
		if err := k.call(ctx, func(ctx context.Context) error { return k.o.Store.Delete(ctx, id) }); err != nil {
			return k.down(r, "delete", id, err)
		}
		moved, ok, err := k.readNote(ctx, id)
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
		moved, ok, err := k.readNote(ctx, id)
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
		if !errors.Is(err, ErrNotFound) {
			if err != nil {
				err = k.down(r, "update", id, err)
			}
			return err
		}
	}
	return nil
}
