package main

import (
	"regexp"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
)

// configure declares the application. Each view is for the type of resource in its signature. For
// hosts see checkHost.
func configure(site *Site, o framework.Options, hosts ...string) *framework.Configurator {
	o.Root = site.Root
	var insecure error
	if site.access != nil {
		insecure = site.secure(&o)
	}
	config := framework.New(o)
	config.Directive().Report(insecure)
	config.AddRenderer(".html", newPages(site).renderer)
	config.AddRenderer("json", views.JSON(views.JSONOptions{Indent: "  "}))

	// A page for each type of resource. File is the type of all files without a better one.
	page := views.Method("GET")
	config.AddView(views.OnInput(showFolder), page, views.Renderer("folder.html"))
	config.AddView(views.On(showText), page, views.Renderer("text.html"))
	config.AddView(views.On(showMarkdown), page, views.Renderer("markdown.html"))
	config.AddView(views.On(showImage), page, views.Renderer("image.html"))
	config.AddView(views.On(showMedia), page, views.Renderer("media.html"))
	config.AddView(views.On(showFile), page, views.Renderer("file.html"))

	// What they share is declared once: all kinds of files inherit the views of File, and info is
	// for every Entry, including folders.
	views.Inherit(config, func(t *Text) *File { return &t.File })
	views.Inherit(config, func(m *Markdown) *Text { return &m.Text })
	views.Inherit(config, func(i *Image) *File { return &i.File })
	views.Inherit(config, func(m *Media) *File { return &m.File })
	config.AddView(views.On(raw), page, views.Name("raw"))
	config.AddView(views.On(info), page, views.Name("info"), views.Renderer("json"))
	config.AddView(views.On(showText), page, views.Name("source"), views.Renderer("text.html"))
	config.AddView(views.OnInput(search), views.Method("GET"), views.Name("search"), views.Renderer("search.html"))

	if site.access != nil {
		config.AddView(views.OnInput(showAccess), page, views.Name("access"), views.Permission(mayExplain), views.Renderer("access.html"))
	}
	if site.users != nil {
		site.addLogin(config)
	}

	// The assets of the pages. PathInfo pins each to one path, so it cannot stand in for a file
	// elsewhere.
	for _, a := range assets {
		config.AddView(views.Func(a.show), page, views.NoPermission(), views.Name(a.name), views.PathInfo(regexp.QuoteMeta(a.path())+"$"), views.CacheFor(assetMaxAge, "public", "immutable"))
	}

	// Browsers get a page for every error, other clients what they accept.
	config.AddErrorView(views.ErrorStatus(400, 599, showHTTPError), views.Accept("text/html"), views.Renderer("error.html"))
	config.AddErrorView(views.Error(showError), views.Accept("text/html"), views.Renderer("error.html"))

	// A large folder costs processor time and memory. Downloads, which may be slow, do not count.
	config.AddTween("limit", tweens.Limit(mostAtOnce, tweens.LimitOptions{
		Queue: mostWaiting, Wait: 10 * time.Second, Skip: isForAsset, FreeStreams: true,
	}), tweens.Under(tweens.ExcView))
	if addr, _ := o.Settings["addr"].(string); len(hosts) > 0 || !listensEverywhere(addr) {
		config.AddTween("hosts", tweens.Wrap(checkHost(hosts)), tweens.Under(tweens.ExcView))
	}
	config.AddTween("headers", tweens.Wrap(protect))
	config.AddTween("access log", tweens.AccessLog(tweens.AccessLogOptions{}))
	return config
}

// How many requests are handled at once, and how many more may wait. A page of a folder with
// 100,000 entries takes 0.3 s of processor time. It takes 6 MB of memory if it is the first page,
// up to 30 MB if it is the last.
const (
	mostAtOnce  = 8
	mostWaiting = 256
)

// viewNames are the names of views that a path may have after a folder or file.
var viewNames = []string{"raw", "info", "source"}
