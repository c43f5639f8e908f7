package sqltree

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// Op says what an operation did.
type Op string

// The operations, as the audit log and events name them.
const (
	Created    Op = "created"
	Updated    Op = "updated"
	Restricted Op = "restricted" // its access list was changed
	Renamed    Op = "renamed"
	Moved      Op = "moved"
	Reordered  Op = "reordered" // its children were
	Copied     Op = "copied"    // it was made as a copy, with all below it
	Deleted    Op = "deleted"   // with all below it
	Restored   Op = "restored"  // a delete was undone
)

// What the audit log keeps of a deleted subtree: a larger one cannot be restored.
const (
	maxKept      = 1000
	maxKeptBytes = 16 << 20
)

// writing is one operation that changes the tree.
type writing struct {
	tree    *Tree
	tx      writer
	actor   string
	now     int64 // microseconds since 1970
	changes []change
}

// change is what an operation did to a node.
type change struct {
	op     Op
	before []row // the node, or the subtree that was deleted; none for a node that was created
	after  row   // for a deleted node, what it was
	lost   bool  // too much to keep, so that the change cannot be undone
}

// run runs fn, and writes what it records into the audit log.
func (w *writing) run(ctx context.Context, fn func(*writing) error) error {
	if err := fn(w); err != nil {
		return err
	}
	if w.tree.options.Audit < 0 || len(w.changes) == 0 {
		return nil
	}
	for _, c := range w.changes {
		if err := w.log(ctx, c); err != nil {
			return err
		}
	}
	_, err := w.tx.ExecContext(ctx, w.tree.sql.prune, w.tree.options.Audit)
	return err
}

// record adds a change of the operation.
func (w *writing) record(c change) { w.changes = append(w.changes, c) }

func (w *writing) log(ctx context.Context, c change) error {
	var was row
	if len(c.before) > 0 {
		was = c.before[0]
	}
	kept := c.before
	if c.lost {
		kept = nil
	}
	before, err := json.Marshal(keptRows(kept))
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, w.tree.sql.log, w.now, w.actor, string(c.op), w.tree.db.dialect.ID(c.after.id),
		c.after.kind, c.after.name, c.after.version, !c.lost, string(before),
		w.tree.db.dialect.ID(c.after.parent.UUID), w.tree.db.dialect.ID(was.parent.UUID), was.name)
	return err
}

// events returns what is published of the operation after its commit.
func (w *writing) events() []Event {
	events := make([]Event, len(w.changes))
	for i, c := range w.changes {
		e := Event{Op: c.op, ID: c.after.id, Name: c.after.name, Kind: c.after.kind, Version: c.after.version,
			Actor: w.actor, Time: time.UnixMicro(w.now).UTC()}
		e.Parent = c.after.parent.UUID
		if len(c.before) > 0 {
			e.WasParent, e.WasName = c.before[0].parent.UUID, c.before[0].name
		}
		events[i] = e
	}
	return events
}

// keptRow is a row in the audit log.
type keptRow struct {
	ID       uuid.UUID       `json:"id"`
	Parent   uuid.NullUUID   `json:"parent"`
	Name     string          `json:"name"`
	Kind     string          `json:"kind"`
	Data     json.RawMessage `json:"data"`
	ACL      string          `json:"acl,omitempty"`
	Version  int64           `json:"version"`
	Created  int64           `json:"created"`
	Modified int64           `json:"modified"`
	Order    int64           `json:"order"`
}

func keptRows(rows []row) []keptRow {
	kept := make([]keptRow, len(rows))
	for i, r := range rows {
		kept[i] = keptRow{r.id, r.parent, r.name, r.kind, r.data, r.acl, r.version, r.created, r.modified, r.order}
	}
	return kept
}

func (k keptRow) row() row {
	return row{id: k.ID, parent: k.Parent, name: k.Name, kind: k.Kind, data: k.Data, acl: k.ACL, version: k.Version,
		created: k.Created, modified: k.Modified, order: k.Order}
}

type actorKey struct{}

// WithActor returns a context whose operations are made by who, usually the id of a user. The audit
// log and events name it, with its first 1,024 bytes, and without what a database cannot store.
func WithActor(ctx context.Context, who string) context.Context {
	return context.WithValue(ctx, actorKey{}, who)
}

func actor(ctx context.Context) string {
	who, _ := ctx.Value(actorKey{}).(string)
	return who
}
