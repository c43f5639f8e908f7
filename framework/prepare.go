package framework

import (
	"context"
	"net/http"
	"sync"

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
	if _, err := a.atRoot(r); err != nil {
		_ = done()
		return nil, nil, err
	}
	return r, done, nil
}

// atRoot calls the root factory and puts the request at the root. A panic of the factory is an
// error.
func (a *App) atRoot(r *web.Request) (*web.Response, error) {
	return web.Guard(func(r *web.Request) (*web.Response, error) {
		root, err := plant(r, a.router.root)
		if err != nil {
			return nil, err
		}
		return nil, a.web.Traverser.Walk(r.Context(), root, traversal.Path{}, r.Result())
	})(r)
}
