package redisstore

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/mastaba-go/mastaba/framework/session"
)

// Client is what the store needs of Redis. *redis.Client, *redis.ClusterClient, *redis.Ring and
// redis.UniversalClient have it.
type Client interface {
	redis.Scripter
	HGetAll(ctx context.Context, key string) *redis.MapStringStringCmd
	Unlink(ctx context.Context, keys ...string) *redis.IntCmd
}

// Options are the options of New. The zero value suits most applications.
type Options struct {
	// Prefix is what all keys begin with, "session:" by default. Applications that share a Redis
	// need different ones.
	Prefix string
}

// Store is a session.Store in Redis. It is safe for concurrent use. It does not own the
// client: close that after the application has stopped.
type Store struct {
	client Client
	prefix string
}

var _ session.Store = (*Store)(nil)

// New returns a store that uses client. It does not call Redis.
func New(client Client, o Options) (*Store, error) {
	if v := reflect.ValueOf(client); client == nil || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, errors.New("redisstore.New: the client is nil: want one such as redis.NewClient(…)")
	}
	if ignoresDeadlines(client) {
		return nil, errors.New("redisstore.New: the client ignores deadlines, so a hanging Redis would hold up requests: set ContextTimeoutEnabled in its options")
	}
	if o.Prefix == "" {
		o.Prefix = "session:"
	}
	return &Store{client, o.Prefix}, nil
}

// ignoresDeadlines reports whether a client of go-redis does, as by default.
func ignoresDeadlines(client Client) bool {
	switch c := client.(type) {
	case *redis.Client:
		return !c.Options().ContextTimeoutEnabled
	case *redis.ClusterClient:
		return !c.Options().ContextTimeoutEnabled
	case *redis.Ring:
		return !c.Options().ContextTimeoutEnabled
	}
	return false
}

// The fields of a session. All others are values, with this prefix.
const (
	fieldCreated = "c"
	fieldRenewed = "r"
	fieldValue   = "v:"
)

// The scripts get pairs of field and value in ARGV from a place on, fields to delete before them.
var (
	// create: KEYS session; ARGV ttl in ms, then pairs.
	create = redis.NewScript(`
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1`)

	// update: KEYS session, perhaps its new key and that of the note about it; ARGV ttl in ms, how
	// many fields to delete, these, then pairs, then for a new key the text of the note and its ttl
	// in ms. It returns 0 if there is no session. If the session has the new key already, the
	// script ran before and only its reply was lost.
	update = redis.NewScript(`
local last = #ARGV
if KEYS[2] then
	last = last - 2
end
local key = KEYS[1]
if KEYS[2] then
	if redis.call('EXISTS', key) == 1 then
		redis.call('RENAME', key, KEYS[2])
	end
	key = KEYS[2]
end
if redis.call('EXISTS', key) == 0 then
	return 0
end
local deleted = tonumber(ARGV[2])
if deleted > 0 then
	redis.call('HDEL', key, unpack(ARGV, 3, 2 + deleted))
end
redis.call('HSET', key, unpack(ARGV, 3 + deleted, last))
redis.call('PEXPIRE', key, ARGV[1])
if KEYS[3] then
	redis.call('SET', KEYS[3], ARGV[last + 1], 'PX', ARGV[last + 2])
end
return 1`)

	// moved: KEYS note. It returns the new id of a session, or nil.
	moved = redis.NewScript(`return redis.call('GET', KEYS[1])`)
)

// maxArgs is how many arguments of a call the scripts can unpack.
const maxArgs = 7000

func (s *Store) key(id session.ID) string { return s.prefix + id.String() }

// note returns the key of the note where a session went. Redis Cluster keeps it where the session
// was, unless the prefix has braces of its own that say so.
func (s *Store) note(id session.ID) string {
	if strings.Contains(s.prefix, "{") {
		return s.key(id) + ":moved"
	}
	return s.prefix + "moved:{" + s.key(id) + "}"
}

// noteLife returns how long the note is kept for a session with that time to live.
func noteLife(ttl time.Duration) int64 { return milliseconds(min(ttl, session.MovedLife)) }

