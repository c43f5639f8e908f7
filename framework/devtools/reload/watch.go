package reload

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/fsnotify/fsnotify"
)

// mostFolders limits how many folders are watched: the system has a limit for all programs.
const mostFolders = 5000

// watcher watches folders with all below. It watches folders, not files, since editors replace a
// file by another one of the same name.
type watcher struct {
	notify *fsnotify.Watcher
	names  chan string // of what has changed, absolute
	log    func(string)
	count  int
	told   bool // that there are too many folders
}

// watch begins to watch, and ends with ctx.
func watch(ctx context.Context, roots []string, log func(string)) (<-chan []string, error) {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	w := &watcher{notify: notify, names: make(chan string), log: log}
	for _, root := range roots {
		if err := w.add(root, nil); err != nil {
			return nil, errors.Join(err, notify.Close())
		}
	}
	go w.run(ctx)
	return gather(ctx, w.names), nil
}

// run passes the names on, until ctx ends.
func (w *watcher) run(ctx context.Context) {
	defer close(w.names)
	defer w.notify.Close()
	send := func(name string) {
		select {
		case w.names <- name:
		case <-ctx.Done():
		}
	}
	for {
		select {
		case <-ctx.Done():
			return
		case err := <-w.notify.Errors:
			w.log(fmt.Sprintf("some changes were missed, and everything is checked: %v", err))
			send(everything)
		case event := <-w.notify.Events:
			name := event.Name
			if ignored(filepath.Base(name)) || event.Op == fsnotify.Chmod {
				continue
			}
			if info, err := os.Lstat(name); err == nil && info.IsDir() {
				// What was put there before it is watched counts as changed, too.
				if err := w.add(name, send); err != nil {
					w.log(err.Error())
				}
				continue
			}
			send(name)
		}
	}
}

// everything is the name for changes that are not known one by one.
const everything = "*"

// add watches a folder with all below, and passes the names of the files there to found.
func (w *watcher) add(root string, found func(string)) error {
	return filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			if errors.Is(err, fs.ErrNotExist) {
				return nil // gone again
			}
			return err
		case !d.IsDir():
			if found != nil && !ignored(d.Name()) {
				found(name)
			}
			return nil
		case name != root && (ignored(d.Name()) || d.Name() == "node_modules"):
			return fs.SkipDir
		case w.count >= mostFolders:
			if !w.told {
				w.told = true
				w.log(fmt.Sprintf("more than %d folders: changes in the others are not seen", mostFolders))
			}
			return fs.SkipAll
		}
		w.count++
		return w.notify.Add(name)
	})
}

// ignored reports whether a name is hidden, or that of a file that an editor has for itself.
func ignored(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") || strings.HasSuffix(name, "~") || name == "4913"
}
