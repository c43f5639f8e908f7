package session_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/framework/session/sessiontest"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	sessiontest.TestStore(t, func(*testing.T) session.Store { return new(session.Memory) })
}

func TestSealedCookie(t *testing.T) {
	t.Parallel()
	sessiontest.TestSessions(t, func(t *testing.T) web.SessionFactory {
		f, err := session.New(session.Options{Secrets: []string{secretA}})
		require.NoError(t, err)
		return f
	}, false)
}