// Load returns a session.
func (s *Store) Load(ctx context.Context, id session.ID) (session.Record, error) {
	fields, err := s.client.HGetAll(ctx, s.key(id)).Result()
	if err != nil {
		return session.Record{}, fmt.Errorf("redis: load session: %w", err)
	}
	if len(fields) == 0 {
		return session.Record{}, s.missing(ctx, id)
	}
	return recordOf(fields)
}

// missing returns the error for a session that there is not.
func (s *Store) missing(ctx context.Context, id session.ID) error {
	text, err := moved.Run(ctx, s.client, []string{s.note(id)}).Text()
	if errors.Is(err, redis.Nil) {
		return session.ErrNotFound
	}
	gone := new(session.MovedError)
	if err == nil {
		var n int
		if n, err = hex.Decode(gone.To[:], []byte(text[:min(len(text), hex.EncodedLen(len(gone.To)))])); n < len(gone.To) {
			err = errors.Join(err, errors.New("malformed note"))
		}
	}
	if err != nil {
		return fmt.Errorf("redis: load session: %w", err)
	}
	return gone
}

// recordOf makes a record of the fields of a hash.
func recordOf(fields map[string]string) (session.Record, error) {
	for _, field := range []string{fieldCreated, fieldRenewed} {
		if _, ok := fields[field]; !ok {
			return session.Record{}, fmt.Errorf("redis: load session: no field %q: another program has written the key", field)
		}
	}
	rec := session.Record{Values: make(map[string]string, len(fields))}
	for field, text := range fields {
		var err error
		switch name, isValue := strings.CutPrefix(field, fieldValue); {
		case isValue:
			rec.Values[name] = text
		case field == fieldCreated:
			rec.Created, err = parseStamp(text)
		case field == fieldRenewed:
			rec.Renewed, err = parseStamp(text)
		}
		if err != nil {
			return session.Record{}, fmt.Errorf("redis: load session: field %q: %w", field, err)
		}
	}
	return rec, nil
}

func stamp(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

func parseStamp(text string) (time.Time, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	return time.Unix(n, 0), err
}

// Create adds a session.
func (s *Store) Create(ctx context.Context, id session.ID, rec session.Record, ttl time.Duration) error {
	args := []any{milliseconds(ttl), fieldCreated, stamp(rec.Created), fieldRenewed, stamp(rec.Renewed)}
	for name, text := range rec.Values {
		args = append(args, fieldValue+name, text)
	}
	if err := s.run(ctx, create, []string{s.key(id)}, args).Err(); err != nil {
		return fmt.Errorf("redis: create session: %w", err)
	}
	return nil
}

// Update changes some values of a session.
func (s *Store) Update(ctx context.Context, id session.ID, c session.Change, ttl time.Duration) error {
	args := []any{milliseconds(ttl), len(c.Delete)}
	for _, name := range c.Delete {
		args = append(args, fieldValue+name)
	}
	args = append(args, fieldRenewed, stamp(c.Renewed))
	for name, text := range c.Set {
		args = append(args, fieldValue+name, text)
	}
	keys := []string{s.key(id)}
	if c.Move != nil {
		keys = append(keys, s.key(*c.Move), s.note(id))
		args = append(args, c.Move.String(), noteLife(ttl))
	}
	found, err := s.run(ctx, update, keys, args).Int()
	switch {
	case c.Move != nil && isCrossSlot(err):
		return s.moveAcross(ctx, id, c, ttl)
	case err != nil:
		return fmt.Errorf("redis: update session: %w", err)
	case found == 0:
		return session.ErrNotFound
	}
	return nil
}

// run runs a script, in one round trip once the server knows it.
func (s *Store) run(ctx context.Context, script *redis.Script, keys []string, args []any) *redis.Cmd {
	if len(args) > maxArgs {
		cmd := redis.NewCmd(ctx)
		cmd.SetErr(fmt.Errorf("the session has more than %d values", maxArgs/2))
		return cmd
	}
	return script.Run(ctx, s.client, keys, args...)
}

// milliseconds rounds up: a time to live of 0 would be none.
func milliseconds(d time.Duration) int64 {
	return max(1, int64((d+time.Millisecond-1)/time.Millisecond))
}

// Delete ends a session.
func (s *Store) Delete(ctx context.Context, id session.ID) error {
	if err := s.client.Unlink(ctx, s.key(id)).Err(); err != nil {
		return fmt.Errorf("redis: delete session: %w", err)
	}
	return nil
}
