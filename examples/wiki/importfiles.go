package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// importedContent is the content of a file that is new, or differs from what the wiki has.
type importedContent struct {
	id        uuid.UUID
	size      int64
	mediaType string
	tooLarge  bool // nothing is stored
}

// storeContents stores the contents of the files of a piece that are new or have changed. That
// happens before the unit of work which makes the files, as for uploads (contents.go).
func (i *importer) storeContents(ctx context.Context, folder *Folder, piece []importEntry) (contents map[string]*importedContent, err error) {
	contents = map[string]*importedContent{}
	defer func() {
		if err != nil {
			err = errors.Join(err, i.dropContents(ctx, contents))
		}
	}()
	for _, e := range piece {
		if e.kind != fileEntry {
			continue
		}
		var present *File
		found, err := folder.Descend(ctx, []string{e.name})
		if err != nil && !errors.Is(err, traversal.ErrNotFound) {
			return contents, err
		}
		if len(found) > 0 {
			file, ok := found[0].(*File)
			if !ok {
				continue // putFile skips it
			}
			present = file
		}
		c, err := i.storeContent(ctx, e.path, present)
		if err != nil {
			return contents, fmt.Errorf("%s: %w", e.path, err)
		}
		if c != nil {
			contents[e.path] = c
		}
	}
	return contents, nil
}

// storeContent stores the content of one file, unless present has the same. Then it returns nil.
func (i *importer) storeContent(ctx context.Context, file string, present *File) (*importedContent, error) {
	f, err := i.fsys.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > i.w.maxFile {
		return &importedContent{tooLarge: true}, nil
	}
	if present != nil && present.Size == info.Size() {
		same, err := sameContent(f, i.w.openContent(ctx, present.Content, present.Size))
		if err != nil || same {
			return nil, err
		}
		if err := f.Close(); err != nil {
			return nil, err
		}
		if f, err = i.fsys.Open(file); err != nil {
			return nil, err
		}
		defer f.Close()
	}
	c := &importedContent{}
	if c.id, err = uuid.NewV7(); err != nil {
		return nil, err
	}
	head, err := io.ReadAll(io.LimitReader(f, 512))
	if err != nil {
		return nil, err
	}
	c.mediaType, _, _ = strings.Cut(http.DetectContentType(head), ";")
	if strings.EqualFold(path.Ext(file), ".svg") {
		c.mediaType = svg
	}
	c.size, err = i.w.storeContent(ctx, c.id, io.MultiReader(bytes.NewReader(head), f))
	return c, err
}

// sameContent reports whether two readers have the same bytes.
func sameContent(a, b io.Reader) (bool, error) {
	left, right := make([]byte, pieceSize), make([]byte, pieceSize)
	for {
		n, end := io.ReadFull(a, left)
		m, other := io.ReadFull(b, right)
		if n != m || !bytes.Equal(left[:n], right[:m]) {
			return false, nil
		}
		for _, err := range []error{end, other} {
			if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				return false, err
			}
		}
		if end != nil {
			return true, nil
		}
	}
}

// dropContents removes what no file names.
func (i *importer) dropContents(ctx context.Context, contents map[string]*importedContent) error {
	var errs []error
	for _, c := range contents {
		if !c.tooLarge {
			errs = append(errs, i.w.dropContent(context.WithoutCancel(ctx), c.id))
		}
	}
	return errors.Join(errs...)
}

// putFile creates or updates a file. c is nil if its content is as before.
func (i *importer) putFile(ctx context.Context, folder *Folder, e importEntry, present traversal.Resource, c *importedContent) ([]string, error) {
	file, ok := present.(*File)
	switch {
	case c != nil && c.tooLarge:
		i.counts.Skipped++
		return []string{e.path + ": skipped: it is larger than " + formatSize(i.w.maxFile)}, nil
	case present != nil && !ok:
		return i.elsewhere(e), nil
	case c == nil:
		i.counts.Unchanged++
		return nil, nil
	}
	var err error
	if ok {
		i.counts.Updated++
		file.Type, file.Size, file.Content = c.mediaType, c.size, c.id
		if err = i.w.tree.Update(ctx, file); errors.Is(err, sqltree.ErrConflict) {
			err = transaction.MarkRetryable(err)
		}
	} else {
		i.counts.Created++
		file = &File{Title: i.manifest.Resources[e.path].title(strings.ToValidUTF8(path.Base(e.path), "_")), Type: c.mediaType, Size: c.size, Content: c.id}
		err = i.create(ctx, folder, e, file)
	}
	if err != nil {
		return nil, err
	}
	return nil, i.w.keepFile(ctx, file, i.author)
}
