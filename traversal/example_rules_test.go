package traversal_test

import (
	"context"
	"fmt"
	"iter"

	"github.com/mastaba-go/mastaba/traversal"
)

// Shelf stands for a type of another package: it has no methods for the tree.
type Shelf struct{ Books []*Book }

// Book is another one.
type Book struct{ Title string }

// Rules give types of other packages children and a place in the tree.
func ExampleNew() {
	shelf := &Shelf{Books: []*Book{{"Pyramids"}, {"Mastabas"}}}
	t, err := traversal.New([]traversal.Rule{
		traversal.LookupPath(func(_ context.Context, s *Shelf, names []string) ([]traversal.Resource, error) {
			for _, b := range s.Books {
				if b.Title == names[0] {
					return []traversal.Resource{b}, nil
				}
			}
			return nil, traversal.ErrNotFound
		}),
		traversal.Listing(func(_ context.Context, s *Shelf) iter.Seq2[traversal.Entry, error] {
			return func(yield func(traversal.Entry, error) bool) {
				for _, b := range s.Books {
					if !yield(traversal.Entry{Name: b.Title, Resource: b}, nil) {
						return
					}
				}
			}
		}),
		traversal.Locate(func(_ context.Context, b *Book) (string, traversal.Resource, error) { return b.Title, shelf, nil }),
		traversal.Locate(func(context.Context, *Shelf) (string, traversal.Resource, error) { return "", nil, nil }),
	}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	for node, err := range t.Children(ctx, shelf) {
		fmt.Println(node, err)
	}
	fmt.Println(t.Find(ctx, shelf, "/Mastabas"))
	fmt.Println(t.ResourcePath(ctx, shelf.Books[0], "edit"))
	// Output:
	// /Pyramids (*traversal_test.Book) <nil>
	// /Mastabas (*traversal_test.Book) <nil>
	// /Mastabas (*traversal_test.Book) <nil>
	// /Pyramids/edit <nil>
}
