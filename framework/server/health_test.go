package server_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/server"
)

var errNoDatabase = errors.New("no database")

func TestHealth(t *testing.T) {
	noLeaks(t)
	var broken atomic.Bool
	o := server.Options{Health: true, Ready: func(context.Context) error {
		if broken.Load() {
			return errNoDatabase
		}
		return nil
	}}
	s := serve(t, newApp(t, framework.Options{}), o)
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ok\n", "/": "Hello, world!\n"} {
		status, body := get(t, "http://"+s.addr+path)
		assert.Equal(t, 200, status, path)
		assert.Equal(t, want, body, path)
	}
	broken.Store(true)
	status, body := get(t, "http://"+s.addr+"/readyz")
	assert.Equal(t, 503, status)
	assert.Equal(t, "not ready\n", body, "the reason is for the log")
	status, _ = get(t, "http://"+s.addr+"/healthz")
	assert.Equal(t, 200, status)
}
