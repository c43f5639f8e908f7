package routes

import (
	"errors"
	"fmt"
)

// BodyLimit bounds the body of requests that match the route to n bytes, in
// place of the application's bound (framework.Options.MaxBody); below zero
// there is none. A view with a views.BodyLimit of its own overrides it.
func BodyLimit(n int64) Option {
	text := fmt.Sprintf("body_limit=%d", n)
	if n < 0 {
		text = "body_limit=none"
	}
	return option{"body_limit", text, func(d *declaration) error {
		if n == 0 {
			return errors.New("routes.BodyLimit(0): give a number of bytes, or -1 for no bound")
		}
		d.route.BodyLimit = n
		return nil
	}}
}
