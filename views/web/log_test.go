package web_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

func BenchmarkID(b *testing.B) {
	hr := get("/").Request
	b.ReportAllocs()
	for b.Loop() {
		_ = web.Begin(nil, hr).ID()
	}
}

func BenchmarkLogLine(b *testing.B) {
	log := zerolog.New(io.Discard)
	app, hr := &web.Application{Log: &log}, get("/").Request
	for name, write := range map[string]func(*web.Request){
		"line":   func(r *web.Request) { r.LogLine(zerolog.InfoLevel).Msg("request") },
		"logger": func(r *web.Request) { r.Log().Info().Msg("request") },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				write(web.Begin(app, hr))
			}
		})
	}
}

func TestLogLine(t *testing.T) {
	t.Parallel()
	var out lines
	log := zerolog.New(&out).Level(zerolog.InfoLevel)
	r := web.Begin(&web.Application{Log: &log}, get("/").Request)
	r.LogLine(zerolog.DebugLevel).Str("a", "b").Msg("below the level")
	r.LogLine(zerolog.InfoLevel).Msg("before")
	r.Log().Info().Msg("of the logger")
	r.LogLine(zerolog.InfoLevel).Msg("after")
	if assert.Len(t, out, 3) {
		for _, line := range out {
			assert.Contains(t, line, `"request_id":"`+r.ID()+`"`)
		}
	}
	web.Begin(nil, get("/").Request).LogLine(zerolog.InfoLevel).Msg("nowhere to go")
}

type lines []string

func (l *lines) Write(p []byte) (int, error) {
	*l = append(*l, string(p))
	return len(p), nil
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	trusted, err := web.ParseTrustedProxies([]string{"10.0.0.0/8"})
	require.NoError(t, err)
	var log bytes.Buffer
	logger := zerolog.New(&log)
	app := &web.Application{Trusted: trusted, Log: &logger}
	for _, tc := range []struct {
		name, from, id string
		believed       bool
	}{
		{"trusted", "10.1.2.3:80", "abc-1.2_3", true},
		{"a stranger", "11.1.2.3:80", "abc", false},
		{"line break", "10.1.2.3:80", "a\nb", false},
		{"quote", "10.1.2.3:80", `a"b`, false},
		{"long", "10.1.2.3:80", strings.Repeat("a", 129), false},
		{"just short enough", "10.1.2.3:80", strings.Repeat("a", 128), true},
		{"none", "10.1.2.3:80", "", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := beginIn(app, "GET", "/", "")
			r.RemoteAddr = tc.from
			r.Header.Set(web.RequestIDHeader, tc.id)
			id := r.ID()
			if tc.believed {
				assert.Equal(t, tc.id, id)
			} else {
				assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, id)
			}
			assert.Equal(t, id, r.WithContext(t.Context()).ID())
			log.Reset()
			r.Log().Info().Msg("x")
			assert.Contains(t, log.String(), `"request_id":"`+id+`"`)
			assert.Same(t, r.Log(), r.WithContext(t.Context()).Log())
		})
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 10_000 {
		id := beginIn(nil, "GET", "/", "").ID()
		require.False(t, seen[id], id)
		seen[id] = true
		parsed, err := uuid.Parse(id)
		require.NoError(t, err)
		assert.Equal(t, uuid.Version(7), parsed.Version())
		assert.Equal(t, uuid.RFC4122, parsed.Variant())
		millis := int64(binary.BigEndian.Uint64(parsed[:8]) >> 16)
		assert.InDelta(t, time.Now().UnixMilli(), millis, 60_000)
	}
}

func TestLastRequestIDCounts(t *testing.T) {
	t.Parallel()
	r := beginIn(proxied(t), "GET", "/", "")
	r.Request.Header[web.RequestIDHeader] = []string{"of-the-client", "of-the-proxy"}
	assert.Equal(t, "of-the-proxy", r.ID())
}
