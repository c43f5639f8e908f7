package main

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/views/web"
)

// FileVersion is a file as it was after it was uploaded or replaced. Its version is that of the
// file, as for a Revision.
type FileVersion struct {
	Version int64
	Made    time.Time
	Author  string
	Title   string
	Type    string
	Size    int64
	Content uuid.UUID
}

// keepFile stores what a file has become, in the unit of work that has changed it.
func (w *wiki) keepFile(ctx context.Context, f *File, author string) error {
	tx, err := transaction.Tx(ctx)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, w.sql(`INSERT INTO wiki_files (file, version, made, author, title, type, size, content) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`),
		f.ID().String(), f.Version(), f.Modified().UnixMicro(), author, f.Title, f.Type, f.Size, f.Content.String())
	return err
}

// fileVersions returns the versions of files that fulfil a condition.
func (w *wiki) fileVersions(ctx context.Context, limit int, where string, args ...any) ([]FileVersion, error) {
	tx, err := transaction.ReadTx(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, w.sql(fmt.Sprintf(`SELECT version, made, author, title, type, size, content FROM wiki_files WHERE `+where+` LIMIT %d`, limit)), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []FileVersion
	for rows.Next() {
		var v FileVersion
		var made int64
		if err := rows.Scan(&v.Version, &made, &v.Author, &v.Title, &v.Type, &v.Size, &v.Content); err != nil {
			return nil, err
		}
		v.Made = time.UnixMicro(made).UTC()
		list = append(list, v)
	}
	return list, rows.Err()
}

// fileVersion returns what a file was at a version.
func (w *wiki) fileVersion(ctx context.Context, f *File, version int64) (FileVersion, error) {
	list, err := w.fileVersions(ctx, 1, `file = $1 AND version <= $2 ORDER BY version DESC`, f.ID().String(), version)
	if err == nil && len(list) == 0 {
		err = web.NotFound(fmt.Sprintf("The file had no version %d.", version))
	}
	if err != nil {
		return FileVersion{}, err
	}
	return list[0], nil
}
