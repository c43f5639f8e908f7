package framework

import (
	"context"
	"errors"

	"github.com/mastaba-go/mastaba/framework/server"
)

var _ server.Lifecycle = (*App)(nil)

// Serve serves the application until ctx ends or the process receives SIGTERM or SIGINT, and
// then shuts down gracefully. It returns nil if all went well.
//
// It is server.Serve with the application's logger, unless o has its own. It starts and
// stops the application: do not call Start before it, nor Shutdown after it.
func Serve(ctx context.Context, app *App, o server.Options) error {
	if app == nil {
		return errors.New("serve: the application is nil: check the error that Configurator.App returned")
	}
	if o.Logger == nil {
		o.Logger = app.web.Log
	}
	return server.Serve(ctx, app, o)
}
