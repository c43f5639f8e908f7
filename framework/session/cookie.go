package session

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

const (
	hostPrefix   = "__Host-"
	securePrefix = "__Secure-"
)

// cookie is how one cookie is read and written.
type cookie struct {
	name       string
	attributes string // of a Set-Cookie line, from the first semicolon on
	path       string
	domain     string
}

// newCookie returns the cookie of the options: with Secure and a prefix, or without both.
func newCookie(o *Options, secure bool) cookie {
	c := cookie{name: o.Name, path: o.Path, domain: o.Domain}
	var b strings.Builder
	b.WriteString("; Path=" + o.Path)
	if o.Domain != "" {
		b.WriteString("; Domain=" + o.Domain)
	}
	if o.MaxAge > 0 {
		b.WriteString("; Max-Age=" + strconv.Itoa(int(o.MaxAge.Seconds())))
	}
	b.WriteString("; HttpOnly")
	if secure {
		b.WriteString("; Secure")
		c.name = securePrefix + o.Name
		if o.Path == "/" && o.Domain == "" {
			c.name = hostPrefix + o.Name
		}
	}
	switch o.SameSite {
	case http.SameSiteStrictMode:
		b.WriteString("; SameSite=Strict")
	case http.SameSiteNoneMode:
		if secure { // browsers refuse None without Secure
			b.WriteString("; SameSite=None")
		}
	default:
		b.WriteString("; SameSite=Lax")
	}
	c.attributes = b.String()
	return c
}

// set sets the cookie in a response, in place of what an earlier call set. line is "name=value".
func (c *cookie) set(resp *web.Response, line string) {
	c.write(resp, line+c.attributes)
}

// remove makes the client forget the cookie.
func (c *cookie) remove(resp *web.Response) {
	attributes := c.attributes
	if before, after, ok := strings.Cut(attributes, "; Max-Age="); ok {
		_, after, _ = strings.Cut(after, ";")
		attributes = before + ";" + after
	}
	c.write(resp, c.name+"="+attributes+"; Max-Age=0")
}

func (c *cookie) write(resp *web.Response, line string) {
	if old := resp.HeaderValues("Set-Cookie"); len(old) > 0 {
		resp.DelHeader("Set-Cookie")
		for _, other := range old {
			if !strings.HasPrefix(other, c.name+"=") {
				resp.AddHeader("Set-Cookie", other)
			}
		}
	}
	resp.AddHeader("Set-Cookie", line)
	resp.KeepPrivate() // a shared cache would give it to other clients
}
