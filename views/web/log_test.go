package web_test

import (
	"io"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"

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
	r.LogLine(zerolog.DebugLevel).Str("a", "b").Msg("nobody wants it")
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
