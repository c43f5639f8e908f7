package main

import (
	"encoding/hex"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views/web"
)

// filePage is the data that the pages of all files share.
type filePage struct {
	Kind, Icon, Type           string
	Size                       int64
	Time                       time.Time
	URL, Raw, Download, Source string
	IsPDF                      bool
	Dump                       string // the first bytes of a file without a preview
	Film                       bool   // the media has pictures
}

// page fills in the data that the pages of all files share.
func (f *File) page(r *framework.Request) (filePage, error) {
	base, err := r.ResourcePath(r.Node())
	if err != nil {
		return filePage{}, err
	}
	raw, err := r.ResourcePath(r.Node(), web.Elements("raw"))
	if err != nil {
		return filePage{}, err
	}
	return filePage{
		Kind: r.Resource().(Entry).Kind(), Icon: f.kind.Icon, Type: f.mediaType(), Size: f.info.Size(), Time: f.info.ModTime(),
		URL: strings.TrimSuffix(base, "/"), Raw: raw, Download: raw + "?download", IsPDF: f.kind.Type == typePDF,
	}, nil
}

// showFile is the page of a file without a preview; it shows the first bytes.
func showFile(r *framework.Request, f *File) (*filePage, error) {
	page, err := f.page(r)
	if err != nil {
		return nil, err
	}
	head, err := f.head(256)
	if err != nil {
		return nil, err
	}
	page.Dump = hex.Dump(head)
	return &page, nil
}

// showImage is the page of an image.
func showImage(r *framework.Request, i *Image) (*filePage, error) {
	page, err := i.page(r)
	return &page, err
}

// showMedia is the page of audio or video.
func showMedia(r *framework.Request, m *Media) (*filePage, error) {
	page, err := m.page(r)
	page.Film = strings.HasPrefix(m.kind.Type, "video/")
	return &page, err
}
