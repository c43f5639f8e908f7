package async

import "reflect"

// IsAsync tells whether fn is a function whose first result is a future: what a view mapper asks
// when it is configured. A reflect.Type of a function does as well. Anything else is false.
func IsAsync(fn any) bool {
	t, ok := fn.(reflect.Type)
	if !ok {
		t = reflect.TypeOf(fn)
	}
	return t != nil && t.Kind() == reflect.Func && t.NumOut() > 0 && t.Out(0).Implements(awaitable)
}

var awaitable = reflect.TypeFor[Awaitable]()
