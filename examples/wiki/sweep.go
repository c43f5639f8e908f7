package main

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/transaction"
)

// What belongs to a page or file stays when that is deleted: its revisions, the versions and bytes of
// a file, its old addresses. So an undo of the delete finds all of it. Once the audit log cannot
// bring the node back any more (sqltree.Tree.Kept), the sweep removes it. The log keeps the last
// 1,000 changes, so a quiet wiki keeps what was deleted for long.
//
// The sweep also removes contents of uploads that failed without anybody noticing.

const (
	sweepEvery = time.Hour
	sweepNodes = 2000           // that one sweep looks at; the next one goes on behind them
	sweepBatch = 100            // of them in one query
	uploadTime = 24 * time.Hour // after which a content without a file was left behind
)

// addSweep lets the sweep run as long as the application serves.
func (w *wiki) addSweep(config *framework.Configurator) {
	var running sync.WaitGroup
	var stop context.CancelFunc
	config.OnServe(func(ctx context.Context, _ *framework.App) error {
		ctx, stop = context.WithCancel(context.WithoutCancel(ctx))
		running.Go(func() { w.sweepOften(ctx) })
		return nil
	}, func(context.Context, *framework.App) error {
		stop()
		running.Wait()
		return nil
	})
}

func (w *wiki) sweepOften(ctx context.Context) {
	ticks := time.NewTicker(sweepEvery)
	defer ticks.Stop()
	last := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		var err error
		if last, err = w.sweep(ctx, last); err != nil && ctx.Err() == nil {
			w.log.Warn().Err(err).Msg("the sweep of what was deleted goes on in an hour")
		}
	}
}

// sweep looks at some nodes behind one, and returns the last of them, "" at the end. Several
// processes may sweep at once.
func (w *wiki) sweep(ctx context.Context, after string) (last string, err error) {
	if err := w.dropLeftContents(ctx, time.Now().Add(-uploadTime)); err != nil {
		return after, err
	}
	for range sweepNodes / sweepBatch {
		nodes, err := w.texts(ctx, `SELECT page FROM wiki_revisions WHERE page > $1
			UNION SELECT file FROM wiki_files WHERE file > $1
			UNION SELECT node FROM wiki_redirects WHERE node > $1 ORDER BY 1 LIMIT $2`, after, sweepBatch)
		if err != nil {
			return after, err
		}
		for _, node := range nodes {
			if err := w.dropGone(ctx, node); err != nil {
				return after, err
			}
			after = node
		}
		if len(nodes) < sweepBatch {
			return "", nil
		}
	}
	return after, nil
}

// dropGone removes everything about a node if it is gone for good.
func (w *wiki) dropGone(ctx context.Context, node string) error {
	id, err := uuid.Parse(node)
	if err != nil {
		return err
	}
	if kept, err := w.tree.Kept(ctx, id); kept || err != nil {
		return err
	}
	return transaction.Run(ctx, w.db, transaction.RunOptions{Attempts: 3}, func(ctx context.Context) error {
		tx, err := transaction.Tx(ctx)
		if err != nil {
			return err
		}
		// Another file has the same content if it is a copy (sqltree.Tree.Copy).
		for _, statement := range []string{
			`DELETE FROM wiki_chunks WHERE content IN (SELECT content FROM wiki_files WHERE file = $1)
				AND content NOT IN (SELECT content FROM wiki_files WHERE file <> $1)`,
			`DELETE FROM wiki_files WHERE file = $1`,
			`DELETE FROM wiki_revisions WHERE page = $1`,
			`DELETE FROM wiki_redirects WHERE node = $1 OR folder = $1`,
		} {
			if _, err := tx.ExecContext(ctx, w.sql(statement), node); err != nil {
				return err
			}
		}
		return nil
	})
}

// dropLeftContents removes contents that no file has, and that are older than a time. Their ids are
// in the order of their times.
func (w *wiki) dropLeftContents(ctx context.Context, before time.Time) error {
	var oldest uuid.UUID // of that time: the first 48 bits are milliseconds
	for i, ms := 5, before.UnixMilli(); i >= 0; i, ms = i-1, ms>>8 {
		oldest[i] = byte(ms)
	}
	contents, err := w.texts(ctx, `SELECT DISTINCT content FROM wiki_chunks WHERE content < $1
		AND NOT EXISTS (SELECT 1 FROM wiki_files WHERE wiki_files.content = wiki_chunks.content) LIMIT $2`, oldest.String(), sweepBatch)
	if err != nil {
		return err
	}
	for _, content := range contents {
		if _, err := w.db.Writer().ExecContext(ctx, w.sql(`DELETE FROM wiki_chunks WHERE content = $1`), content); err != nil {
			return err
		}
	}
	return nil
}

// texts returns the only column of a query.
func (w *wiki) texts(ctx context.Context, statement string, args ...any) (list []string, err error) {
	rows, err := w.db.Reader().QueryContext(ctx, w.sql(statement), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		list = append(list, text)
	}
	return list, rows.Err()
}
