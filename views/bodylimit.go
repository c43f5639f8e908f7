package views

import (
	"errors"
	"fmt"

	"github.com/mastaba-go/mastaba/views/web"
)

// BodyLimit bounds the body of requests to the view to n bytes, in place of
// the application's bound (10 MiB unless framework.Options.MaxBody says
// otherwise): more for uploads, less for what is known to be small. A longer
// body ends in a 413 as it is read. The bound holds before the permission and
// the csrf check are asked.
//
// Parameters still read no form beyond framework.Options.MaxForm.
func BodyLimit(n int64) Option {
	o := option{kind: kindBodyLimit, text: fmt.Sprintf("body_limit=%d", n), value: n}
	if n < 0 {
		o.err = fmt.Errorf("views.BodyLimit(%d): the number is negative; to take bodies of any length say views.NoBodyLimit()", n)
	}
	return o
}

// NoBodyLimit lets the body of requests to the view have any length: for views
// that read it piece by piece and know when to stop.
func NoBodyLimit() Option {
	return option{kind: kindBodyLimit, text: "body_limit=none", value: int64(-1)}
}

// bodyLimitView sets the limit. It lies outside all other derivers, so that the limit holds for whichever of them reads
// the body.
func bodyLimitView(next Callable, info *Info) (Callable, error) {
	limit, _, err := ValueOf[int64](info, kindBodyLimit)
	if err != nil {
		return nil, err
	}
	if info.ErrorOnly {
		return nil, errors.New("views.BodyLimit: an error view answers when the body was read already: set framework.Options.MaxBody")
	}
	return func(r *web.Request, res any) (any, error) {
		web.Drive(r).LimitBody(limit)
		return next(r, res)
	}, nil
}
