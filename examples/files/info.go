package main

import (
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views/web"
)

// entryJSON is the JSON form of a folder or file.
type entryJSON struct {
	Kind     string      `json:"kind"`
	Name     string      `json:"name"`
	Path     string      `json:"path"` // escaped, as in a URL
	Type     string      `json:"type,omitempty"`
	Size     *int64      `json:"size,omitempty"`
	Modified time.Time   `json:"modified"`
	Mode     string      `json:"mode"`
	Raw      string      `json:"raw,omitempty"`
	Children []childJSON `json:"children,omitempty"`
	Total    *int        `json:"total,omitempty"` // number of children; Children may hold fewer
}

type childJSON struct {
	Kind     string    `json:"kind"` // guessed from the name
	Name     string    `json:"name"`
	Info     string    `json:"info,omitempty"` // URL of its own JSON; "" if it cannot be reached
	Size     *int64    `json:"size,omitempty"`
	Modified time.Time `json:"modified"`
}

// info is a view of folders and all kinds of files, since its second parameter is an interface.
func info(r *framework.Request, e Entry) (*entryJSON, error) {
	p := e.at()
	result := &entryJSON{Kind: e.Kind(), Name: p.name(), Path: r.Node().Path(), Modified: p.info.ModTime(), Mode: p.info.Mode().String()}
	folder, ok := e.(*Folder)
	if !ok {
		size := p.info.Size()
		raw, err := r.ResourcePath(r.Node(), web.Elements("raw"))
		if err != nil {
			return nil, err
		}
		result.Size, result.Raw, result.Type = &size, raw, e.mediaType()
		return result, nil
	}
	first, total := selection{order: order("name", false), limit: folder.site.bounds.children}, 0
	_, err := folder.visible(r.Context(), r, r.Node(), func(i item) bool {
		total++
		first.add(i)
		return true
	})
	if err != nil {
		return nil, err
	}
	result.Total = &total
	rows, err := rowsAt(r, first.sorted())
	if err != nil {
		return nil, err
	}
	for n := range rows {
		line := &rows[n]
		child := childJSON{Kind: line.Kind, Name: line.Name, Modified: line.Time}
		if line.URL != "" {
			child.Info = line.URL + "/@@info"
			if line.Folder {
				child.Info = line.URL + "@@info"
			}
		}
		if line.Size >= 0 {
			child.Size = &line.Size
		}
		result.Children = append(result.Children, child)
	}
	return result, nil
}
