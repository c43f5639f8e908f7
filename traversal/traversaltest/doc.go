// Package traversaltest checks that a tree of resources keeps the contracts of package traversal:
// that Child, ChildAsync, Descend, Children and Location, whichever its resources have, agree with each other,
// that what does not exist is ErrNotFound, and that no name leads astray.
//
//	func TestSite(t *testing.T) {
//		err := traversaltest.Check(t.Context(), newSite(), traversaltest.Options{
//			Paths: []string{"/wiki/Front", "/users/1"},
//		})
//		if err != nil {
//			t.Fatal(err)
//		}
//	}
//
// It is for whoever writes resources that load themselves from somewhere. Nothing is changed in the
// tree.
package traversaltest
