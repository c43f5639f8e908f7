package session

import (
	"container/list"
	"context"
	"maps"
	"sync"
	"time"
)

// Memory is a [Store] in the memory of this process, for tests and for programs that run alone:
// sessions end with the process. The zero value is an empty store. It is safe for concurrent use.
type Memory struct {
	// Max is how many sessions are kept, 100,000 by default. In a full store, a new session
	// replaces the one that was unused for the longest time. A session that Renew gave another id
	// counts twice for an hour. Do not change Max while the store is in use.
	Max int

	mu       sync.Mutex // guards all below
	sessions map[ID]*list.Element
	used     list.List // of *kept, the last used first
}

const defaultMax = 100_000

type kept struct {
	id   ID
	rec  Record
	ends time.Time
	to   *ID // in place of rec, for a session that has another id
}

var _ Store = (*Memory)(nil)

// Len returns the number of sessions. It counts an expired one until it is looked up or replaced.
func (m *Memory) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.sessions)
}

// Load returns a session.
func (m *Memory) Load(ctx context.Context, id ID) (Record, error) {
	if err := ctx.Err(); err != nil {
		return Record{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.find(id)
	switch {
	case k == nil:
		return Record{}, ErrNotFound
	case k.to != nil:
		return Record{}, &MovedError{*k.to}
	}
	rec := k.rec
	rec.Values = maps.Clone(rec.Values)
	return rec, nil
}

// Create adds a session.
func (m *Memory) Create(ctx context.Context, id ID, rec Record, ttl time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	rec.Values = maps.Clone(rec.Values)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.add(&kept{id: id, rec: rec, ends: time.Now().Add(ttl)})
	return nil
}

// Update changes some values of a session.
func (m *Memory) Update(ctx context.Context, id ID, c Change, ttl time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.find(id)
	if (k == nil || k.to != nil) && c.Move != nil {
		k = m.find(*c.Move) // it was done before
	}
	if k == nil || k.to != nil {
		return ErrNotFound
	}
	if k.rec.Values == nil {
		k.rec.Values = map[string]string{}
	}
	for _, name := range c.Delete {
		delete(k.rec.Values, name)
	}
	maps.Copy(k.rec.Values, c.Set)
	k.rec.Renewed, k.ends = c.Renewed, time.Now().Add(ttl)
	if c.Move != nil {
		m.remove(k.id)
		k.id = *c.Move
		m.add(k)
		m.add(&kept{id: id, to: c.Move, ends: time.Now().Add(min(ttl, MovedLife))})
	}
	return nil
}

// Delete ends a session.
func (m *Memory) Delete(ctx context.Context, id ID) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if k := m.find(id); k != nil && k.to == nil {
		m.remove(id)
	}
	return nil
}

// find returns a session that has not expired, and marks it as used; nil without one. The caller
// holds mu.
func (m *Memory) find(id ID) *kept {
	e := m.sessions[id]
	if e == nil {
		return nil
	}
	k := e.Value.(*kept)
	if !time.Now().Before(k.ends) {
		m.remove(id)
		return nil
	}
	m.used.MoveToFront(e)
	return k
}

// add adds a session, in place of one with the same id, and makes room for it. The caller holds mu.
func (m *Memory) add(k *kept) {
	m.remove(k.id)
	most := m.Max
	if most <= 0 {
		most = defaultMax
	}
	for len(m.sessions) >= most {
		m.remove(m.used.Back().Value.(*kept).id)
	}
	if m.sessions == nil {
		m.sessions = map[ID]*list.Element{}
	}
	m.sessions[k.id] = m.used.PushFront(k)
}

// remove removes a session, if there is one. The caller holds mu.
func (m *Memory) remove(id ID) {
	if e := m.sessions[id]; e != nil {
		m.used.Remove(e)
		delete(m.sessions, id)
	}
}
