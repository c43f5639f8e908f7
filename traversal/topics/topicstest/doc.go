// Package topicstest checks that a transport does what hubs need (topics.Transport). The transports
// of this module pass; use it for your own.
//
//	func TestTransport(t *testing.T) {
//		topicstest.Run(t, func(t *testing.T) topics.Transport { return connect(t) })
//	}
package topicstest
