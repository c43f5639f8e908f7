// Package topicstest checks that a transport does what hubs need (topics.Transport). Those of this
// module pass it; use it for one of your own.
//
//	func TestTransport(t *testing.T) {
//		topicstest.Run(t, func(t *testing.T) topics.Transport { return connect(t) })
//	}
package topicstest
