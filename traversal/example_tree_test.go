package traversal_test

import (
	"context"
	"fmt"
	"iter"

	"github.com/mastaba-go/mastaba/traversal"
)

// Shelf is a type that one does not own: it has no methods for trees.
type Shelf struct{ Books []*Book }

// Book is no better.
type Book struct{ Title string }

// Resources of types that one does not own are told by rules: what their
// children are, and where they lie.
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

func ExampleInside() {
	root := traversal.NewNode(traversal.Map{})
	reports := root.At("reports", traversal.Map{})
	fmt.Println(traversal.Inside(context.Background(), reports.At("q3", "…"), reports))
	fmt.Println(traversal.Inside(context.Background(), root, reports))
	// Output:
	// true <nil>
	// false <nil>
}

// A name may hold a slash: it is escaped in a path, and comes out whole.
func ExampleSplit() {
	names, err := traversal.Split("/docs/a%2Fb/./x/../caf%C3%A9")
	fmt.Printf("%q %v\n", names, err)
	fmt.Println(traversal.Join(names))
	_, err = traversal.Split("/%ff")
	fmt.Println(err)
	// Output:
	// ["docs" "a/b" "café"] <nil>
	// /docs/a%2Fb/caf%C3%A9
	// path "/%ff": not UTF-8
}
