// Package async lets one request do several things at once: futures, scopes that nothing outlives,
// an executor with bounds, and loads that share round trips.
//
//	func show(r *web.Request, p *Page) (any, error) {
//		ctx := r.Context()
//		author := async.Go(ctx, p.loadAuthor) // both run at the same time
//		comments := async.Go(ctx, p.loadComments)
//		a, err := async.Await(ctx, author)
//		if err != nil {
//			return nil, err
//		}
//		c, err := async.Await(ctx, comments)
//		return pageInfo{p, a, c}, err
//	}
//
// Most code needs five names: [Go] starts work, [Await] and [All] wait for it, a [Batcher] joins
// the lookups of many requests into few round trips, and an [Executor] bounds work that blocks or
// burns CPU. Code that does one thing after the other needs nothing of this package: in Go,
// whatever takes a context may wait without holding up other requests.
//
// Read next the Examples of Go, All, Batcher, Executor and OrSpawn; the program in examples/async
// is a whole application.
//
// # Scopes
//
// Work belongs to the [Scope] that its context carries. For a request the framework opens the
// scope, and ends it after the response is sent. At its end a scope cancels its work and waits for
// it; work that does not return in time is reported with the line that started it. So work must
// return when its context is cancelled. A panic becomes the error of the work's future; if the
// future is not awaited, it becomes an error of the scope's end. A scope has a bounded number of
// goroutines; beyond that, Go calls its function itself, which is slower but never deadlocks.
//
// [WithScope] returns a context that carries a new scope, and [ScopeFrom] finds the scope of a
// context. A context type of your own, such as that of a request, carries a scope in a [Slot] and
// returns it for [IsScopeKey]; a request that starts nothing then allocates neither context nor
// scope.
//
// # Coming from aiopyramid
//
//	aiopyramid                           here                             example
//	---------------------------------    -----------------------------    --------------------------
//	includeme                            framework.Async                  framework.Async
//	  a greenlet for each request        Scope; WithScope, Slot           WithScope, Slot
//	config.CoroutineMapper               views.CoroutineMapper            views.CoroutineMapper
//	config.ExecutorMapper                views.ExecutorMapper, and        views.ExecutorMapper
//	                                     views.SetExecutor
//	config.CoroutineOrExecutorMapper     views.CoroutineOrExecutorMapper  the same
//	config.AsyncioMapperBase             views.Mapper                     views.Mapper
//	helpers.spawn_greenlet               Go                               Go
//	helpers.run_in_greenlet              every future settles             PanicError
//	yield from future                    Await                            Await
//	asyncio.gather                       All                              All
//	helpers.is_generator; mappers        IsAsync, Awaitable               IsAsync
//	helpers.synchronize                  Synchronize, Synchronize2        Synchronize
//	  (strict=False)                     the same with Loose              Synchronize (Loose)
//	helpers.spawn_greenlet_on_scope_…    OrSpawn                          OrSpawn
//	helpers.use_executor                 UseExecutor, Submit              UseExecutor
//	the loop's default executor          Executor, with bounds            Executor
//	exceptions.ScopeError                ScopeError                       ScopeError
//	traversal.AsyncioTraverser           traversal.AsyncContainer         package (AsyncContainer)
//	synchronize on __getitem__           traversal.Lookup with            package (Lookup)
//	                                     Synchronize2
//	synchronize on __acl__;              a plain function, which          package (Policy)
//	  auth.coroutine_callback_…          may wait; Synchronize
//	tweens.coroutine_logger_tween_…      a tween that starts its          package (Tween), framework
//	                                     slow part with Go                (AsynchronousLogger)
//	synchronize on a root factory,       a plain function, which          framework (Waiting)
//	  a predicate                        may wait; Synchronize
//	(nothing)                            Batcher, Direct                  Batcher, Direct
//	(nothing)                            views.Around with Timeout        views.Around
//	                                     and Limit of package tweens
//
// "package" means an Example of this package; those of framework and views are in their packages.
// In aiopyramid the declaration of a function decides whether it may wait. Here every function may,
// so most of what is synchronized there is a plain call here.
package async
