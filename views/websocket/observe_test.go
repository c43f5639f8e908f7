package websocket_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
	"github.com/mastaba-go/mastaba/views/websocket"
	"github.com/mastaba-go/mastaba/views/websocket/websockettest"
)

// observer records how sockets ended.
type observer struct {
	mu    sync.Mutex // guards seen
	seen  []map[string]any
	times []time.Duration
}

func (*observer) Begin(*web.Request) context.Context { return nil }

func (ob *observer) End(_ context.Context, o *tweens.Observation) {
	ob.mu.Lock()
	defer ob.mu.Unlock()
	fields := map[string]any{"status": o.Status}
	if add, ok := web.Upgraded.Peek(o.Request); ok {
		add(func(name string, value any) { fields[name] = value })
	}
	ob.seen, ob.times = append(ob.seen, fields), append(ob.times, o.Duration)
}

func TestObserve(t *testing.T) {
	t.Parallel()
	ob := new(observer)
	app, _ := build(t, websocket.Options{}, echo, func(c *framework.Configurator) { c.AddTween("observe", tweens.Observe(ob)) })
	c := websockettest.Dial(t, app, "/")
	c.Send("hello")
	c.Receive()
	c.Close()
	assert.Equal(t, []map[string]any{{
		"status": 101, "close_code": websocket.StatusNormal,
		"messages_in": int64(1), "messages_out": int64(1), "bytes_in": int64(5), "bytes_out": int64(5),
	}}, ob.seen)
}
