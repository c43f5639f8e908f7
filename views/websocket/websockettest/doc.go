// Package websockettest has a client of websockets for tests, in memory and without a server. It
// works inside a bubble of testing/synctest, in which it must be closed before the test ends.
//
//	func TestEcho(t *testing.T) {
//		app := frameworktest.New(t, configure())
//		client := websockettest.Dial(t, app, "/echo")
//		defer client.Close()
//		client.Send("hello")
//		assert.Equal(t, "hello", client.Receive())
//	}
//
// [Dial] opens a socket, [Refused] expects that it is refused, and [Pipe] is the connection alone,
// for clients of other kinds.
package websockettest
