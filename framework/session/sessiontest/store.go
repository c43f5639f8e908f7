package sessiontest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/views/web"
)

// TestStore checks a store. fresh returns one that is ready for use, and cleans up with t.Cleanup;
// it is called for each part of the suite. The stores may share a server: the suite uses random
// ids.
func TestStore(t *testing.T, fresh func(t *testing.T) session.Store) {
	t.Helper()
	for _, c := range storeCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(&storeCase{t, fresh(t)})
		})
	}
	t.Run("sessions", func(t *testing.T) {
		t.Parallel()
		TestSessions(t, func(t *testing.T) web.SessionFactory {
			f, err := session.New(session.Options{Store: fresh(t)})
			if err != nil {
				t.Fatal(err)
			}
			return f
		}, true)
	})
}

// storeCase is one check of a store.
type storeCase struct {
	*testing.T
	store session.Store
}

var storeCases = []struct {
	name  string
	check func(*storeCase)
}{
	{"an unknown id", (*storeCase).unknown},
	{"ids are exact", (*storeCase).exactIDs},
	{"every text comes back", (*storeCase).roundTrip},
	{"a change merges", (*storeCase).merge},
	{"what ended stays ended", (*storeCase).ended},
	{"a session gets another id", (*storeCase).move},
	{"a session expires", (*storeCase).expiry},
	{"changes at the same time", (*storeCase).concurrent},
	{"an end among changes", (*storeCase).endAmongChanges},
	{"a move among changes", (*storeCase).moveAmongChanges},
	{"sessions of many clients", (*storeCase).many},
	{"maps belong to their caller", (*storeCase).ownership},
	{"a cancelled context", (*storeCase).cancelled},
}

// hour is a time to live that no test outlasts.
const hour = time.Hour

// began is the stamp of all sessions that the suite creates.
var began = time.Unix(1_700_000_000, 0)

func randomID() (id session.ID) {
	_, _ = rand.Read(id[:])
	return id
}

// create adds a session.
func (c *storeCase) create(ttl time.Duration, values map[string]string) session.ID {
	c.Helper()
	id := randomID()
	if err := c.store.Create(c.Context(), id, session.Record{Created: began, Renewed: began, Values: values}, ttl); err != nil {
		c.Fatalf("Create: %v", err)
	}
	return id
}

// load returns a session that has to be there.
func (c *storeCase) load(id session.ID) session.Record {
	c.Helper()
	rec, err := c.store.Load(c.Context(), id)
	if err != nil {
		c.Fatalf("Load: %v", err)
	}
	return rec
}

// has checks the values of a session.
func (c *storeCase) has(id session.ID, want map[string]string) {
	c.Helper()
	if got := c.load(id).Values; !maps.Equal(got, want) {
		c.Errorf("Load returns the values %.300q, want %.300q", fmt.Sprint(got), fmt.Sprint(want))
	}
}

// missing checks that a session is not there.
func (c *storeCase) missing(id session.ID, why string) {
	c.Helper()
	if _, err := c.store.Load(c.Context(), id); !errors.Is(err, session.ErrNotFound) {
		c.Errorf("Load returns the error %v, want session.ErrNotFound: %s", err, why)
	}
}

// moved checks that the store knows the new id of a session.
func (c *storeCase) moved(from, to session.ID) {
	c.Helper()
	_, err := c.store.Load(c.Context(), from)
	if moved, ok := errors.AsType[*session.MovedError](err); !ok || moved.To != to {
		c.Errorf("Load of the old id returns the error %v, want a *session.MovedError with the new one", err)
	}
}

func (c *storeCase) update(id session.ID, change session.Change) {
	c.Helper()
	if err := c.store.Update(c.Context(), id, change, hour); err != nil {
		c.Fatalf("Update: %v", err)
	}
}

