package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/views/web"
)

// Revision is a page as it was after an edit. Its version is that of the page, so versions at which
// the page was only renamed or moved have none.
type Revision struct {
	Page    uuid.UUID `json:"-"`
	Version int64     `json:"version"`
	Made    time.Time `json:"made"`
	Author  string    `json:"author"`
	Title   string    `json:"title"`
	Text    string    `json:"-"`
}

const revisionColumns = `page, version, made, author, title, body`

// keep stores what a page has become, in the unit of work that has changed it.
func (w *wiki) keep(ctx context.Context, p *Page, author string) error {
	tx, err := transaction.Tx(ctx)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, w.sql(`INSERT INTO wiki_revisions (`+revisionColumns+`) VALUES ($1, $2, $3, $4, $5, $6)`),
		p.ID().String(), p.Version(), p.Modified().UnixMicro(), author, p.Title, p.Text)
	return err
}

// revisions returns the newest revisions that fulfil a condition.
func (w *wiki) revisions(ctx context.Context, limit int, where string, args ...any) ([]Revision, error) {
	tx, err := transaction.ReadTx(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, w.sql(fmt.Sprintf(`SELECT `+revisionColumns+` FROM wiki_revisions WHERE `+where+` LIMIT %d`, limit)), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Revision
	for rows.Next() {
		var v Revision
		var made int64
		if err := rows.Scan(&v.Page, &v.Version, &made, &v.Author, &v.Title, &v.Text); err != nil {
			return nil, err
		}
		v.Made = time.UnixMicro(made).UTC()
		list = append(list, v)
	}
	return list, rows.Err()
}

// revisionAt returns what a page was at a version.
func (w *wiki) revisionAt(ctx context.Context, p *Page, version int64) (Revision, error) {
	list, err := w.revisions(ctx, 1, `page = $1 AND version <= $2 ORDER BY version DESC`, p.ID().String(), version)
	if err == nil && len(list) == 0 {
		err = web.NotFound(fmt.Sprintf("The page had no version %d.", version))
	}
	if err != nil {
		return Revision{}, err
	}
	return list[0], nil
}

// remember lets an old address lead to a node.
func (w *wiki) remember(ctx context.Context, folder uuid.UUID, name string, node uuid.UUID) error {
	tx, err := transaction.Tx(ctx)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, w.sql(`INSERT INTO wiki_redirects (folder, name, node) VALUES ($1, $2, $3)
		ON CONFLICT (folder, name) DO UPDATE SET node = excluded.node`), folder.String(), name, node.String())
	return err
}

// moved returns the node that once had a name in a folder; the zero id if there was none.
func (w *wiki) moved(ctx context.Context, folder uuid.UUID, name string) (node uuid.UUID, err error) {
	err = w.db.Reader().QueryRowContext(ctx, w.sql(`SELECT node FROM wiki_redirects WHERE folder = $1 AND name = $2`), folder.String(), name).Scan(&node)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return node, err
}
