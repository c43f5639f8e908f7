// Package session keeps what an application knows about a client between its requests: who is
// logged in, a cart, a message for the next page. It implements web.Session.
//
//	var cart = session.NewKey[[]string]("shop.cart")
//
//	func main() {
//		sessions, err := session.New(session.Options{Secrets: []string{os.Getenv("SESSION_SECRET")}})
//		if err != nil {
//			log.Fatal(err)
//		}
//		config := framework.New(framework.Options{Sessions: sessions})
//		config.AddView(views.Func(add), views.Name("add"), views.Method("POST"))
//		…
//	}
//
//	func add(r *framework.Request) (*framework.Response, error) {
//		items, _, err := cart.Get(r)
//		if err != nil {
//			return nil, err // the store is down: 503
//		}
//		if err := cart.Set(r, append(items, "a book")); err != nil {
//			return nil, err
//		}
//		return r.Redirect(http.StatusSeeOther, "/cart"), nil
//	}
//
// The five names that most people need are [New], [Options], [Key], [NewKey], and Session, a method
// of web.Request, for everything that is not a value: Flash and PopFlash, Renew, Invalidate. The
// examples are Example (a login), Example_flash and ExampleKey.
//
// # Where sessions are kept
//
// By default the session is in its cookie, encrypted and authenticated. This needs no server, and
// has limits: 4,096 bytes, the last of two concurrent requests wins, and a copy of a cookie is good
// until it expires, even after Invalidate. With Options.Store the cookie has only a random id. Then
// concurrent requests merge: only the values that a request has set or deleted are written. What
// Invalidate ended never comes back, not even by a request that began before, and not under the id
// that another request gave it with Renew meanwhile. The old id then opens no session. Values that
// a request sets under the old id are discarded, since somebody may have planted that id; values
// that it deletes are deleted. A store that does not answer is a 503 with Retry-After, never an
// empty session. [Memory] is for tests and for an application with a single process; packages
// redisstore and pgstore are for all others; sessiontest checks your own.
//
// # When it is saved
//
// A session is saved once, when the response callbacks have run and before the first byte is sent,
// so that a failure to save becomes the response. A session that a subscriber to web.NewResponse is
// the first to use is saved after the subscriber. Reading saves nothing, except that after
// Options.RenewAfter the stamp of the last use is renewed. A value counts as changed when Set or
// Delete is called; Get returns a copy, and changing that changes nothing. Changed makes the
// session be saved without a change. An error response saves the session too, unless
// Options.DiscardOnError says otherwise. What a view does after its deadline (tweens.Timeout), or a
// stream while it is sent, is not saved: Set returns [ErrSaved].
//
// A subrequest (web.Request.Subrequest) has a session of its own, found by the cookies of its own
// http.Request and saved with its own response.
//
// Every response to a request that used the session has Vary: Cookie. One that sets the cookie also
// has Cache-Control: private, whatever the view has set, so that no shared cache gives the cookie
// to other clients.
//
// # Logging in
//
// Call Renew when the user changes: at login, and whenever permissions grow. Otherwise somebody who
// has planted a session in the user's browser would be logged in too. Call Invalidate at logout. An
// id that the store does not know is never adopted. With security.Session, r.Remember and r.Forget
// do both.
package session
