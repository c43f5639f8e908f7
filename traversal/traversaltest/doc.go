// Package traversaltest checks that a tree of resources keeps the contracts of package traversal:
// that Child, ChildAsync, Descend, Children and Location, those of them that its resources have,
// agree with each other; that what does not exist is ErrNotFound; and that odd names ("..", a
// slash) find nothing.
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
// It is for resources that load themselves from elsewhere, such as a database. [Check] and
// [Options] are all there is; the Example of Check shows what a violation looks like. Package
// traversal states the contracts.
package traversaltest
