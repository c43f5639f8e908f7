package sqltree

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Searchable is a resource that full-text search finds. The tree keeps the text of such nodes
// beside them, in the same transaction, from Create and Update on.
type Searchable interface {
	// SearchText returns the title and the plain text of the resource, without markup. Of the text,
	// the first 256 KiB are searched. It is called for each write, and must not wait. During Create
	// the resource has no name yet.
	SearchText() (title, body string)
}

// Bytes of a text that are searched: PostgreSQL refuses to index much more.
const (
	maxTitle = 1 << 10
	maxBody  = 256 << 10
)

// maxActor is how many bytes of the name of an actor the audit log keeps.
const maxActor = 1 << 10

// index brings the text of a resource up to date. lineage holds its row and those above it.
func (t *Tree) index(ctx context.Context, tx writer, res Resource, lineage []row) error {
	s, ok := res.(Searchable)
	if !ok {
		return nil
	}
	title, body := s.SearchText()
	_, err := tx.ExecContext(ctx, t.sql.addText, t.db.dialect.ID(lineage[0].id), t.access(lineage),
		plain(title, maxTitle), plain(body, maxBody))
	return err
}

// reindex is index for a node that is in the database.
func (t *Tree) reindex(ctx context.Context, tx writer, res Resource, id uuid.UUID) error {
	if _, ok := res.(Searchable); !ok {
		return nil
	}
	lineage, err := t.lineage(ctx, tx, id)
	if err != nil || len(lineage) == 0 {
		return err
	}
	return t.index(ctx, tx, res, lineage)
}

// inherit records which access list applies to the texts of a node and of those below it that have
// no list of their own: after the list of the node, or its place, has changed.
func (t *Tree) inherit(ctx context.Context, tx writer, id uuid.UUID) error {
	lineage, err := t.lineage(ctx, tx, id)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, t.sql.inherit, t.db.dialect.ID(id), t.access(lineage))
	return err
}

// access returns the nearest node of a lineage that has an access list, as the database stores it.
func (t *Tree) access(lineage []row) any {
	for _, a := range lineage {
		if a.acl != "" {
			return t.db.dialect.ID(a.id)
		}
	}
	return nil
}

// plain returns at most size bytes of a text, without what a database refuses.
func plain(text string, size int) string {
	text = strings.ToValidUTF8(text, "")
	if len(text) > size {
		for size > 0 && !utf8.RuneStart(text[size]) {
			size--
		}
		text = text[:size]
	}
	return strings.ReplaceAll(text, "\x00", " ")
}
