package main

import (
	"bytes"
	"embed"
	"fmt"
	"hash/crc32"
	"html/template"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

//go:embed pages
var pageFiles embed.FS

// pages renders the values that views return with the template that the view names, inside
// layout.html.
type pages struct {
	site   *Site
	layout *template.Template
}

func newPages(site *Site) *pages {
	functions := template.FuncMap{"size": sizeText, "when": timeText, "stamp": stampText, "count": countText}
	return &pages{site: site, layout: template.Must(template.New("layout.html").Funcs(functions).ParseFS(pageFiles, "pages/layout.html", "pages/icons.html"))}
}

// renderer returns the renderer of one view. It is called while the application is built, so an
// invalid template stops the program before it serves.
func (p *pages) renderer(info views.RendererInfo) (views.ValueRenderer, error) {
	whole, err := p.layout.Clone()
	if err != nil {
		return nil, err
	}
	if whole, err = whole.ParseFS(pageFiles, "pages/"+info.Name); err != nil {
		return nil, err
	}
	return views.RendererFunc(func(r *web.Request, response *web.Response, value any) error {
		frame, err := p.frame(r, value)
		if err != nil {
			return err
		}
		var html bytes.Buffer
		if err := whole.Execute(&html, frame); err != nil {
			return err
		}
		response.SetContentType("text/html; charset=utf-8")
		response.SetBytes(html.Bytes())
		return nil
	}), nil
}

// frame is the data of the layout around the page of a view.
type frame struct {
	Site, Title string
	Crumbs      []crumb
	Folder      string // URL of the nearest folder, with a trailing slash: where a search starts
	Info        string
	Access      string // URL of the page that explains the access lists; "" if the user may not see it
	Account     *account
	Style, Icon string
	Page        any
}

type crumb struct{ URL, Text string }

// frame fills in the data that depends only on the place of the resource.
func (p *pages) frame(r *web.Request, value any) (*frame, error) {
	f := &frame{Site: p.site.name, Page: value}
	f.Style, f.Icon = r.Prefix()+styleSheet.path()+"?v="+assetVersion, r.Prefix()+icon.path()+"?v="+assetVersion
	node := r.Node()
	if node.IsZero() { // an error before traversal, such as 421, which must not even reveal the name of the site
		f.Crumbs = []crumb{{URL: r.Prefix() + "/", Text: "Start"}}
		return f, nil
	}
	f.Account = p.site.accountOf(r)
	var err error
	if p.site.access != nil {
		if may, _ := r.Can(mayExplain, node); may {
			if f.Access, err = r.ResourcePath(node, web.Elements("@@access")); err != nil {
				return nil, err
			}
		}
	}
	if f.Info, err = r.ResourcePath(node, web.Elements("@@info")); err != nil {
		return nil, err
	}
	// The lineage leads up to the root. No resource knows its parent; the node knows where it was
	// found.
	for n, err := range r.Traverser().Lineage(r.Context(), node) {
		if err != nil {
			return nil, err
		}
		c, err := crumbOf(r, n)
		if err != nil {
			return nil, err
		}
		if _, isFolder := n.Resource().(*Folder); isFolder && f.Folder == "" {
			f.Folder = c.URL
		}
		f.Crumbs = append(f.Crumbs, c)
	}
	f.Title = f.Crumbs[0].Text
	slices.Reverse(f.Crumbs)
	return f, nil
}

// crumbOf returns the link to a folder or file.
func crumbOf(r *web.Request, n traversal.Node) (crumb, error) {
	entry, ok := n.Resource().(Entry)
	if !ok {
		return crumb{}, fmt.Errorf("link to %s: expected an Entry, got %T", n, n.Resource())
	}
	url, err := r.ResourcePath(n)
	if err != nil {
		return crumb{}, err
	}
	if _, isFolder := entry.(*Folder); !isFolder {
		url = strings.TrimSuffix(url, "/")
	}
	return crumb{URL: url, Text: entry.at().name()}, nil
}

// sizeText returns a size in a readable form.
func sizeText(bytes int64) string {
	if bytes < 0 {
		return ""
	}
	if bytes < 1024 {
		return strconv.FormatInt(bytes, 10) + " B"
	}
	size, unit := float64(bytes)/1024, 0
	for size >= 1023.5 && unit < 4 {
		size, unit = size/1024, unit+1
	}
	if size < 9.95 {
		return fmt.Sprintf("%.1f %ciB", size, "KMGTP"[unit])
	}
	return fmt.Sprintf("%.0f %ciB", size, "KMGTP"[unit])
}

// timeText returns a time in a readable form, stampText one for programs.
func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02 15:04")
}

func stampText(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// countText returns a number with its noun: countText(2, "file") is "2 files".
func countText(n int, noun string) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	if n != 1 {
		noun += "s"
	}
	return text + " " + noun
}

// asset is a file that the pages need.
type asset struct {
	name, mediaType string
	body            []byte
}

var (
	styleSheet = asset{"style.css", "text/css; charset=utf-8", readAsset("style.css")}
	icon       = asset{"icon.svg", "image/svg+xml", readAsset("icon.svg")}
	assets     = []asset{styleSheet, icon}
)

// path is the path of the asset below the site's prefix.
func (a asset) path() string { return "/@@" + a.name }

// isAsset reports whether a path is that of an asset.
func isAsset(path string) bool {
	return slices.ContainsFunc(assets, func(a asset) bool { return a.path() == path })
}

// assetVersion changes with the assets, so clients may cache them.
var assetVersion = func() string {
	sum := crc32.NewIEEE()
	for _, a := range assets {
		_, _ = sum.Write(a.body)
	}
	return strconv.FormatUint(uint64(sum.Sum32()), 36)
}()

const assetMaxAge = 30 * 24 * time.Hour

func readAsset(name string) []byte {
	b, err := fs.ReadFile(pageFiles, "pages/"+name)
	if err != nil {
		panic(err) // the file is not embedded
	}
	return b
}

func (a asset) show(r *framework.Request) (*framework.Response, error) {
	return r.Bytes(a.mediaType, a.body), nil
}
