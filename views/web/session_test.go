package web_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

// sessionFactory counts its calls.
type sessionFactory struct {
	calls int
	err   error
}

// emptySession is a session without anything.
type emptySession struct{ web.Session }

func (f *sessionFactory) Session(*web.Request) (web.Session, error) {
	f.calls++
	return &emptySession{}, f.err
}

func TestSession(t *testing.T) {
	t.Parallel()
	r := beginIn(&web.Application{}, "GET", "/", "")
	_, err := r.Session()
	require.ErrorIs(t, err, web.ErrNoSessions)

	factory := &sessionFactory{}
	r = beginIn(&web.Application{Sessions: factory}, "GET", "/", "")
	first, err := r.Session()
	require.NoError(t, err)
	again, err := r.WithContext(t.Context()).Session()
	require.NoError(t, err)
	assert.Same(t, first, again)
	assert.Equal(t, 1, factory.calls)

	down := &sessionFactory{err: errBroken}
	r = beginIn(&web.Application{Sessions: down}, "GET", "/", "")
	for range 2 {
		_, err = r.Session()
		require.ErrorIs(t, err, errBroken)
	}
	assert.Equal(t, 1, down.calls)
}
