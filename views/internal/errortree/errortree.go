// Package errortree lists what an error wraps.
package errortree

// Of returns err and all errors that it wraps, joined errors included, outermost first.
func Of(err error) []error {
	tree := []error{err}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			tree = append(tree, Of(inner)...)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			if inner != nil {
				tree = append(tree, Of(inner)...)
			}
		}
	}
	return tree
}
