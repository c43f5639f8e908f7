package conformance

import (
	"context"
	"fmt"
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
)

// The interfaces that the classes of the cases declare. IContainer and
// IContent extend IResource.
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

// place is what all classes share: the node of the tree that they stand for.
type place struct{ tree *Tree }

func (p *place) spec() *Tree { return p.tree }

// Folder holds children.
type Folder struct{ place }

var (
	_ IContainer          = (*Folder)(nil)
	_ traversal.Container = (*Folder)(nil)
)

func (f *Folder) container() {}

// Child gives the resource of that name, or the error that it stands for.
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

// resource makes the resource that a node of a tree describes.
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
	return nil, fmt.Errorf("a node of class %q", class)
}

// className names a resource as the cases do. What is none of their classes
// is the root of an application without a tree.
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

// declareClasses tells an application which class extends which, and in which
// order a Book, which is a folder and content, looks for its views.
func declareClasses(c registry.Recorder) {
	views.Inherit(c, func(r *Root) *Folder { return &r.Folder })
	views.Inherit(c, func(b *Book) *Folder { return &b.Folder })
	views.Inherit(c, func(i *Image) *Document { return &i.Document })
	views.Order[*Book](c, reflect.TypeFor[IContent](), reflect.TypeFor[*Folder](), reflect.TypeFor[IContainer]())
}
