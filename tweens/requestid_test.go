package tweens_test

import (
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestRequestID(t *testing.T) {
	t.Parallel()
	trusted, err := web.ParseTrustedProxies([]string{"192.0.2.0/24"}) // httptest's requests come from there
	require.NoError(t, err)
	h := around(t, tweens.RequestID(), text("x"))
	id := func(app *web.Application, incoming string) string {
		hr := httptest.NewRequest("GET", "/", nil)
		hr.Header.Set("X-Request-Id", incoming)
		w := httptest.NewRecorder()
		require.NoError(t, respond(h, web.Begin(app, hr), w))
		return w.Header().Get("X-Request-Id")
	}
	made, err := uuid.Parse(id(nil, "mine"))
	require.NoError(t, err, "an id from an untrusted client is ignored")
	assert.EqualValues(t, 7, made.Version())
	assert.Equal(t, "mine", id(&web.Application{Trusted: trusted}, "mine"))
	assert.NotEqual(t, "in\"sane", id(&web.Application{Trusted: trusted}, "in\"sane"))

	boom := errors.New("boom")
	_, err = get(around(t, tweens.RequestID(), failing(boom)))
	assert.ErrorIs(t, err, boom)
}
