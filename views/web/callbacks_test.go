package web_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

func TestCallbacks(t *testing.T) {
	t.Parallel()
	var ran []string
	mark := func(s string) func(*web.Request, *web.Response) error {
		return func(*web.Request, *web.Response) error { ran = append(ran, s); return nil }
	}
	r := get("/")
	require.NoError(t, web.Drive(r).RunResponseCallbacks(nil))
	require.NoError(t, web.Drive(r).RunFinishedCallbacks())
	r.AddResponseCallback(nil)
	r.AddResponseCallback(mark("a"))
	r.AddResponseCallback(func(r *web.Request, resp *web.Response) error {
		r.AddResponseCallback(mark("added"))
		resp.SetHeader("X-A", "1")
		return nil
	})
	r.WithContext(t.Context()).AddResponseCallback(mark("b"))
	r.AddFinishedCallback(nil)
	r.AddFinishedCallback(func(r *web.Request) error {
		ran = append(ran, "finished")
		r.AddFinishedCallback(func(*web.Request) error { return errBroken })
		r.AddFinishedCallback(func(*web.Request) error { ran = append(ran, "never"); return nil })
		return nil
	})
	resp := web.Respond(200)
	require.NoError(t, web.Drive(r).RunResponseCallbacks(resp))
	assert.Equal(t, "1", resp.Header("X-A"))
	r.AddResponseCallback(func(*web.Request, *web.Response) error { return errBroken })
	r.AddResponseCallback(mark("never"))
	require.ErrorIs(t, web.Drive(r).RunResponseCallbacks(resp), errBroken)
	require.NoError(t, web.Drive(r).RunResponseCallbacks(resp))
	require.ErrorIs(t, web.Drive(r).RunFinishedCallbacks(), errBroken)
	assert.Equal(t, []string{"a", "b", "added", "finished"}, ran)
}
