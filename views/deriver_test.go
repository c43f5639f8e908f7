package views_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// trace returns a deriver that logs each call.
func trace(log *[]string, name string) views.Deriver {
	return func(next views.Callable, _ *views.Info) (views.Callable, error) {
		return func(r *web.Request, res any) (any, error) {
			*log = append(*log, name)
			return next(r, res)
		}, nil
	}
}

func TestOrderOfDerivers(t *testing.T) {
	t.Parallel()
	type added struct {
		name string
		opts []views.DeriverOption
	}
	const builtin = "body_limit_view around_view secured_view csrf_view owrapped_view http_cached_view decorated_view rendered_view append_slash_view mapped_view"
	tests := map[string]struct {
		add  []added
		want string
	}{
		"built in": {nil, builtin},
		"default place": {[]added{{name: "a"}},
			"body_limit_view around_view secured_view csrf_view owrapped_view http_cached_view decorated_view a rendered_view append_slash_view mapped_view"},
		"later is further out": {[]added{{name: "a"}, {name: "b"}},
			"body_limit_view around_view secured_view csrf_view owrapped_view http_cached_view decorated_view b a rendered_view append_slash_view mapped_view"},
		"outermost": {[]added{{"a", []views.DeriverOption{views.Under(views.Ingress), views.Over(views.SecuredView)}}},
			strings.Replace(builtin, "secured_view", "a secured_view", 1)},
		"outside of what is around the view": {[]added{{"a", []views.DeriverOption{views.Under(views.Ingress), views.Over(views.BodyLimitView)}}},
			"a " + builtin},
		"at both ends": {[]added{{"a", []views.DeriverOption{views.Under(views.Ingress), views.Over(views.Innermost)}}},
			"body_limit_view around_view a" + strings.TrimPrefix(builtin, "body_limit_view around_view")},
		"innermost": {[]added{{"a", []views.DeriverOption{views.Under(views.RenderedView), views.Over(views.Innermost)}}},
			"body_limit_view around_view secured_view csrf_view owrapped_view http_cached_view decorated_view rendered_view a append_slash_view mapped_view"},
		"fallbacks": {[]added{{"a", []views.DeriverOption{views.Under("absent", views.SecuredView), views.Over("gone", views.CSRFView)}}},
			"body_limit_view around_view secured_view a csrf_view owrapped_view http_cached_view decorated_view rendered_view append_slash_view mapped_view"},
		"a built-in one moved": {[]added{{views.CSRFView, nil}},
			"body_limit_view around_view secured_view owrapped_view http_cached_view decorated_view csrf_view rendered_view append_slash_view mapped_view"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log []string
			reg := build(t, func(c *registry.Config) {
				for _, a := range tt.add {
					views.AddDeriver(c, a.name, trace(&log, a.name), a.opts...)
				}
				views.Add(c, say("hello"))
			})
			got, err := views.Derivers(reg)
			require.NoError(t, err)
			assert.Equal(t, tt.want, strings.Join(got, " "))

			assert.Equal(t, "hello", body(t, reg, &page{}))
			var passed []string
			for _, name := range got {
				for _, a := range tt.add {
					if a.name == name {
						passed = append(passed, name)
					}
				}
			}
			assert.Equal(t, passed, log)
		})
	}
}

func TestDeriversOfAnApplicationWithoutViews(t *testing.T) {
	t.Parallel()
	reg, err := registry.New(registry.Options{}).Build()
	require.NoError(t, err)
	got, err := views.Derivers(reg)
	require.NoError(t, err)
	assert.Equal(t, views.BodyLimitView, got[0])
}

func TestInvalidDerivers(t *testing.T) {
	t.Parallel()
	pass := func(next views.Callable, _ *views.Info) (views.Callable, error) { return next, nil }
	tests := map[string]struct {
		name string
		d    views.Deriver
		opts []views.DeriverOption
		want string
	}{
		"no name":      {"", pass, nil, "view deriver without a name"},
		"nil":          {"d", nil, nil, `view deriver "d" is nil: want a func(views.Callable, *views.Info)`},
		"nil option":   {"d", pass, []views.DeriverOption{nil}, `view deriver "d": nil option: want views.Under`},
		"nil hint":     {"d", pass, []views.DeriverOption{(*views.Hint)(nil)}, `view deriver "d": nil option: want views.Under`},
		"INGRESS":      {views.Ingress, pass, nil, `view deriver "INGRESS": the name is reserved`},
		"VIEW":         {views.Innermost, pass, nil, `view deriver "VIEW": the name is reserved`},
		"over INGRESS": {"d", pass, []views.DeriverOption{views.Over(views.Ingress)}, `view deriver "d" cannot be over INGRESS`},
		"under VIEW":   {"d", pass, []views.DeriverOption{views.Under(views.Innermost)}, `view deriver "d" cannot be under VIEW`},
		"under mapped": {"d", pass, []views.DeriverOption{views.Under(views.MappedView)}, `view deriver "d" cannot be under mapped_view`},
		"unsatisfied":  {"d", pass, []views.DeriverOption{views.Under("absent")}, `"d" wants to be under "absent", which is not registered`},
		"cycle":        {"d", pass, []views.DeriverOption{views.Over(views.SecuredView)}, `d`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := refused(t, func(c *registry.Config) {
				views.AddDeriver(c, tt.name, tt.d, tt.opts...)
				views.Add(c, say("hello"))
				views.Add(c, say("there"), views.Name("there"))
			})
			assert.Contains(t, text, tt.want)
			assert.Contains(t, text, "deriver_test.go:")
			assert.Equal(t, 1, strings.Count(text, "deriver_test.go:"), "reported once, where it was written:\n%s", text)
		})
	}
}

