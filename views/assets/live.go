package assets

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/mastaba-go/mastaba/registry"
)

// development is in the registry of an application on its developer's own machine.
type development bool

// SetDevelopment marks an application as one on its developer's own machine, where embedded files
// are read from the folders that they come from. framework.Configurator.SetDevelopment calls it.
func SetDevelopment(reg *registry.Registry) { registry.Provide(reg, development(true)) }

// live are the folders that files are read from while the application serves.
type live struct{ dirs []string }

// Live reports whether files are read from a folder while the application serves, so that changes
// show at once: in development, if the folder exists. It is for functions of registry.OnFreeze. A
// relative path starts at the current folder of the process.
func Live(reg *registry.Registry, dir string) bool {
	if on, _ := registry.Lookup[development](reg); !on || dir == "" {
		return false
	}
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return false
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return false
	}
	all := registry.Ensure(reg, func() *live { return new(live) })
	if !slices.Contains(all.dirs, dir) {
		all.dirs = append(all.dirs, dir)
	}
	return true
}

// LiveFolders returns the absolute paths of the folders for which Live returned true.
func LiveFolders(reg *registry.Registry) []string {
	all, ok := registry.Lookup[*live](reg)
	if !ok {
		return nil
	}
	return slices.Clone(all.dirs)
}
