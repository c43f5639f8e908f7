// Package sessiontest checks session stores: those of this project, and yours.
//
//	func TestStore(t *testing.T) {
//		sessiontest.TestStore(t, func(t *testing.T) session.Store {
//			return mystore.New(mystore.Connect(t))
//		})
//	}
//
// [TestStore] checks the contract of session.Store call by call, then the sessions that are kept in
// it. [TestSessions] checks only the latter, for a web.SessionFactory of your own.
//
// A store passes if it keeps every text byte for byte, merges concurrent changes by name, never
// brings back what ended, and never takes a failure for "no such session". The suite takes a few
// seconds, since sessions have to expire. Run it with the race detector.
package sessiontest