func (c *storeCase) delete(id session.ID) {
	c.Helper()
	if err := c.store.Delete(c.Context(), id); err != nil {
		c.Fatalf("Delete: %v", err)
	}
}

// refused checks that an update finds no session.
func (c *storeCase) refused(id session.ID, change session.Change) {
	c.Helper()
	if err := c.store.Update(c.Context(), id, change, hour); !errors.Is(err, session.ErrNotFound) {
		c.Errorf("Update returns the error %v, want session.ErrNotFound", err)
	}
}

func setting(name, text string) session.Change {
	return session.Change{Renewed: began, Set: map[string]string{name: text}}
}

func (c *storeCase) unknown() {
	id, other := randomID(), randomID()
	c.missing(id, "nothing was created")
	c.refused(id, setting("a", "1"))
	c.missing(id, "an update creates nothing")
	c.refused(id, session.Change{Renewed: began, Set: map[string]string{"a": "1"}, Move: &other})
	c.missing(other, "a move creates nothing")
	c.delete(id)
}

// exactIDs uses ids that differ in one bit, and those whose bytes mean something in other
// languages.
func (c *storeCase) exactIDs() {
	id := c.create(hour, map[string]string{"user": `"alice"`})
	others := []session.ID{{}, session.ID(bytes.Repeat([]byte{0xff}, len(id)))}
	for _, text := range []string{"*", "%", "_", "'", "\x00", "\\", "\r\n", "{a}"} {
		others = append(others, session.ID(bytes.Repeat([]byte(text), len(id))[:len(id)]))
	}
	for i := range 8 * len(id) {
		other := id
		other[i/8] ^= 1 << (i % 8)
		others = append(others, other)
	}
	for _, other := range others {
		if _, err := c.store.Load(c.Context(), other); !errors.Is(err, session.ErrNotFound) {
			c.Errorf("Load(%v) returns the error %v, want session.ErrNotFound: the session is %v", other, err, id)
		}
		if err := c.store.Update(c.Context(), other, setting("user", `"mallory"`), hour); !errors.Is(err, session.ErrNotFound) {
			c.Errorf("Update(%v) returns the error %v, want session.ErrNotFound: the session is %v", other, err, id)
		}
		c.delete(other)
	}
	c.has(id, map[string]string{"user": `"alice"`})
	for _, other := range others[:10] {
		if err := c.store.Create(c.Context(), other, session.Record{Created: began, Renewed: began, Values: map[string]string{"id": other.String()}}, hour); err != nil {
			c.Errorf("Create(%v): %v", other, err)
			continue
		}
		c.has(other, map[string]string{"id": other.String()})
		c.delete(other)
	}
	c.has(id, map[string]string{"user": `"alice"`})
}

func (c *storeCase) roundTrip() {
	values := map[string]string{
		"number": "12345678901234567890.5", "huge": "1e400", "null": "null", "text": `"a <b> & 'c' \\ \" \n"`,
		"nul": `"a\u0000b"`, "surrogate": `"\ud800"`, "spaced": ` { "b" : 1, "a":2, "b" : 3 } `, "ünï 日本": `"日本"`,
		"c": "1", "r": "2", "v:c": "3", "_f_/00000abcd": `"x"`, "a.b/c d%'\"\\;--": "[]", "long": `"` + strings.Repeat("x", 200_000) + `"`,
	}
	for i := range 300 {
		values[fmt.Sprintf("key%d", i)] = fmt.Sprint(i)
	}
	id := c.create(hour, values)
	c.has(id, values)
	rec := c.load(id)
	if !rec.Created.Equal(began) || !rec.Renewed.Equal(began) {
		c.Errorf("Load returns the stamps %v and %v, want %v", rec.Created, rec.Renewed, began)
	}
	c.has(c.create(hour, nil), nil)
	c.has(c.create(hour, map[string]string{}), nil)

	id = c.create(hour, nil)
	c.update(id, session.Change{Renewed: began, Set: values})
	c.has(id, values)
}

