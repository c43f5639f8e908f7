package views

import "fmt"

// NoAnswerError says that a view returned what no response can be made of: nothing
// at all, or a value that its renderer refuses. It is the programmer's error, so
// without an error view for it the answer is 500; the text never reaches a client.
type NoAnswerError struct {
	Info *Info  // the view
	Why  string // what it returned, or which renderer refused it
	Err  error  // of the renderer; nil if none was asked
}

var _ error = (*NoAnswerError)(nil)

// Error names the view, its place, and what it returned.
func (e *NoAnswerError) Error() string {
	text := fmt.Sprintf("view %s returned neither a response nor a renderable value: %s", e.Info.place(), e.Why)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the renderer's error.
func (e *NoAnswerError) Unwrap() error { return e.Err }
