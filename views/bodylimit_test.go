package views_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestBodyLimitReplacesTheApplications(t *testing.T) {
	t.Parallel()
	length := views.Func(func(r *web.Request) (int, error) {
		body, err := io.ReadAll(r.Body)
		return len(body), err
	})
	reg := build(t, func(c *registry.Config) {
		views.Add(c, length)
		views.Add(c, length, views.Name("less"), views.BodyLimit(10))
		views.Add(c, length, views.Name("more"), views.BodyLimit(2000))
		views.Add(c, length, views.Name("any"), views.BodyLimit(-1))
		views.Add(c, length, views.Name("none"), views.BodyLimit(0))
	})
	tests := []struct {
		view   string
		length int
		status int
	}{
		{"", 1000, 200}, {"", 1001, 413},
		{"less", 10, 200}, {"less", 11, 413},
		{"more", 2000, 200}, {"more", 2001, 413},
		{"any", 5000, 200},
		{"none", 0, 200}, {"none", 1, 413},
	}
	for _, tt := range tests {
		for _, declared := range []bool{true, false} {
			hr := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.Repeat("x", tt.length)))
			if !declared {
				hr.ContentLength = -1
			}
			r := request(reg, nil, &page{}, tt.view, hr)
			web.Drive(r).LimitBody(1000)
			_, err := views.TableOf(reg).Call(r)
			if tt.status == http.StatusOK {
				assert.NoError(t, err, "%q %d", tt.view, tt.length)
				continue
			}
			status, _ := web.StatusOf(err)
			assert.Equal(t, tt.status, status, "%q %d", tt.view, tt.length)
		}
	}
}

func TestInvalidBodyLimits(t *testing.T) {
	t.Parallel()
	text := refused(t, func(c *registry.Config) { views.AddNotFound(c, say("x"), views.BodyLimit(1)) })
	assert.Contains(t, text, "views.BodyLimit: not for error views")
	text = refused(t, func(c *registry.Config) { views.Add(c, say("x"), views.BodyLimit(1), views.BodyLimit(-1)) })
	assert.Contains(t, text, `option "body_limit" given twice`)
}

func TestBodyLimitPrintsItself(t *testing.T) {
	t.Parallel()
	require.Equal(t, "body_limit=1048576", views.BodyLimit(1<<20).String())
	require.Equal(t, "body_limit=none", views.BodyLimit(-1).String())
}
