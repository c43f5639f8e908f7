package web_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/web"
)

// capitals translates everything to capitals.
type capitals struct{}

func (capitals) Locale() string                         { return "x-loud" }
func (capitals) Translate(m web.Message) string         { return strings.ToUpper(m.String()) }
func (capitals) Localizer(r *web.Request) web.Localizer { return capitals{} }

func TestErrorsAreTranslated(t *testing.T) {
	t.Parallel()
	send := func(app *web.Application, err *web.HTTPError) string {
		r := web.Begin(app, httptest.NewRequest(http.MethodGet, "/", nil))
		w := httptest.NewRecorder()
		_, failed := err.Response(r).Send(w, r)
		assert.NoError(t, failed)
		return w.Body.String()
	}
	message := web.NotFound("x").WithMessage(web.Message{ID: "no ${what}", Params: map[string]any{"what": "page"}})
	for want, e := range map[string]*web.HTTPError{
		"404 Not Found|404 NOT FOUND":                         web.NotFound(""),
		"409 Conflict\n\ntaken|409 CONFLICT\n\nTAKEN":         web.Conflict("taken"),
		"404 Not Found\n\nno page|404 NOT FOUND\n\nNO PAGE":   message,
		"404 Gone by\n\nno page|404 GONE BY\n\nNO PAGE":       message.WithTitle("Gone by"),
		"404 Not Found\n\nother|404 NOT FOUND\n\nOTHER":       message.WithDetail("other"),
		"303 See Other|303 See Other":                         web.SeeOther("/x"),
		"500 Internal Server Error|500 INTERNAL SERVER ERROR": nil,
	} {
		plain, loud, _ := strings.Cut(want, "|")
		cut := func(text string) string {
			text, _, _ = strings.Cut(text, "\n\nrequest ")
			return strings.TrimSuffix(text, "\n")
		}
		assert.Equal(t, plain, cut(send(nil, e)), want)
		assert.Equal(t, loud, cut(send(&web.Application{Localizers: capitals{}}, e)), want)
	}
	r := web.Begin(&web.Application{Localizers: capitals{}}, httptest.NewRequest(http.MethodGet, "/", nil))
	assert.False(t, web.Drive(r).Failing())
	assert.Equal(t, "NO PAGE", r.Detail(message))
	assert.Equal(t, "NOT FOUND", r.Detail(web.NotFound("")))
	assert.Equal(t, "INTERNAL SERVER ERROR", r.Detail(errors.New("secret")))
	assert.Equal(t, "no page", web.Detail(message))
	message.Response(r)
	assert.True(t, web.Drive(r).Failing())
}
