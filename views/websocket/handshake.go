package websocket

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/views/web"
)

// checkHandshake returns what is wrong with a handshake (RFC 6455 4.2.1), as an HTTP error.
func checkHandshake(r *web.Request, o *Options) error {
	h := r.Header
	switch {
	case r.Method != http.MethodGet:
		return web.MethodNotAllowed(http.MethodGet)
	case r.ProtoMajor > 1: // net/http does not have RFC 8441
		return web.BadRequest("a websocket needs HTTP/1.1: open it on a connection of its own, as browsers do")
	case !hasToken(h, "Upgrade", "websocket") || !r.ProtoAtLeast(1, 1):
		return upgradeRequired("this is a websocket: open it with the scheme ws or wss")
	case !hasToken(h, "Connection", "Upgrade"):
		return web.BadRequest("the handshake of a websocket needs the header Connection: Upgrade, which a proxy may have removed")
	case len(h["Sec-Websocket-Version"]) != 1 || strings.TrimSpace(h.Get("Sec-WebSocket-Version")) != "13":
		return upgradeRequired("only version 13 of the websocket protocol is supported")
	case !validKey(h["Sec-Websocket-Key"]):
		return web.BadRequest("the handshake of a websocket needs one Sec-WebSocket-Key of 16 bytes in base64")
	case r.ContentLength != 0:
		return web.BadRequest("the handshake of a websocket has no body")
	}
	for _, p := range tokens(h, "Sec-WebSocket-Protocol") {
		if !isToken(p) {
			return web.BadRequest("invalid Sec-WebSocket-Protocol")
		}
	}
	if !allowsOrigin(r, o.Origins) {
		return web.Forbidden("pages of another origin may not open this websocket")
	}
	select {
	case <-r.Draining():
		return web.ServiceUnavailable("the server is stopping").WithRetryAfter(time.Second)
	default:
	}
	if o.Recheck > 0 { // which compares it
		_, err := r.UserID()
		return err
	}
	return nil
}

// describe says for an explanation what socket a valid handshake opens.
func describe(r *web.Request, o *Options) string {
	text := "the view opens a websocket"
	switch agreed := subprotocol(r.Header, o.Subprotocols); {
	case agreed != nil:
		text += fmt.Sprintf(" with the subprotocol %q", agreed[0])
	case len(o.Subprotocols) > 0:
		text += fmt.Sprintf(" without a subprotocol: the client offers none of %q", o.Subprotocols)
	}
	switch {
	case slices.Contains(o.Origins, "*"):
		text += ", for pages of any origin"
	case len(o.Origins) > 0:
		text += fmt.Sprintf(", for pages of its own origin and of %s", strings.Join(o.Origins, ", "))
	}
	return text + "; the access log has its end"
}

func upgradeRequired(detail string) error {
	return web.UpgradeRequired("websocket").WithHeader("Sec-WebSocket-Version", "13").WithDetail(detail)
}

// validKey reports whether the values of Sec-WebSocket-Key are one valid key.
func validKey(keys []string) bool {
	if len(keys) != 1 {
		return false
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(keys[0]))
	return err == nil && len(key) == 16
}

// allowsOrigin reports whether pages of the origin of a request may open the socket. Only browsers
// send an origin.
func allowsOrigin(r *web.Request, origins []string) bool {
	values := r.Header["Origin"]
	if len(values) == 0 || slices.Contains(origins, "*") {
		return true
	}
	if len(values) > 1 {
		return false
	}
	if slices.ContainsFunc(origins, func(o string) bool { return strings.EqualFold(o, values[0]) }) {
		return true
	}
	u, err := url.Parse(values[0])
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	scheme := r.Scheme()
	if scheme == "https" && u.Scheme != "https" { // a page that anyone on the way may have changed
		return false
	}
	return strings.EqualFold(withoutPort(u.Host, u.Scheme), withoutPort(r.Authority(), scheme))
}

// withoutPort removes the default port of a scheme.
func withoutPort(host, scheme string) string {
	port := ":80"
	if scheme == "https" {
		port = ":443"
	}
	return strings.TrimSuffix(host, port)
}

// subprotocol returns the first of own that the client offers too.
func subprotocol(h http.Header, own []string) []string {
	offered := tokens(h, "Sec-WebSocket-Protocol")
	if at := slices.IndexFunc(own, func(p string) bool { return slices.Contains(offered, p) }); at >= 0 {
		return own[at : at+1]
	}
	return nil
}

func hasToken(h http.Header, name, token string) bool {
	return slices.ContainsFunc(tokens(h, name), func(t string) bool { return strings.EqualFold(t, token) })
}

// tokens returns the elements of a header that is a list.
func tokens(h http.Header, name string) (list []string) {
	for _, line := range h[textproto.CanonicalMIMEHeaderKey(name)] {
		for t := range strings.SplitSeq(line, ",") {
			if t = strings.TrimSpace(t); t != "" {
				list = append(list, t)
			}
		}
	}
	return list
}

// isToken reports whether s is a token of HTTP (RFC 9110 5.6.2).
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
	})
}
