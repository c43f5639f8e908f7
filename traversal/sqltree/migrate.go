package sqltree

import (
	"context"
	"database/sql"
	"fmt"
)

// migrate brings the schema up to date, all steps in one transaction, under a lock that other
// processes wait for.
func (t *Tree) migrate(ctx context.Context) error {
	steps := t.db.dialect.Steps()
	return t.inTransaction(ctx, func(tx *sql.Tx) error {
		if err := t.db.dialect.LockSchema(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS tree_schema (version bigint NOT NULL)`); err != nil {
			return err
		}
		var version int
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(version), 0) FROM tree_schema`).Scan(&version); err != nil {
			return err
		}
		if version > len(steps) {
			return fmt.Errorf("the schema has version %d, this program knows only %d: use a newer program", version, len(steps))
		}
		for i, step := range steps[version:] {
			if _, err := tx.ExecContext(ctx, step); err != nil {
				return fmt.Errorf("step %d: %w", version+i+1, err)
			}
		}
		if version == len(steps) {
			return nil
		}
		_, err := tx.ExecContext(ctx, t.db.dialect.Bind(`INSERT INTO tree_schema (version) VALUES ($1)`), len(steps))
		return err
	})
}
