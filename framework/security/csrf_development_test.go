package security_test

import (
	"bytes"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/views"
)

// In development the response to a form without a token, and the log, say what the template lacks.
func TestMissingTokenInDevelopment(t *testing.T) {
	t.Parallel()
	for _, development := range []bool{false, true} {
		var log bytes.Buffer
		logger := zerolog.New(&log)
		config := framework.New(framework.Options{CSRF: security.NewCSRF(security.CSRFOptions{Field: "token"}), Sessions: &csrfSessions{}, Logger: &logger})
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("done"), nil }))
		if development {
			config.SetDevelopment()
		}
		app := frameworktest.New(t, config)
		const template = `write {{csrf}} right after <form method="post"> in the template, before any field for a file`
		for contentType, want := range map[string]string{
			"application/x-www-form-urlencoded": template, "multipart/form-data; boundary=x": template,
			"application/json": "send the header X-CSRF-Token, with what security.CSRFToken returns",
		} {
			log.Reset()
			status, body, _ := ask(app, "POST", "/", "--x--", "Content-Type", contentType)
			assert.Equal(t, 400, status)
			assert.Contains(t, body, "neither in the header X-CSRF-Token nor in the form field token")
			if development {
				assert.Contains(t, body, want, contentType)
				assert.Contains(t, log.String(), "development: the request has no token")
				continue
			}
			assert.NotContains(t, body, "csrf}}")
			assert.NotContains(t, log.String(), "development")
		}
	}
}