// The order is computed for the first view, in its phase, and reported once, together with the
// conflicts of other phases.
func TestDeriverOrderErrorIsReportedOnce(t *testing.T) {
	t.Parallel()
	pass := func(next views.Callable, _ *views.Info) (views.Callable, error) { return next, nil }
	var ran []string
	action := func(c *registry.Config, name string, claim any) {
		c.Declare(registry.Declaration{ID: claim, Phase: registry.Phase2, Subject: name, Run: func(*registry.Config, *registry.Registry) error {
			ran = append(ran, name)
			return nil
		}})
	}
	text := refused(t, func(c *registry.Config) {
		views.AddDeriver(c, "d", pass, views.Under("absent"))
		views.Add(c, say("hello"))
		action(c, "before the views", nil)
	})
	assert.Contains(t, text, `"d" wants to be under "absent"`)
	assert.Equal(t, 1, strings.Count(text, "absent"), text)
	assert.Equal(t, []string{"before the views"}, ran)

	text = refused(t, func(c *registry.Config) {
		views.AddDeriver(c, "d", pass, views.Under("absent"))
		views.Add(c, say("hello"))
		action(c, "one", "claim")
		action(c, "two", "claim")
	})
	assert.Contains(t, text, "one registered twice")
	assert.Equal(t, 1, strings.Count(text, "absent"), text)

	text = refused(t, func(c *registry.Config) { views.AddDeriver(c, "d", pass, views.Under("absent")) })
	assert.Contains(t, text, `"d" wants to be under "absent"`)
	assert.Contains(t, text, "deriver_test.go:")
}

func TestDeriverNamedTwiceConflicts(t *testing.T) {
	t.Parallel()
	var log []string
	text := refused(t, func(c *registry.Config) {
		views.AddDeriver(c, "d", trace(&log, "one"))
		views.AddDeriver(c, "d", trace(&log, "two"))
	})
	assert.Contains(t, text, `view deriver "d" registered twice:`)
}

// rateLimit is an option of a package with a deriver of its own.
func rateLimit(perMinute int) views.Option { return views.Value("rate_limit", perMinute) }

func limit(next views.Callable, info *views.Info) (views.Callable, error) {
	perMinute, ok, err := views.ValueOf[int](info, "rate_limit")
	if err != nil || !ok {
		return next, err
	}
	return func(r *web.Request, res any) (any, error) {
		value, err := next(r, res)
		if resp, ok := value.(*web.Response); ok {
			resp.SetHeader("X-Limit", strings.Repeat("i", perMinute))
		}
		return value, err
	}, nil
}

func TestOptionsOfDerivers(t *testing.T) {
	t.Parallel()
	with := func(c *registry.Config) { views.AddDeriver(c, "limit", limit, views.Options("rate_limit")) }
	reg := build(t, func(c *registry.Config) {
		with(c)
		views.Add(c, say("limited"), rateLimit(3))
		views.Add(c, say("free"), views.Name("free"))
	})
	resp, err := call(reg, &page{}, "")
	require.NoError(t, err)
	assert.Equal(t, "iii", resp.Header("X-Limit"))
	resp, err = call(reg, &page{}, "free")
	require.NoError(t, err)
	assert.Empty(t, resp.Header("X-Limit"))

	text := refused(t, func(c *registry.Config) {
		with(c)
		views.Add(c, say("x"), views.Value("rate_limt", 3))
	})
	assert.Contains(t, text, `no view deriver reads the option "rate_limt": did you mean "rate_limit"?`)

	text = refused(t, func(c *registry.Config) {
		with(c)
		views.Add(c, say("x"), views.Value("rate_limit", "three"))
	})
	assert.Contains(t, text, `option "rate_limit" has type string, want int`)
}

func TestDeriverReturnsNil(t *testing.T) {
	t.Parallel()
	text := refused(t, func(c *registry.Config) {
		views.AddDeriver(c, "d", func(views.Callable, *views.Info) (views.Callable, error) { return nil, nil })
		views.Add(c, say("x"))
	})
	assert.Contains(t, text, `returned a nil callable: return next to leave the view unchanged`)
}

func TestDeriverReturnsNoResponse(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.AddDeriver(c, "d", func(views.Callable, *views.Info) (views.Callable, error) {
			return func(*web.Request, any) (any, error) { return "text", nil }, nil
		})
		views.Add(c, say("x"), views.NoCache())
	})
	_, err := call(reg, &page{}, "")
	require.ErrorContains(t, err, "a deriver outside rendered_view returned string: it must return a *web.Response")
}

func TestLayersShowTheOptionsOfAView(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.AddDeriver(c, "limited", limit, views.Options("rate_limit"))
		views.Add(c, say("x"), views.BodyLimit(100), views.CacheFor(time.Minute), rateLimit(5),
			views.Around(tweens.Timeout(2*time.Second, tweens.TimeoutOptions{})))
	})
	var got []string
	for _, layer := range views.TableOf(reg).Views()[0].Layers() {
		got = append(got, fmt.Sprint(layer.Deriver, layer.Options))
	}
	assert.Equal(t, []string{
		"body_limit_view[body_limit=100]", "around_view[around=tweens.Timeout(2s)]", "secured_view[]", "csrf_view[]",
		"http_cached_view[cache=1m0s]", "limited[rate_limit=5]", "rendered_view[]", "mapped_view[]",
	}, got)
	assert.Nil(t, new(views.Info).Layers())
}
