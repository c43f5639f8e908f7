package conformance

import (
	"context"
	"fmt"
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/views"
)

// The interfaces of the cases' classes. IContainer and IContent extend IResource.
type (
	IResource interface {
		spec() *Tree
	}
	IContainer interface {
		IResource
		container()
	}
	IContent interface {
		IResource
		content()
	}
)

// place is what all classes share: the node of the tree that they represent.
type place struct{ tree *Tree }

var _ acl.Provider = (*place)(nil)

func (p *place) spec() *Tree { return p.tree }

// ACL returns the access list of the node; nil without one.
func (p *place) ACL(context.Context) (acl.List, error) {
	if p.tree.ACL == nil {
		return nil, nil
	}
	list := acl.List{}
	for _, ace := range *p.tree.ACL {
		permissions := ace.Permissions
		if ace.All {
			permissions = []string{acl.AllPermissions}
		}
		entry := acl.Deny(ace.Principal, permissions...)
		if ace.Allow {
			entry = acl.Allow(ace.Principal, permissions...)
		}
		list = append(list, entry)
	}
	return list, nil
}

// Folder holds children.
type Folder struct{ place }

var (
	_ IContainer          = (*Folder)(nil)
	_ traversal.Container = (*Folder)(nil)
)

func (f *Folder) container() {}

// Child returns the resource of that name, or the error that the tree has there.
func (f *Folder) Child(_ context.Context, name string) (traversal.Resource, error) {
	child, ok := f.tree.Children[name]
	if !ok {
		return nil, traversal.ErrNotFound
	}
	return child.resource("Folder")
}

// Root is the top of most trees.
type Root struct{ Folder }

// Book is a folder and content.
type Book struct{ Folder }

var (
	_ IContainer = (*Book)(nil)
	_ IContent   = (*Book)(nil)
)

func (b *Book) content() {}

// Document is content without children.
type Document struct{ place }

var _ IContent = (*Document)(nil)

func (d *Document) content() {}

// Image is a kind of document.
type Image struct{ Document }

// resource creates the resource of a node.
func (t *Tree) resource(class string) (traversal.Resource, error) {
	if t.Raises != "" {
		return nil, newError(t.Raises)
	}
	if t.Class != "" {
		class = t.Class
	}
	at := place{t}
	switch class {
	case "Root":
		return &Root{Folder{at}}, nil
	case "Folder":
		return &Folder{at}, nil
	case "Book":
		return &Book{Folder{at}}, nil
	case "Document":
		return &Document{at}, nil
	case "Image":
		return &Image{Document{at}}, nil
	}
	return nil, fmt.Errorf("unknown class %q of a node", class)
}

// className returns the cases' name for a resource. Any other type is the root of an application
// without a tree.
func className(res traversal.Resource) string {
	switch res.(type) {
	case *Root:
		return "Root"
	case *Folder:
		return "Folder"
	case *Book:
		return "Book"
	case *Document:
		return "Document"
	case *Image:
		return "Image"
	}
	return "DefaultRoot"
}

// declareClasses declares which class extends which, and the order in which views for a Book, which
// is both folder and content, are looked up.
func declareClasses(c registry.Recorder) {
	views.Inherit(c, func(r *Root) *Folder { return &r.Folder })
	views.Inherit(c, func(b *Book) *Folder { return &b.Folder })
	views.Inherit(c, func(i *Image) *Document { return &i.Document })
	views.Order[*Book](c, reflect.TypeFor[IContent](), reflect.TypeFor[*Folder](), reflect.TypeFor[IContainer]())
}
