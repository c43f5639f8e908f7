// Package async is for steps of a request that wait: futures, scopes, an executor with bounds, and
// loads that share round trips.
//
// Go needs no event loop: whatever takes a context may wait, and holds up nobody else. What is left
// of asynchronous lookup is a contract: a deadline reaches everything that waits, nothing that a
// request started outlives it, and overload is refused rather than piled up. Code that does one
// thing after the other needs nothing of this package. It is for doing several things at once
// ([Go], [All]), for lookups of many requests that should become one ([Batcher]), and for work that
// blocks or burns CPU ([Executor]).
//
//	func show(r *web.Request, p *Page) (any, error) {
//		author := async.Go(r.Context(), p.loadAuthor) // both at the same time
//		comments := async.Go(r.Context(), p.loadComments)
//		…
//		a, err := async.Await(r.Context(), author)
//
// # Scopes
//
// Work belongs to the [Scope] of the context that it was started with: that of the request, which
// the framework opens and ends. At its end everything is cancelled and waited for; what does not
// return in time is reported with the place where it was started. Work gets a context that ends
// with the scope, so it must watch that. A panic becomes the error of its future, or of the end of
// the scope if nobody looked at the future. A scope has at most so many goroutines; beyond that
// [Go] runs its function in the caller: slower, but never at a standstill.
//
// A scope travels as a value of the context: [WithScope] makes such a context, [ScopeFrom] finds
// the scope. A context type of its own, such as that of a request, carries one in a [Slot] and
// answers [IsScopeKey], so that there is neither a context nor a scope to be allocated for
// requests that start nothing.
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
//	helpers.spawn_greenlet_on_scope_…    OrSpawn, OrSpawn2                OrSpawn
//	helpers.use_executor                 UseExecutor, Submit              UseExecutor
//	the loop's default executor          Executor, with bounds            Executor
//	exceptions.ScopeError                ScopeError                       ScopeError
//	traversal.AsyncioTraverser           traversal.AsyncContainer         package (AsyncContainer)
//	synchronize on __getitem__           traversal.Lookup and             package (Lookup)
//	                                     Synchronize2
//	synchronize on __acl__;              a plain function, which          package (Policy)
//	  auth.coroutine_callback_…          may wait; Synchronize
//	tweens.coroutine_logger_tween_…      a tween that starts its          package (Tween),
//	                                     slow part with Go                framework (AsynchronousLogger)
//	synchronize on a root factory,       a plain function, which          framework (Waiting)
//	  a predicate                        may wait; Synchronize
//	(nothing)                            Batcher, Direct                  Batcher, Direct
//	(nothing)                            views.Around with Timeout        views.Around
//	                                     and Limit of package tweens
//
// The examples named package are among those of the package itself; framework and views have
// theirs. The command examples/async is a whole application. Where aiopyramid decides
// whether something may wait by how it was declared, here everything may; so most of what is
// synchronized there is a plain call.
package async
