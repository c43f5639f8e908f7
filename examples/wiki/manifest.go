package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/mastaba-go/mastaba/traversal/acl"
)

// manifestName is the file of an exported directory that has what Markdown files cannot say.
const manifestName = ".wiki.json"

// manifest is that file. Resources has an entry for each folder and page, by the path of its file.
type manifest struct {
	Resources map[string]manifestEntry `json:"resources"`
}

type manifestEntry struct {
	Title string   `json:"title"`
	ACL   acl.List `json:"acl,omitempty"`
}

func (e manifestEntry) title(otherwise string) string { return cmp.Or(e.Title, otherwise) }

// readManifest returns the manifest of a directory, an empty one if it has none.
func readManifest(fsys fs.FS) (m manifest, err error) {
	data, err := fs.ReadFile(fsys, manifestName)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return m, fmt.Errorf("%s: %w", manifestName, err)
	}
	return m, nil
}
