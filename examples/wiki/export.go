package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
)

// exporter writes the wiki as a directory of Markdown files, whose links work as files.
type exporter struct {
	w      *wiki
	step   func(name string)    // after each page and file
	report func(problem string) // each link that leads nowhere

	counts exportCounts
}

type exportCounts struct{ Folders, Pages, Files, Broken int }

// run writes what is in a folder into a directory, which must be new or empty. The directory
// appears when all is written: until then its name ends with ".partial". All is as it was at one
// moment.
func (e *exporter) run(ctx context.Context, from traversal.Node, dir string) (exportCounts, error) {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return e.counts, fmt.Errorf("%s is not empty", dir)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return e.counts, err
	}
	partial := filepath.Clean(dir) + ".partial"
	if err := os.RemoveAll(partial); err != nil { // of an export that was interrupted
		return e.counts, err
	}
	if err := os.MkdirAll(partial, 0o755); err != nil {
		return e.counts, err
	}
	err := transaction.Run(ctx, e.w.db, transaction.RunOptions{ReadOnly: true}, func(ctx context.Context) error {
		return e.write(ctx, from, partial)
	})
	if err != nil {
		return e.counts, errors.Join(err, os.RemoveAll(partial))
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return e.counts, err
	}
	return e.counts, os.Rename(partial, dir)
}

// write writes the manifest, folders and pages.
func (e *exporter) write(ctx context.Context, from traversal.Node, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	listed, where, err := e.list(ctx, from)
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(listed, "", "\t")
	if err != nil {
		return err
	}
	if err := root.WriteFile(manifestName, append(data, '\n'), 0o644); err != nil {
		return err
	}
	for node, err := range e.w.tree.Walk(ctx, from) {
		if err != nil {
			return err
		}
		at, known := where[placeOf(from, node)]
		if !known || at == "" {
			continue
		}
		switch res := node.Resource().(type) {
		case *Folder:
			e.counts.Folders++
			if err := root.Mkdir(at, 0o755); err != nil {
				return err
			}
		case *Page:
			text := where.relink(res.Text, placeOf(from, node), "", func(link string, line int) {
				e.counts.Broken++
				e.report(fmt.Sprintf("%s:%d: the link %s leads nowhere", at, line, link))
			})
			if err := create(root, at, strings.NewReader(text)); err != nil {
				return err
			}
			e.counts.Pages++
			e.step(at)
		case *File:
			if err := create(root, at, e.w.openContent(ctx, res.Content, res.Size)); err != nil {
				return err
			}
			e.counts.Files++
			e.step(at)
		}
	}
	return nil
}

// list finds what there is, and where it goes.
func (e *exporter) list(ctx context.Context, from traversal.Node) (manifest, places, error) {
	listed, where := manifest{Resources: map[string]manifestEntry{}}, places{"": ""}
	for node, err := range e.w.tree.Walk(ctx, from) {
		if err != nil {
			return listed, nil, err
		}
		place := placeOf(from, node)
		at := place
		var m manifestEntry
		switch res := node.Resource().(type) {
		case *Folder:
			m.Title = res.Title
		case *Page:
			m.Title = res.Title
			at = strings.TrimSuffix(place, ".md") + ".md" // one that has the ending keeps it
		case *File:
			m.Title = res.Title
		default:
			continue
		}
		if at == "" || !filepath.IsLocal(filepath.FromSlash(at)) {
			continue
		}
		if provider, ok := node.Resource().(acl.Provider); ok {
			if m.ACL, err = provider.ACL(ctx); err != nil {
				return listed, nil, err
			}
		}
		where[place], listed.Resources[at] = at, m
	}
	return listed, where, nil
}

// placeOf returns the path of a node below another, as places name it.
func placeOf(from, node traversal.Node) string {
	return path.Join(node.Names()[len(from.Names()):]...)
}

// create writes a file that does not exist yet.
func create(root *os.Root, name string, content io.Reader) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	return errors.Join(err, f.Close())
}
