package websocket

import (
	"net/http"
	"time"

	"github.com/mastaba-go/mastaba/views/web"
)

// recheck closes the socket if its user has gone or may not have it any more. An error of the
// policy closes it too, since the answer is then unknown.
func (c *Conn) recheck() {
	switch allowed, err := c.stillAllowed(); {
	case c.ended() != nil:
	case err != nil:
		web.Drive(c.r).LogError(err, http.StatusInternalServerError, "websocket: Recheck: "+c.socket.place)
		c.close(&CloseError{Code: StatusInternalError, Err: err}, gracefully)
	case !allowed:
		c.close(&CloseError{Code: StatusPolicyViolation, Reason: "no longer permitted"}, gracefully)
	default:
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.end == nil {
			c.rechecker.Reset(c.options.Recheck)
		}
	}
}

// stillAllowed decides about the handshake anew, as a request of its own.
func (c *Conn) stillAllowed() (allowed bool, err error) {
	hr := c.r.Request.Clone(c.ctx)
	hr.Body = http.NoBody
	r := web.Begin(c.r.Application(), hr)
	defer func() {
		_ = web.Drive(r).RunFinishedCallbacks()
		_ = web.Drive(r).EndScope(time.Second)
	}()
	err = web.Try(func() error {
		was, err := c.r.UserID() // of the handshake
		if err != nil {
			return err
		}
		is, err := r.UserID()
		if err != nil || is != was {
			return err
		}
		if permission := c.socket.permission; permission != "" {
			if may, err := r.Can(permission, c.r.Node()); err != nil || !may {
				return err
			}
		}
		allowed = true
		if c.options.Check != nil {
			allowed, err = c.options.Check(r)
		}
		return err
	})
	return allowed, err
}
