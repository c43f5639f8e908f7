package web

// Keeper is what an Invoker may be as well: one that remembers what goes on
// although its request has ended, to report it when the application stops.
type Keeper interface {
	// Keep remembers, until ended is closed, what text tells.
	Keep(text string, ended <-chan struct{})
}

// LeaveBehind tells the application of r about work of r that goes on although r
// ends, which Shutdown reports if it has not ended by then. It is for tweens that
// run views on goroutines of their own; what is started with package async is
// known without it.
func LeaveBehind(r *Request, text string, ended <-chan struct{}) {
	if k, ok := r.app.Invoker.(Keeper); ok {
		k.Keep(text, ended)
	}
}
