package postgres

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// lookupAttempts is how often a lookup is tried if its connection turns out to be closed, as all
// connections of a pool are after a restart of the server. database/sql retries as often.
const lookupAttempts = 3

// DescendMany sends all queries at once, and then reads all results: one round trip. It uses pgx
// without database/sql, which would decode each value twice. pgx prepares the statement once for
// each connection.
func (dialect) DescendMany(ctx context.Context, db *sql.DB, args [][2]any, collect func(int, sqltree.Rows) error) error {
	for attempt := 1; ; attempt++ {
		closed, err := descendOnce(ctx, db, args, collect)
		if err == nil || !closed || attempt == lookupAttempts || ctx.Err() != nil {
			return err
		}
	}
}

// descendOnce reports with an error whether the connection is closed.
func descendOnce(ctx context.Context, db *sql.DB, args [][2]any, collect func(int, sqltree.Rows) error) (closed bool, err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	err = conn.Raw(func(connection any) error {
		c, ok := connection.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("the pool has connections of type %T, want those of pgx", connection)
		}
		err := query(ctx, c.Conn(), args, collect)
		closed = c.Conn().IsClosed()
		return err
	})
	return closed, err
}

// query is descendOnce on a connection. A query alone needs no batch, which costs more.
func query(ctx context.Context, conn *pgx.Conn, args [][2]any, collect func(int, sqltree.Rows) error) error {
	if len(args) == 1 {
		found, err := conn.Query(ctx, descend, args[0][0], args[0][1])
		return read(found, err, conn.TypeMap(), 0, collect)
	}
	batch := &pgx.Batch{}
	for _, a := range args {
		batch.Queue(descend, a[0], a[1])
	}
	results := conn.SendBatch(ctx, batch)
	for i := range args {
		found, err := results.Query()
		if err := read(found, err, conn.TypeMap(), i, collect); err != nil {
			return errors.Join(err, results.Close())
		}
	}
	return results.Close()
}

func read(found pgx.Rows, err error, types *pgtype.Map, i int, collect func(int, sqltree.Rows) error) error {
	if err != nil {
		return err
	}
	defer found.Close()
	return collect(i, &rows{found, types})
}

// rows scan the values of a lookup straight from what the server sent.
type rows struct {
	pgx.Rows
	types *pgtype.Map
}

var _ sqltree.Rows = (*rows)(nil)

// Scan reads what a lookup returns, in the binary format; the rest it leaves to pgx.
func (r *rows) Scan(dest ...any) error {
	fields, values := r.FieldDescriptions(), r.RawValues()
	if len(dest) != len(values) {
		return r.Rows.Scan(dest...)
	}
	for i, v := range values {
		if v != nil && scanRaw(dest[i], v, fields[i]) {
			continue
		}
		if err := r.types.Scan(fields[i].DataTypeOID, fields[i].Format, v, dest[i]); err != nil {
			return fmt.Errorf("column %q: %w", fields[i].Name, err)
		}
	}
	return nil
}

// scanRaw copies the value of a column, which belongs to the connection. It reports whether it
// knows the types; behind some poolers values come as texts.
func scanRaw(dest any, v []byte, f pgconn.FieldDescription) bool {
	binaryFormat := f.Format == pgx.BinaryFormatCode
	switch d := dest.(type) {
	case *uuid.UUID:
		if !binaryFormat || f.DataTypeOID != pgtype.UUIDOID || len(v) != len(d) {
			return false
		}
		copy(d[:], v)
	case *uuid.NullUUID:
		if !binaryFormat || f.DataTypeOID != pgtype.UUIDOID || len(v) != len(d.UUID) {
			return false
		}
		copy(d.UUID[:], v)
		d.Valid = true
	case *int64:
		if !binaryFormat || f.DataTypeOID != pgtype.Int8OID || len(v) != 8 {
			return false
		}
		*d = int64(binary.BigEndian.Uint64(v))
	case *string:
		if f.DataTypeOID != pgtype.TextOID {
			return false
		}
		*d = string(v)
	case **string:
		if f.DataTypeOID != pgtype.TextOID {
			return false
		}
		text := string(v)
		*d = &text
	case *[]byte:
		if f.DataTypeOID != pgtype.JSONBOID || binaryFormat {
			return false
		}
		*d = append([]byte(nil), v...)
	default:
		return false
	}
	return true
}
