package bench

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	gosse "github.com/tmaxmax/go-sse"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/sse"
)

// TestAnotherClientOfEvents reads a stream of ours with the client of go-sse.
func TestAnotherClientOfEvents(t *testing.T) {
	sent := []sse.Event{
		{Data: []byte("one")}, {ID: "7", Name: "said", Data: []byte("two\nlines")}, {Name: "empty"},
		{ID: "8", Data: []byte(" \ttext with ä and \u2028")}, {Data: []byte("a\r\nb\rc")},
	}
	config := framework.New(framework.Options{})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return sse.New(r, sse.Options{Retry: time.Second}, func(_ context.Context, s *sse.Stream) error {
			for _, e := range sent {
				if err := s.Send(e); err != nil {
					return err
				}
			}
			return nil
		}), nil
	}))
	app, err := config.App()
	require.NoError(t, err)
	server := httptest.NewServer(app)
	defer server.Close()
	resp, err := http.Get(server.URL)
	require.NoError(t, err)
	defer resp.Body.Close()
	var got []gosse.Event
	for e, err := range gosse.Read(resp.Body, nil) {
		require.NoError(t, err)
		got = append(got, e)
	}
	assert.Equal(t, []gosse.Event{
		{Data: "one"}, {LastEventID: "7", Type: "said", Data: "two\nlines"}, {LastEventID: "7", Type: "empty"},
		{LastEventID: "8", Data: " \ttext with ä and \u2028"}, {LastEventID: "8", Data: "a\nb\nc"},
	}, got)
}
