package views

import (
	"errors"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// readSettings reads "debug_notfound": with it the log tells, at level debug, why
// each request that no view answered met none: the text of the [NoViewError] behind
// a 404, 405, 406 or 415.
func (t *Table) readSettings(settings registry.Settings) (err error) {
	t.debugNotFound, err = registry.Setting(settings, "debug_notfound", false)
	return err
}

// logNotFound writes the line. The text, which has several lines, is its message:
// there a console shows it as it is.
func logNotFound(r *web.Request, err error) {
	cause, ok := errors.AsType[*NoViewError](err)
	if !ok {
		return
	}
	status, _ := web.StatusOf(err)
	r.Log().Debug().Int("status", status).Str("method", r.Method).Str("path", r.URL.Path).Msg(cause.Error())
}
