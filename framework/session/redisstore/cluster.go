package redisstore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/mastaba-go/mastaba/framework/session"
)

// take ends a session and returns its fields. If there is one, it leaves the note where it went.
// KEYS session, note; ARGV the text of the note and its ttl in ms.
var take = redis.NewScript(`
local fields = redis.call('HGETALL', KEYS[1])
if #fields > 0 then
	redis.call('UNLINK', KEYS[1])
	redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
end
return fields`)

// isCrossSlot reports whether Redis Cluster refused a call because its keys may be on different
// machines.
func isCrossSlot(err error) bool { return err != nil && strings.HasPrefix(err.Error(), "CROSSSLOT") }

// moveAcross gives a session another id in Redis Cluster, where no script can have both. It creates
// the new session before it ends the old one, so that a failure in between loses nothing, and then
// adds to the new one what other requests have changed in the old one meanwhile.
func (s *Store) moveAcross(ctx context.Context, from session.ID, c session.Change, ttl time.Duration) error {
	to := *c.Move
	c.Move = nil
	rec, err := s.Load(ctx, from)
	if errors.Is(err, session.ErrNotFound) {
		return s.Update(ctx, to, c, ttl) // it was done before, or there is none
	}
	if err != nil {
		return err
	}
	moved := session.Record{Created: rec.Created, Renewed: c.Renewed, Values: maps.Clone(rec.Values)}
	for _, name := range c.Delete {
		delete(moved.Values, name)
	}
	maps.Copy(moved.Values, c.Set)
	if err := s.Create(ctx, to, moved, ttl); err != nil {
		return err
	}
	fields, err := take.Run(ctx, s.client, []string{s.key(from), s.note(from)}, to.String(), noteLife(ttl)).StringSlice()
	if err != nil {
		return fmt.Errorf("redis: end the session under its old id: %w", err)
	}
	if len(fields) == 0 { // another request has ended it meanwhile
		if err := s.Delete(ctx, to); err != nil {
			return err
		}
		return session.ErrNotFound
	}
	return s.catchUp(ctx, to, rec, fields, c, ttl)
}

// catchUp changes the session called to as others have changed the old one since rec was loaded.
// fields are pairs of field and value. What the request itself has changed stays.
func (s *Store) catchUp(ctx context.Context, to session.ID, rec session.Record, fields []string, own session.Change, ttl time.Duration) error {
	changed := func(name string) bool {
		_, set := own.Set[name]
		for _, deleted := range own.Delete {
			set = set || deleted == name
		}
		return set
	}
	missed := session.Change{Renewed: own.Renewed, Set: map[string]string{}}
	gone := maps.Clone(rec.Values)
	for i := 0; i+1 < len(fields); i += 2 {
		name, isValue := strings.CutPrefix(fields[i], fieldValue)
		if !isValue {
			continue
		}
		before, was := gone[name]
		delete(gone, name)
		if (!was || before != fields[i+1]) && !changed(name) {
			missed.Set[name] = fields[i+1]
		}
	}
	for name := range gone {
		if !changed(name) {
			missed.Delete = append(missed.Delete, name)
		}
	}
	if len(missed.Set)+len(missed.Delete) == 0 {
		return nil
	}
	return s.Update(ctx, to, missed, ttl)
}
