// Package traversaltest checks that a tree of resources keeps the contracts of package traversal:
// the methods of a resource (Child, ChildAsync, Descend, Children, Location) agree with each other;
// a resource that does not exist is ErrNotFound; and odd names ("..", a slash) find nothing.
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
