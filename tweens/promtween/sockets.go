package promtween

import (
	"errors"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// sockets are the metrics of websockets.
type sockets struct {
	closes, messages, bytes *prometheus.CounterVec
}

func newSockets(o Options) (s sockets, err error) {
	counter := func(name, help, label string) *prometheus.CounterVec {
		c, registered := register(o.Registerer, prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: o.Namespace, Name: name, Help: help,
		}, []string{"route", "resource", "view", label}))
		err = errors.Join(err, registered)
		return c
	}
	s.closes = counter("http_websocket_closes_total", "Websockets that ended, by close code.", "code")
	s.messages = counter("http_websocket_messages_total", "Messages of websockets that ended.", "direction")
	s.bytes = counter("http_websocket_bytes_total", "Bytes in messages of websockets that ended.", "direction")
	return s, err
}

// add counts a websocket that ended: fields are those of web.Upgraded.
func (s sockets) add(fields func(add func(name string, value any)), route, resource, view string) {
	count := func(c *prometheus.CounterVec, direction string, value any) {
		if n, ok := value.(int64); ok {
			c.WithLabelValues(route, resource, view, direction).Add(float64(n))
		}
	}
	fields(func(name string, value any) {
		switch name {
		case "close_code":
			s.closes.WithLabelValues(route, resource, view, closeCode(fmt.Sprint(value))).Inc()
		case "messages_in":
			count(s.messages, "in", value)
		case "messages_out":
			count(s.messages, "out", value)
		case "bytes_in":
			count(s.bytes, "in", value)
		case "bytes_out":
			count(s.bytes, "out", value)
		}
	})
}

// closeCode returns a code of RFC 6455, or "3xxx" and "4xxx" for the two thousand that a client may
// choose.
func closeCode(code string) string {
	if len(code) == 4 && (code[0] == '3' || code[0] == '4') {
		return code[:1] + "xxx"
	}
	return code
}
