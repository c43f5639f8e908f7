package framework

import (
	"cmp"
	"context"
	"net/http"
	"sync"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// Prepare returns a request without a server, for jobs, commands and tests that work on the
// resource tree the way views do (Pyramid's bootstrap). Its Root and Resource come from the root
// factory; it has the application's security policy, log and URLs. No tween, route, view or
// subscriber sees it.
//
// hr supplies host, path, headers and whatever else the root factory or a URL depends on; nil means
// GET http://localhost/, or App.Host in place of localhost if there is one. The context of the
// request derives from ctx, not from that of hr.
//
// done ends the request: it runs the finished callbacks, cancels the context, and waits for the
// goroutines of the request. Call it even if the job failed; a second call does nothing. If the
// root factory fails, Prepare ends the request itself and returns the error.
func (a *App) Prepare(ctx context.Context, hr *http.Request) (r *web.Request, done func() error, err error) {
	ctx, cancel := context.WithCancel(ctx)
	if hr == nil {
		hr, err = http.NewRequestWithContext(ctx, http.MethodGet, "http://"+cmp.Or(a.Host(), "localhost")+"/", http.NoBody)
		if err != nil {
			cancel()
			return nil, nil, err
		}
	} else {
		hr = hr.WithContext(ctx)
	}
	r = a.begin(hr, false)
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
		root, err := rootOf(r, a.router.root)
		if err != nil {
			return nil, err
		}
		return nil, web.Drive(r).Walk(a.web.Traverser, root, traversal.Path{Names: []string{}})
	})(r)
}
