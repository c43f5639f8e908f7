package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"unicode"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
)

// The permissions that an access file may name.
const (
	mayView    = "view"    // of all pages, and of what they list
	mayExplain = "explain" // of the page that explains the access lists
)

// access has the lists of an access file by path, as places have it: "." for the root.
type access map[string]acl.List

// readAccess reads an access file, and puts it in force. It begins with groups of users, one a
// line; the rest is a table as acl.ParseTable reads it:
//
//	group:editors alice carol
//
//	/
//	  allow system.Everyone view
//
//	/drafts
//	  allow group:editors view,explain
//	  deny system.Everyone *
//
// Each path must exist, since a list for a name with a typo protects nothing. From then on no link
// is followed: a link would be a second path to a file, without its lists.
func (s *Site) readAccess(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := s.publishes(file); err != nil {
		return err
	}
	groups, rest, err := readGroups(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	table, err := acl.ParseTable(rest)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	lists := access{}
	for path, list := range table {
		at, err := s.protected(path)
		if err != nil {
			return fmt.Errorf("%s: the list of %s: %w", file, path, err)
		}
		lists[at] = list
	}
	s.access, s.groups = lists, groups
	return nil
}

// readGroups reads the lines before the first path: "group:editors alice carol". rest is the text
// with empty lines in their place, so that its line numbers stay right.
func readGroups(text string) (groups map[string][]string, rest string, err error) {
	groups = map[string][]string{} // by user
	seen := map[string]bool{}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) > 0 && strings.HasPrefix(words[0], "/") {
			break
		}
		if len(words) == 0 {
			continue
		}
		switch group := words[0]; {
		case !strings.HasPrefix(group, "group:") || group == "group:":
			return nil, "", fmt.Errorf("line %d: expected a path or a group such as \"group:editors alice carol\", got %q", i+1, group)
		case seen[group]:
			return nil, "", fmt.Errorf("line %d: %s is defined twice", i+1, group)
		default:
			seen[group] = true
			for _, user := range words[1:] {
				groups[user] = append(groups[user], group)
			}
		}
		lines[i] = ""
	}
	return groups, strings.Join(lines, "\n"), nil
}

// publishes returns an error if a file would be part of the site.
func (s *Site) publishes(file string) error {
	absolute, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	root, err := filepath.Abs(s.root.Name())
	if err != nil {
		return err
	}
	below, err := filepath.Rel(root, absolute)
	if err != nil || !filepath.IsLocal(below) {
		return nil // elsewhere
	}
	for name := range strings.SplitSeq(filepath.ToSlash(below), "/") {
		if !s.shows(name) {
			return nil
		}
	}
	return fmt.Errorf("%s would be published itself: move it out of the directory, or let its name begin with a dot", file)
}

// protected returns the path in the directory of an escaped path that has a list. The file must
// have this path alone, or the list could be evaded.
func (s *Site) protected(escaped string) (string, error) {
	if runtime.GOOS == "windows" {
		return "", errors.New("access lists are not supported on Windows, where a file has several names")
	}
	names, err := traversal.Split(escaped)
	if err != nil {
		return "", err
	}
	at := "."
	for _, name := range names {
		if !s.shows(name) {
			return "", fmt.Errorf("%q is not published", name)
		}
		other := below(at, otherCase(name))
		at = below(at, name)
		info, err := s.root.Lstat(at)
		switch {
		case err != nil:
			return "", err
		case info.Mode()&os.ModeSymlink != 0:
			return "", fmt.Errorf("%q is a link: give the list to its target", name)
		}
		if same, err := s.root.Lstat(other); err == nil && other != at && os.SameFile(info, same) {
			return "", fmt.Errorf("the file system ignores case, so that %s would be reached as %s too", at, other)
		}
	}
	return at, nil
}

// otherCase returns a name with upper and lower case letters exchanged.
func otherCase(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, name)
}

// ACL returns the access list of a folder or file.
func (p *place) ACL(context.Context) (acl.List, error) { return p.site.access[p.path], nil }

var _ acl.Provider = (*place)(nil)

// visible is scan without the items that the client may not view. at is the node of the folder.
func (f *Folder) visible(ctx context.Context, r *framework.Request, at traversal.Node, fn func(item) bool) (more bool, err error) {
	if f.site.access == nil {
		return f.scan(ctx, fn)
	}
	principals, err := r.Principals()
	if err != nil {
		return false, err
	}
	var now item
	children := func(yield func(traversal.Entry, error) bool) {
		var err error
		more, err = f.scan(ctx, func(i item) bool {
			now = i
			return yield(traversal.Entry{Name: i.name, Resource: &place{site: f.site, path: below(f.path, i.name)}}, nil)
		})
		if err != nil {
			yield(traversal.Entry{}, err)
		}
	}
	for _, err := range acl.Filter(ctx, r.Traverser(), at, mayView, principals, children) {
		if err != nil {
			return false, err
		}
		if !fn(now) {
			break
		}
	}
	return more, nil
}

// nodeBelow returns the node of a folder at a path below another one.
func (s *Site) nodeBelow(top traversal.Node, path string) traversal.Node {
	if path == "" || s.access == nil {
		return top
	}
	at := top.Resource().(*Folder).path
	for name := range strings.SplitSeq(path, "/") {
		at = below(at, name)
		top = top.At(name, &Folder{place{site: s, path: at}})
	}
	return top
}
