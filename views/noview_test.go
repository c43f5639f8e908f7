package views_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestDebugNotFound(t *testing.T) {
	t.Parallel()
	logged := func(settings registry.Settings, method, name string) string {
		c := registry.New(registry.Options{Settings: settings})
		views.Add(c, say("x"), views.Name("save"), views.Method("POST"))
		reg, err := c.Build()
		require.NoError(t, err)
		var out bytes.Buffer
		log := zerolog.New(&out)
		r := web.Begin(&web.Application{Registry: reg, Log: &log}, httptest.NewRequest(method, "/a", nil))
		_, _ = views.TableOf(reg).Call(r.WithNode(traversal.NewNode(&page{}), name))
		return out.String()
	}
	assert.Empty(t, logged(nil, "GET", "none"))
	on := registry.Settings{"debug_notfound": "true"}
	assert.Empty(t, logged(on, "POST", "save"))
	assert.Empty(t, logged(on, "OPTIONS", "save"))

	var line map[string]any
	require.NoError(t, json.Unmarshal([]byte(logged(on, "GET", "save")), &line))
	delete(line, "request_id")
	assert.Equal(t, map[string]any{
		"level": "debug", "status": 405.0, "method": "GET", "path": "/a",
		"message": "no view fits \"save\" for *views_test.page (failed: method)\n    view \"save\" for any resource [method=\"POST\"]: method=\"POST\" does not hold",
	}, line)

	c := registry.New(registry.Options{Settings: registry.Settings{"debug_notfound": "perhaps"}})
	views.Add(c, say("x"))
	_, err := c.Build()
	assert.ErrorContains(t, err, "debug_notfound")
}

func TestCandidates(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("any"))
		views.Add(c, say("json"), views.Accept("application/json"), views.For[*page]())
		views.Add(c, say("html"), views.Accept("text/html"), views.For[*page]())
		views.Add(c, say("post"), views.Method("POST"), views.For[*page]())
		views.Add(c, say("broken"), views.Where("broken", func(*web.Request) (bool, error) { return false, boom }))
	})
	got := candidates(reg, req{res: &page{}, header: []string{"Accept: text/html"}}.of(reg))
	assert.Equal(t, []string{
		`default view for *views_test.page [accept="text/html"]: fits`,
		`default view for *views_test.page [method="POST"]: method="POST" does not hold`,
		`default view for *views_test.page [accept="application/json"]: accept="application/json" does not hold`,
		`default view for any resource [broken]: broken: boom`,
		`default view for any resource: fits`,
	}, got)
	assert.Empty(t, candidates(reg, req{res: &page{}, name: "none"}.of(reg)))
}
