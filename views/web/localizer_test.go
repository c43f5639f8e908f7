package web_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/web"
)

func TestMessage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		message web.Message
		want    string
	}{
		{web.Message{}, ""},
		{web.Message{ID: "Save"}, "Save"},
		{web.Message{ID: "err-long", Default: "too long"}, "too long"},
		{web.Message{ID: "at most ${max}, ${other}", Params: map[string]any{"max": 7}}, "at most 7, ${other}"},
		{web.Message{ID: "${a}${b}", Params: map[string]any{"a": "${b}", "b": "x"}}, "${b}x"},
		{web.Message{ID: "${n} file", Plural: "${n} files", N: 1, Params: map[string]any{"n": 1}}, "1 file"},
		{web.Message{ID: "${n} file", Plural: "${n} files", Params: map[string]any{"n": 0}}, "0 files"},
	} {
		assert.Equal(t, tt.want, tt.message.String())
	}
}

// shouting finds the same localizer for every request, and counts its calls.
type shouting struct{ calls int }

func (s *shouting) Localizer(r *web.Request) web.Localizer {
	s.calls++
	if r.URL.Path == "/panic" {
		panic("no locale")
	}
	return german{}
}

type german struct{}

func (german) Locale() string { return "de" }
func (german) Translate(m web.Message) string {
	return m.Fill(map[string]string{"Hello ${who}": "Hallo ${who}"}[m.ID])
}

func TestLocalizer(t *testing.T) {
	t.Parallel()
	hello := web.Message{ID: "Hello ${who}", Params: map[string]any{"who": "Ada"}}
	r := beginIn(&web.Application{}, "GET", "/", "")
	assert.Equal(t, "en", r.Localizer().Locale())
	assert.Equal(t, "Hello Ada", r.Translate(hello))

	localizers := &shouting{}
	r = beginIn(&web.Application{Localizers: localizers}, "GET", "/", "")
	assert.Equal(t, "Hallo Ada", r.Translate(hello))
	assert.Equal(t, "de", r.WithContext(t.Context()).Localizer().Locale())
	assert.Equal(t, 1, localizers.calls)

	r = beginIn(&web.Application{Localizers: localizers}, "GET", "/panic", "")
	assert.Equal(t, "Hello Ada", r.Translate(hello), "without a localizer, texts are as they were written")
}
