package main

import (
	"net/url"
	"path"
	"strings"

	"github.com/mastaba-go/mastaba/examples/markdown"
)

// places are where folders, pages and files go when a tree is imported or exported: from the path
// there was to the path there will be. Paths have slashes and no slash at their beginning; "" is
// the root.
type places map[string]string

// relink returns the text of the page at a path with its links leading to the same things as
// before. site is the address that the old root has on the web, "" if it has none. broken gets each
// link to somewhere in the tree where nothing is.
func (p places) relink(text, page, site string, broken func(link string, line int)) string {
	return string(markdown.MapDestinations([]byte(text), func(link string, line int) string {
		target, suffix, ok := local(link, path.Dir(page), site)
		if !ok {
			return link
		}
		to, ok := p.find(target)
		if !ok {
			broken(link, line)
			return link
		}
		return relative(path.Dir(p[page]), to) + suffix
	}))
}

// local returns the path in the tree where a link leads, and its query and fragment; false for a
// link to other sites, or to the page itself.
func local(link, folder, site string) (target, suffix string, ok bool) {
	below, onSite := strings.CutPrefix(link, site)
	if onSite = onSite && site != ""; onSite {
		link = "/" + strings.TrimLeft(below, "/")
	}
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || u.Path == "" {
		return "", "", false
	}
	if strings.HasPrefix(u.Path, "/") {
		folder = "/"
	}
	target = strings.TrimPrefix(path.Join(folder, u.Path), "/") // with ".." if it leads out of the tree
	if target == "." {
		target = ""
	}
	if u.RawQuery != "" && !onSite {
		suffix = "?" + u.RawQuery
	}
	if u.Fragment != "" {
		suffix += "#" + u.EscapedFragment()
	}
	return target, suffix, true
}

// find returns the new path of what a link to an old path means: links often leave out the ending
// of a file, have that of the page on the web, or leave out the first page of a folder.
func (p places) find(target string) (to string, ok bool) {
	bare := strings.TrimSuffix(target, ".html")
	for _, candidate := range []string{target, bare + ".md", path.Join(target, "index.md"), path.Join(target, "README.md")} {
		if to, ok := p[candidate]; ok {
			return to, true
		}
	}
	return "", false
}

// relative returns the relative link from a folder to a path.
func relative(folder, to string) string {
	var from, steps []string
	if folder != "." && folder != "" {
		from = strings.Split(folder, "/")
	}
	if to != "" {
		steps = strings.Split(to, "/")
	}
	for len(from) > 0 && len(steps) > 0 && from[0] == steps[0] {
		from, steps = from[1:], steps[1:]
	}
	up := strings.Repeat("../", len(from))
	for i, step := range steps {
		steps[i] = url.PathEscape(step)
	}
	link := up + strings.Join(steps, "/")
	switch {
	case link == "":
		return "./"
	case up == "" && strings.Contains(steps[0], ":"):
		return "./" + link // no scheme
	}
	return link
}
