package main

import (
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views/web"
)

// entryJSON is what is known of a folder or file.
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
	Total    *int        `json:"total,omitempty"` // of children, which may be more than are listed
}

type childJSON struct {
	Kind     string    `json:"kind"` // as far as the name tells
	Name     string    `json:"name"`
	Info     string    `json:"info,omitempty"` // where to ask for more; none: it cannot be reached
	Size     *int64    `json:"size,omitempty"`
	Modified time.Time `json:"modified"`
}

// info answers for folders and all kinds of files, since it asks for an
// interface that they have.
func info(r *framework.Request, e Entry) (*entryJSON, error) {
	p := e.at()
	answer := &entryJSON{Kind: e.Kind(), Name: p.name(), Path: r.Node().Path(), Modified: p.info.ModTime(), Mode: p.info.Mode().String()}
	folder, ok := e.(*Folder)
	if !ok {
		size := p.info.Size()
		raw, err := r.ResourcePath(r.Node(), web.Elements("raw"))
		if err != nil {
			return nil, err
		}
		answer.Size, answer.Raw, answer.Type = &size, raw, e.mediaType()
		return answer, nil
	}
	list, err := folder.list(r.Context())
	if err != nil {
		return nil, err
	}
	list.sort("name", false)
	total := len(list.items)
	answer.Total = &total
	base, err := r.ResourcePath(r.Node())
	if err != nil {
		return nil, err
	}
	for _, i := range list.items[:min(total, folder.site.bounds.children)] {
		line := i.row(base)
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
		answer.Children = append(answer.Children, child)
	}
	return answer, nil
}
