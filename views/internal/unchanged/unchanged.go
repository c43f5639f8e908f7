// Package unchanged finds out whether what wraps a callable has returned it as it was. Go does not
// compare functions.
package unchanged

import (
	"reflect"

	"github.com/mastaba-go/mastaba/views/web"
)

// Func is the type of a callable.
type Func = func(r *web.Request, res any) (any, error)

// Watch returns a function to wrap in place of next, which it calls, and a function that reports
// whether another one is the returned one itself. Requests are never nil.
func Watch(next Func) (watched Func, is func(Func) bool) {
	asked := false
	watched = func(r *web.Request, res any) (any, error) {
		if r == nil {
			asked = true
			return nil, nil
		}
		return next(r, res)
	}
	return watched, func(f Func) bool {
		if reflect.ValueOf(f).Pointer() != reflect.ValueOf(watched).Pointer() {
			return false
		}
		_, _ = f(nil, nil) // it has the code above, but may watch another callable
		return asked
	}
}
