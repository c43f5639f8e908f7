package framework

import (
	"errors"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views"
)

// Async, given to Include, makes an application of coroutines and of views that an executor calls:
//
//	config.Include(framework.Async)
//
// The mapper of views is views.CoroutineOrExecutorMapper, and the executor has the bounds that the settings
// "async.workers", "async.queue" and "async.retry_after" say, or those of async.ExecutorOptions; it is drained when
// the application stops. An application that sets another mapper or executor itself overrides that.
//
// It is what aiopyramid.includeme does. Nothing here needs it to wait: every view may, and everything else that
// takes a context. It is for views that return futures, and for bounds on views that block or burn CPU.
func Async(c *Configurator) error {
	o := async.ExecutorOptions{Name: "views"}
	var errs [3]error
	o.Workers, errs[0] = registry.Setting(c.Settings(), "async.workers", o.Workers)
	o.Queue, errs[1] = registry.Setting(c.Settings(), "async.queue", o.Queue)
	o.RetryAfter, errs[2] = registry.Setting(c.Settings(), "async.retry_after", o.RetryAfter)
	c.SetExecutor(o)
	c.SetViewMapper(views.CoroutineOrExecutorMapper)
	return errors.Join(errs[:]...)
}
