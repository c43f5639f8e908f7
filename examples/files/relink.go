package main

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

// relink turns the relative links of a sanitised document into paths of this
// site: those of links lead to pages, those of images to the raw file. An image
// of another site is replaced by its text, so that looking at a file tells
// nobody about it.
//
// What is nested deeper than browsers follow is no document, but errTooDeep.
//
// base and top are the paths of the folder and of the site's root, with a slash
// at the end. "/x" in a document means the root, as on the usual code hosts.
func relink(document []byte, base, top string) (template.HTML, error) {
	var out strings.Builder
	depth := 0
	tokens := html.NewTokenizer(bytes.NewReader(document))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			if err := tokens.Err(); !errors.Is(err, io.EOF) {
				return "", err
			}
			return template.HTML(out.String()), nil // sanitised before; what changed since is escaped
		case html.StartTagToken, html.SelfClosingTagToken:
			raw := string(tokens.Raw())
			token := tokens.Token()
			if depth += nests(token); depth > deepestNesting {
				return "", errTooDeep
			}
			switch token.Data {
			case "a":
				out.WriteString(relinked(token, "href", base, top, "").String())
			case "img":
				image := relinked(token, "src", base, top, "/raw")
				if isLocal(attribute(image, "src")) {
					out.WriteString(image.String())
				} else {
					out.WriteString(html.EscapeString(cmp.Or(attribute(image, "alt"), path.Base(attribute(image, "src")))))
				}
			default:
				out.WriteString(raw)
			}
		case html.EndTagToken:
			out.Write(tokens.Raw())
			depth = max(0, depth-nests(tokens.Token()))
		default:
			out.Write(tokens.Raw())
		}
	}
}

// deepestNesting is half of where browsers stop, since only every other element
// of nested lists counts: see nests.
const deepestNesting = 250

var errTooDeep = errors.New("elements are nested too deep")

// nests returns 1 for the tags of an element in which others lie until its end
// tag, which must be there.
func nests(token html.Token) int {
	switch token.DataAtom {
	case atom.P, atom.Li, atom.Dt, atom.Dd, atom.Tr, atom.Th, atom.Td, atom.Thead, atom.Tbody, atom.Tfoot, atom.Colgroup, atom.Rt, atom.Rp,
		atom.Br, atom.Hr, atom.Img, atom.Input, atom.Col, atom.Wbr:
		return 0
	}
	return 1
}

// relinked gives the token its URL within this site, with a view at the end.
func relinked(token html.Token, name, base, top, view string) html.Token {
	for i, a := range token.Attr {
		if a.Key != name {
			continue
		}
		u, err := url.Parse(a.Val)
		if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || u.Path == "" || strings.HasPrefix(a.Val, "//") {
			continue // elsewhere, or on the same page
		}
		from := base
		if u.Path[0] == '/' {
			from = top
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

// isLocal tells whether a URL is a path of this server.
func isLocal(link string) bool {
	return strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "//") && !strings.HasPrefix(link, `/\`)
}