func (c *storeCase) merge() {
	id := c.create(hour, map[string]string{"a": "1", "b": "2", "c": "3"})
	later := began.Add(time.Minute)
	c.update(id, session.Change{Renewed: later, Set: map[string]string{"b": "20", "d": "4"}, Delete: []string{"c", "unknown"}})
	c.has(id, map[string]string{"a": "1", "b": "20", "d": "4"})
	rec := c.load(id)
	if !rec.Created.Equal(began) || !rec.Renewed.Equal(later) {
		c.Errorf("Load returns the stamps %v and %v, want %v and %v", rec.Created, rec.Renewed, began, later)
	}
	c.update(id, session.Change{Renewed: later})
	c.has(id, map[string]string{"a": "1", "b": "20", "d": "4"})
	c.update(id, session.Change{Renewed: later, Delete: []string{"a", "b", "d"}})
	c.has(id, nil)
}

func (c *storeCase) ended() {
	id := c.create(hour, map[string]string{"a": "1"})
	c.delete(id)
	c.missing(id, "it was deleted")
	c.refused(id, setting("b", "2"))
	c.missing(id, "an update brings nothing back")
	c.delete(id)
}

func (c *storeCase) move() {
	from, to := c.create(hour, map[string]string{"a": "1", "b": "2"}), randomID()
	change := session.Change{Renewed: began, Set: map[string]string{"c": "3"}, Delete: []string{"a"}, Move: &to}
	c.update(from, change)
	c.missing(from, "it has another id")
	c.has(to, map[string]string{"b": "2", "c": "3"})
	c.moved(from, to)
	c.update(from, change) // an attempt that follows a lost reply
	c.missing(from, "it has another id")
	c.moved(from, to)
	c.delete(from)
	c.moved(from, to)
	c.refused(from, session.Change{Renewed: began, Move: new(randomID())})
	c.moved(from, to)
	c.has(to, map[string]string{"b": "2", "c": "3"})
	if created := c.load(to).Created; !created.Equal(began) {
		c.Errorf("after the move Created is %v, want %v", created, began)
	}
	c.refused(from, setting("d", "4"))
	c.delete(to)
	c.refused(from, change)
	c.missing(to, "an update brings nothing back")
}

func (c *storeCase) expiry() {
	kept := c.create(3*time.Second, map[string]string{"a": "1"})
	c.update(kept, session.Change{Renewed: began}) // for an hour
	from, to := c.create(3*time.Second, nil), randomID()
	c.update(from, session.Change{Renewed: began, Move: &to})
	short := c.create(3*time.Second, map[string]string{"a": "1"})
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		_, err := c.store.Load(c.Context(), short)
		if errors.Is(err, session.ErrNotFound) {
			break
		}
		if err != nil || time.Now().After(end) {
			c.Fatalf("a session with a time to live of 3s does not end: %v", err)
		}
	}
	c.refused(short, setting("a", "2"))
	c.refused(short, session.Change{Renewed: began, Move: new(randomID())})
	c.missing(short, "an update brings nothing back")
	c.has(kept, map[string]string{"a": "1"})
	c.has(to, nil)
}

// workers is how many goroutines change a session at the same time.
const workers = 12

func (c *storeCase) concurrent() {
	id, want := c.create(hour, map[string]string{"both": "0"}), map[string]string{}
	var group sync.WaitGroup
	for i := range workers {
		own := fmt.Sprintf("own%d", i)
		want[own] = "4"
		group.Go(func() {
			for n := range 5 {
				change := session.Change{Renewed: began, Set: map[string]string{own: fmt.Sprint(n), "both": fmt.Sprint(i)}, Delete: []string{"no" + own}}
				if err := c.store.Update(c.Context(), id, change, hour); err != nil {
					c.Errorf("Update: %v", err)
				}
			}
		})
	}
	group.Wait()
	got := c.load(id).Values
	both := got["both"]
	delete(got, "both")
	if !maps.Equal(got, want) {
		c.Errorf("after changes of different values at the same time these are left: %v, want %v", got, want)
	}
	if both == "" {
		c.Error("a value that all have set is gone")
	}
}

