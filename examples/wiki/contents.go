package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/views"
)

// The bytes of a file are in the table wiki_chunks, in pieces, under the id of the content. A
// content never changes: a new version of a file has a new one.
//
// Pieces are stored as they arrive, each by itself, and not in the transaction that makes the file:
// on SQLite that would keep all others from writing for as long as a slow client sends. Nobody sees
// them until that transaction has added the row of wiki_files that names the content. If it never
// does, because the client left or the process was killed, the pieces are removed by those who see
// the error, or a day later by the sweep (sweep.go).

// pieceSize is how much of a file is in memory.
const pieceSize = 256 << 10

// storeContent stores everything that content has, at most w.maxFile bytes, and returns how much
// that was. After an error there is nothing to clean up.
func (w *wiki) storeContent(ctx context.Context, id uuid.UUID, content io.Reader) (size int64, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, w.dropContent(context.WithoutCancel(ctx), id))
		}
	}()
	var piece bytes.Buffer
	for {
		piece.Reset()
		n, end := io.CopyN(&piece, content, pieceSize)
		if end != nil && end != io.EOF {
			return 0, end
		}
		if size+n > w.maxFile {
			return 0, w.tooLarge()
		}
		if n > 0 {
			_, err := w.db.Writer().ExecContext(ctx, w.sql(`INSERT INTO wiki_chunks (content, start, data) VALUES ($1, $2, $3)`), id.String(), size, piece.Bytes())
			if err != nil {
				return 0, w.unavailable(err)
			}
		}
		size += n
		if end == io.EOF {
			return size, nil
		}
	}
}

// tooLarge shows the form again, with the status 413.
func (w *wiki) tooLarge() error {
	return &views.InputError{Fields: []views.FieldError{{
		Text: "the file is larger than " + formatSize(w.maxFile), Code: "too-large",
	}}}
}

// unavailable makes a 503 of an error of a database that may work again later.
func (w *wiki) unavailable(err error) error {
	if d := w.db.Dialect(); d.Unavailable(err) || d.Retryable(err) {
		return &sqltree.UnavailableError{Database: d.Name(), Err: err}
	}
	return err
}

// dropContent removes the pieces of a content.
func (w *wiki) dropContent(ctx context.Context, id uuid.UUID) error {
	_, err := w.db.Writer().ExecContext(ctx, w.sql(`DELETE FROM wiki_chunks WHERE content = $1`), id.String())
	return err
}

// openContent returns a reader of a content, which has one piece in memory, and loads another when
// it is needed. It needs no Close.
func (w *wiki) openContent(ctx context.Context, id uuid.UUID, size int64) io.ReadSeeker {
	return &contentReader{
		size: size,
		load: func(at int64) (start int64, data []byte, err error) {
			err = w.db.Reader().QueryRowContext(ctx,
				w.sql(`SELECT start, data FROM wiki_chunks WHERE content = $1 AND start <= $2 ORDER BY start DESC LIMIT 1`), id.String(), at).Scan(&start, &data)
			if errors.Is(err, sql.ErrNoRows) || err == nil && at >= start+int64(len(data)) {
				err = fmt.Errorf("content %s has no byte %d of %d: %w", id, at, size, io.ErrUnexpectedEOF)
			}
			return start, data, err
		},
	}
}

// contentReader reads a content. load returns the piece that has a byte, and where it starts.
type contentReader struct {
	size, at int64
	load     func(at int64) (start int64, data []byte, err error)
	start    int64
	data     []byte
}

func (c *contentReader) Read(p []byte) (int, error) {
	if c.at >= c.size {
		return 0, io.EOF
	}
	if c.at < c.start || c.at >= c.start+int64(len(c.data)) {
		var err error
		if c.start, c.data, err = c.load(c.at); err != nil {
			c.data = nil
			return 0, err
		}
	}
	n := copy(p, c.data[c.at-c.start:])
	c.at += int64(n)
	return n, nil
}

func (c *contentReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += c.at
	case io.SeekEnd:
		offset += c.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning")
	}
	c.at = offset
	return offset, nil
}

// svg is shown in pages, where no script in it runs, and otherwise a download.
const svg = "image/svg+xml"

// mediaTypes are the types that browsers show, and which can run no scripts. All others are
// downloads.
var mediaTypes = map[string]string{
	"image/png": "image", "image/jpeg": "image", "image/gif": "image", "image/webp": "image", "image/bmp": "image", svg: "image",
	"audio/mpeg": "audio", "audio/wave": "audio", "application/ogg": "audio", "video/mp4": "video", "video/webm": "video",
	"application/pdf": "document", "text/plain": "document",
}

// setSafety sets what keeps a browser from running anything that is in a file.
func setSafety(response *framework.Response, mediaType string) {
	policy := "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
	if mediaType == "application/pdf" {
		policy += "; object-src 'self'" // browsers do not show a PDF in a sandbox
	} else {
		policy += "; sandbox"
	}
	response.SetHeader("Content-Security-Policy", policy)
	response.SetHeader("X-Content-Type-Options", "nosniff")
}

// formatSize returns a number of bytes for people.
func formatSize(size int64) string {
	switch {
	case size < 1000:
		return fmt.Sprintf("%d bytes", size)
	case size < 1<<20:
		return fmt.Sprintf("%.1f KB", float64(size)/(1<<10))
	default:
		return fmt.Sprintf("%.1f MB", float64(size)/(1<<20))
	}
}
