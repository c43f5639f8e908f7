package views

import (
	"errors"
	"strconv"

	"github.com/mastaba-go/mastaba/views/web"
)

// BodyLimit limits the body of requests to the view to n bytes, in place of the limit of its route
// or the application (framework.Options.MaxBody, 10 MiB by default). A negative n means no limit:
// for views that read the body piece by piece and know when to stop. Reading past the limit fails
// with a 413. The limit is set before the permission and the CSRF check.
//
// The limit of form bodies for Parameters stays framework.Options.MaxForm.
func BodyLimit(n int64) Option {
	text := "body_limit=none"
	if n >= 0 {
		text = "body_limit=" + strconv.FormatInt(n, 10)
	}
	return option{kind: kindBodyLimit, text: text, value: n}
}

// bodyLimitView sets the limit, outside all other derivers, so that it holds for any of them that
// reads the body.
func bodyLimitView(next Callable, info *Info) (Callable, error) {
	limit, _, err := ValueOf[int64](info, kindBodyLimit)
	if err != nil {
		return nil, err
	}
	if info.ErrorOnly {
		return nil, errors.New("views.BodyLimit: not for error views, which run after the body was read: set framework.Options.MaxBody")
	}
	return func(r *web.Request, res any) (any, error) {
		web.Drive(r).LimitBody(limit)
		return next(r, res)
	}, nil
}