func (c *storeCase) endAmongChanges() {
	for range 5 {
		id := c.create(hour, map[string]string{"user": `"alice"`})
		var group sync.WaitGroup
		for i := range workers {
			group.Go(func() {
				err := c.store.Update(c.Context(), id, setting(fmt.Sprintf("k%d", i), "1"), hour)
				if err != nil && !errors.Is(err, session.ErrNotFound) {
					c.Errorf("Update: %v", err)
				}
			})
		}
		group.Go(func() { c.delete(id) })
		group.Wait()
		c.missing(id, "it was deleted, and no change that came at the same time may bring it back")
	}
}

// moveAmongChanges: a change that was acknowledged is in the session, whichever id it had.
func (c *storeCase) moveAmongChanges() {
	for range 5 {
		from, to := c.create(hour, map[string]string{"user": `"alice"`}), randomID()
		var done sync.Map
		var group sync.WaitGroup
		for i := range workers {
			group.Go(func() {
				name := fmt.Sprintf("k%d", i)
				err := c.store.Update(c.Context(), from, setting(name, "1"), hour)
				if err == nil {
					done.Store(name, true)
				} else if !errors.Is(err, session.ErrNotFound) {
					c.Errorf("Update: %v", err)
				}
			})
		}
		group.Go(func() { c.update(from, session.Change{Renewed: began, Move: &to}) })
		group.Wait()
		c.missing(from, "it has another id")
		want := map[string]string{"user": `"alice"`}
		done.Range(func(name, _ any) bool { want[name.(string)] = "1"; return true })
		c.has(to, want)
	}
}

func (c *storeCase) many() {
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() {
			for i := range 20 {
				own := fmt.Sprintf("%d/%d", worker, i)
				id := randomID()
				err := c.store.Create(c.Context(), id, session.Record{Created: began, Renewed: began, Values: map[string]string{"own": own}}, hour)
				if err == nil {
					err = c.store.Update(c.Context(), id, setting("again", own), hour)
				}
				rec, failed := c.store.Load(c.Context(), id)
				if err = errors.Join(err, failed); err != nil {
					c.Errorf("session %s: %v", own, err)
				} else if !maps.Equal(rec.Values, map[string]string{"own": own, "again": own}) {
					c.Errorf("session %s has the values %v", own, rec.Values)
				}
			}
		})
	}
	group.Wait()
}

func (c *storeCase) ownership() {
	values := map[string]string{"a": "1"}
	id := c.create(hour, values)
	values["a"] = "changed by the caller"
	c.has(id, map[string]string{"a": "1"})
	change := setting("b", "2")
	c.update(id, change)
	change.Set["b"] = "changed by the caller"
	rec := c.load(id)
	rec.Values["a"] = "changed by the caller"
	c.has(id, map[string]string{"a": "1", "b": "2"})
}

func (c *storeCase) cancelled() {
	id := c.create(hour, map[string]string{"a": "1"})
	ctx, cancel := context.WithCancel(c.Context())
	cancel()
	_, err := c.store.Load(ctx, id)
	for _, call := range []struct {
		name string
		err  error
	}{
		{"Load", err},
		{"Create", c.store.Create(ctx, randomID(), session.Record{Created: began, Renewed: began}, hour)},
		{"Update", c.store.Update(ctx, id, setting("a", "2"), hour)},
		{"Delete", c.store.Delete(ctx, id)},
	} {
		if call.err == nil || errors.Is(call.err, session.ErrNotFound) {
			c.Errorf("%s with a cancelled context returns the error %v, want that of the context", call.name, call.err)
		}
	}
	c.has(id, map[string]string{"a": "1"})
}
