package main

import (
	"context"

	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views/web"
)

// logTo is a tween that writes each request to a slow log while the request is handled. When the
// request ends, the line has been written or the failure has been logged.
func logTo(sky *source) func(next web.Handler) web.Handler {
	return func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			line := r.Method + " " + r.RequestURI
			written := async.Go(r.Context(), func(ctx context.Context) (bool, error) { return true, sky.post(ctx, line) })
			resp, err := next(r)
			if _, failed := async.Await(r.Context(), written); failed != nil {
				r.Log().Warn().Err(failed).Msg("cannot write to the log of the source")
			}
			return resp, err
		}
	}
}
