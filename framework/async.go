package framework

import (
	"errors"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views"
)

// Async is for Include. It makes views that return futures coroutines, and runs other views in an
// executor:
//
//	config.Include(framework.Async)
//
// It sets the mapper views.CoroutineOrExecutorMapper and an executor, which drains when the
// application stops. The settings "async.workers", "async.queue" and "async.retry_after" change its
// options from those of async.ExecutorOptions. An application can override both.
//
// Most applications do not need Async: every view may block. It is for views that return futures,
// and to limit how many views that block or burn CPU run at once (aiopyramid.includeme).
func Async(c *Configurator) error {
	o := async.ExecutorOptions{Name: "views"}
	var errs [3]error
	o.Workers, errs[0] = registry.Setting(c.Settings(), settingAsyncWorkers, o.Workers)
	o.Queue, errs[1] = registry.Setting(c.Settings(), settingAsyncQueue, o.Queue)
	o.RetryAfter, errs[2] = registry.Setting(c.Settings(), settingAsyncRetryAfter, o.RetryAfter)
	c.SetExecutor(o)
	c.SetViewMapper(views.CoroutineOrExecutorMapper)
	return errors.Join(errs[:]...)
}
