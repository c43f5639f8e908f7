package framework

import (
	"context"
	"net/http"
	"sync"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// Prepare gives a request outside of any server: for jobs, commands and tests
// that work on the resource tree the way views do. Its Root, and with it its
// Resource, is what the root factory gives; it has the application's policy,
// attributes, log and URLs. No tween, route or view sees it, and no event is
// told. See Pyramid, bootstrap.
//
// hr tells host, path, headers and whatever else the root factory or a URL
// may look at; nil stands for GET http://localhost/. The request's context
// derives from ctx, whatever that of hr is.
//
// done ends the request: it runs the finished callbacks, ends the context, and
// waits for what the request has started.
// Call it once, also when the job failed; a second call does nothing. The
// error is that of the root factory, and the request was ended already.
func (a *App) Prepare(ctx context.Context, hr *http.Request) (r *web.Request, done func() error, err error) {
	ctx, cancel := context.WithCancel(ctx)
	if hr == nil {
		hr, err = http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/", http.NoBody)
		if err != nil {
			cancel()
			return nil, nil, err
		}
	} else {
		hr = hr.WithContext(ctx)
	}
	r = a.begin(hr)
	done = sync.OnceValue(func() error {
		defer cancel()
		defer a.endScope(r)
		_, err := runFinished(r)
		return err
	})
	if _, err := a.plant(r); err != nil {
		_ = done()
		return nil, nil, err
	}
	return r, done, nil
}

// plant asks the root factory and puts the request at the root.
func (a *App) plant(r *web.Request) (*web.Response, error) {
	return web.Guard(func(r *web.Request) (*web.Response, error) {
		var root traversal.Resource = DefaultRoot{}
		if factory, ok := registry.Lookup[web.RootFactory](a.web.Registry); ok && factory != nil {
			given, err := factory(r)
			if err != nil {
				return nil, err
			}
			if given != nil {
				root = given
			}
		}
		return nil, a.web.Traverser.Walk(r.Context(), root, traversal.Path{}, r.Result())
	})(r)
}
