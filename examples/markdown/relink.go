package markdown

import (
	"bytes"
	"cmp"
	"errors"
	"html/template"
	"io"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// relink turns the relative links of a sanitized document into paths of this site: links lead to
// pages, images to the raw file. An image of another site is replaced by its text, so viewing a
// file sends no request to other sites.
//
// A document nested deeper than browsers support is ErrCostly.
//
// Base and Top are the paths of the folder and of the site's root, with a trailing slash. "/x" in a
// document starts at the root, as on code hosting sites.
func relink(document []byte, links Links) (template.HTML, error) {
	var out strings.Builder
	var open openElements
	tokens := html.NewTokenizer(bytes.NewReader(document))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			if err := tokens.Err(); !errors.Is(err, io.EOF) {
				return "", err
			}
			return template.HTML(out.String()), nil // sanitized before; later changes are escaped
		case html.StartTagToken, html.SelfClosingTagToken:
			raw := string(tokens.Raw())
			token := tokens.Token()
			if open.begin(token); len(open) > deepestNesting {
				return "", ErrCostly
			}
			switch token.Data {
			case "a":
				out.WriteString(relinked(token, "href", links, "").String())
			case "img":
				image := relinked(token, "src", links, links.Image)
				if isLocal(attribute(image, "src")) {
					out.WriteString(image.String())
				} else {
					out.WriteString(html.EscapeString(cmp.Or(attribute(image, "alt"), path.Base(attribute(image, "src")))))
				}
			case "input": // the checkbox of a task
				token.Attr = append(token.Attr, html.Attribute{Key: "aria-label", Val: "Task"})
				out.WriteString(token.String())
			default:
				out.WriteString(raw)
			}
		case html.EndTagToken:
			out.Write(tokens.Raw())
			open.end(tokens.Token())
		default:
			out.Write(tokens.Raw())
		}
	}
}

// deepestNesting is half the limit of browsers, since only every other element of nested lists
// counts: see begin.
const deepestNesting = 250

// openElements are the elements that a browser has open, outermost first.
type openElements []string

// begin adds an element that stays open until its end tag. It skips elements whose end tag is
// optional, <a>, which closes the one before it, and elements without content.
func (open *openElements) begin(token html.Token) {
	switch token.DataAtom {
	case atom.P, atom.Li, atom.Dt, atom.Dd, atom.Tr, atom.Th, atom.Td, atom.Thead, atom.Tbody, atom.Tfoot, atom.Colgroup, atom.Rt, atom.Rp,
		atom.A, atom.Area, atom.Br, atom.Col, atom.Hr, atom.Img, atom.Input, atom.Source, atom.Track, atom.Wbr:
		return
	}
	*open = append(*open, token.Data)
}

// end closes the innermost element of that name and all elements in it. It ignores an end tag
// without an open element.
func (open *openElements) end(token html.Token) {
	for i := len(*open) - 1; i >= 0; i-- {
		if (*open)[i] == token.Data {
			*open = (*open)[:i]
			return
		}
	}
}

// relinked returns the token with its relative URL resolved within this site, and view appended.
func relinked(token html.Token, name string, links Links, view string) html.Token {
	for i, a := range token.Attr {
		if a.Key != name {
			continue
		}
		u, err := url.Parse(a.Val)
		if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || u.Path == "" || strings.HasPrefix(a.Val, "//") {
			continue // another site, or the same page
		}
		from := links.Base
		if u.Path[0] == '/' {
			from = links.Top
			u.Path, u.RawPath = strings.TrimLeft(u.Path, "/"), ""
		}
		start, err := url.Parse(from)
		if err != nil {
			continue
		}
		if view != "" {
			u.RawQuery, u.Fragment = "", ""
		}
		target := start.ResolveReference(u)
		target.Path, target.RawPath = "/"+strings.TrimLeft(target.Path, "/"), ""
		if view != "" {
			target.Path += view
		}
		token.Attr[i].Val = target.String()
	}
	return token
}

func attribute(token html.Token, name string) string {
	for _, a := range token.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// isLocal reports whether a URL is a path of this server.
func isLocal(link string) bool {
	return strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "//") && !strings.HasPrefix(link, `/\`)
}
