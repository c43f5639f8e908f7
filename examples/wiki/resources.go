package main

import (
	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/examples/markdown"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// Folder has folders, pages and files. The root is one.
type Folder struct {
	sqltree.Item
	Title string `json:"title"`
}

// Page is a text in Markdown. Text has line feeds alone, and one at its end (merge.Normal).
type Page struct {
	sqltree.Item
	Title string `json:"title"`
	Text  string `json:"text"`
}

// SearchText is what the full-text search finds: the words, without the markup.
func (p *Page) SearchText() (title, body string) { return p.Title, markdown.Text([]byte(p.Text)) }

// File is an uploaded file. Its content is in the table wiki_chunks (contents.go).
type File struct {
	sqltree.Item
	Title   string    `json:"title"` // its name where it came from
	Type    string    `json:"type"`  // the media type, without parameters
	Size    int64     `json:"size"`
	Content uuid.UUID `json:"content"`
}

// SearchText is the name alone.
func (f *File) SearchText() (title, body string) { return f.Title, "" }

// The permissions. Whoever wants to see a resource needs mayView there and in all folders above.
const (
	mayView = "view"
	mayEdit = "edit" // also create, rename, move and delete

	mayShare      = "share"      // decide who may do what, here and below
	mayAdminister = "administer" // the wiki: it counts at the root alone
)

// What precedes the names of groups and users in access lists, so that nobody can have the name of
// a group.
const (
	groupPrefix = "group:"
	userPrefix  = "user:"
)

// administrators is the group that is always there.
const (
	administratorsID = "administrators"
	administrators   = groupPrefix + administratorsID
)
