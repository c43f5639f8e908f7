// Package component renders values that write themselves as HTML, as those of templ and gomponents
// do.
package component

import (
	"context"
	"io"

	"github.com/mastaba-go/mastaba/views/web"
)

// Draw writes HTML.
type Draw func(ctx context.Context, w io.Writer) error

// Of returns how a value writes itself, nil if it does not.
func Of(value any) Draw {
	switch c := value.(type) {
	case interface {
		Render(context.Context, io.Writer) error
	}:
		return c.Render
	case interface{ Render(io.Writer) error }:
		return func(_ context.Context, w io.Writer) error { return c.Render(w) }
	}
	return nil
}

// Render fills resp. r may be nil.
func Render(r *web.Request, resp *web.Response, draw Draw) error {
	ctx := context.Background()
	if r != nil {
		ctx = r.Context()
	}
	if err := resp.SetWritten(func(w io.Writer) error { return draw(ctx, w) }); err != nil {
		return err
	}
	if resp.ContentType() == "" {
		resp.SetContentType("text/html; charset=utf-8")
	}
	return nil
}
