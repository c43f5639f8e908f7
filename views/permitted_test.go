package views_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// doorman is a policy that knows one user, and can ask clients to authenticate.
type doorman struct {
	user       string // "" for an anonymous client
	may        policy // of the user and of everyone else
	challenges []string
	err        error // of Challenges
}

var _ web.Challenger = doorman{}

func (p doorman) Identity(*web.Request) (any, error) {
	if p.user == "" {
		return nil, nil
	}
	return p.user, nil
}

func (p doorman) Permits(r *web.Request, at traversal.Node, permission string) (web.Decision, error) {
	return p.may.Permits(r, at, permission)
}

func (p doorman) Challenges(*web.Request) ([]string, error) { return p.challenges, p.err }

// Anonymous clients are asked to authenticate, if the policy can ask them.
func TestDeniedIsAChallenge(t *testing.T) {
	t.Parallel()
	both := []string{`Basic realm="wiki"`, "Bearer"}
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("secret"), views.Permission("view"))
		views.Add(c, say("chosen"), views.Name("chosen"), views.IfPermitted("view"))
	})
	for name, tt := range map[string]struct {
		policy web.SecurityPolicy
		status int
		want   []string
	}{
		"anonymous":              {doorman{challenges: both}, 401, both},
		"a user":                 {doorman{user: "alice", challenges: both}, 403, nil},
		"no challenge this time": {doorman{}, 403, nil},
		"a policy that cannot":   {policy{}, 403, nil},
		"permitted":              {doorman{may: policy{"view"}, challenges: both}, 200, nil},
		"the challenge fails":    {doorman{err: web.ServiceUnavailable("")}, 503, nil},
	} {
		for _, view := range []string{"", "chosen"} {
			t.Run(name+" "+view, func(t *testing.T) {
				t.Parallel()
				r := request(reg, tt.policy, &page{}, view, nil)
				resp, err := views.TableOf(reg).Call(r)
				if err != nil {
					status, _ := web.StatusOf(err)
					assert.Equal(t, status < 500, isDenied(err))
					resp, _ = web.Drive(r).ErrorResponse(err)
				}
				assert.Equal(t, tt.status, resp.Status())
				assert.Equal(t, tt.want, resp.HeaderValues("WWW-Authenticate"))
			})
		}
	}
}

func isDenied(err error) bool {
	_, ok := errors.AsType[*views.DeniedError](err)
	return ok
}

// The forbidden view also handles the 401 for a denied permission, unless there is a view for 401.
func TestForbiddenViewOfAChallenge(t *testing.T) {
	t.Parallel()
	secret := func(c *registry.Config) {
		views.Add(c, say("secret"), views.Permission("view"))
		views.Add(c, views.Func(func(*web.Request) (*web.Response, error) { return nil, web.Unauthorized("Custom") }), views.Name("own"))
		views.AddError(c, views.ErrorStatus(400, 499, sayError("any client error")))
	}
	for name, tt := range map[string]struct {
		declare     func(*registry.Config)
		denied, own string
	}{
		"forbidden": {func(c *registry.Config) { views.AddForbidden(c, say("log in")) }, "log in", "any client error"},
		"forbidden and 401": {func(c *registry.Config) {
			views.AddForbidden(c, say("log in"))
			views.AddError(c, views.ErrorStatus(401, 401, sayError("a view for 401")))
		}, "a view for 401", "a view for 401"},
		"neither": {func(*registry.Config) {}, "any client error", "any client error"},
		"forbidden does not fit": {func(c *registry.Config) { views.AddForbidden(c, say("log in"), views.Method("POST")) },
			"any client error", "any client error"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reg := build(t, func(c *registry.Config) { secret(c); tt.declare(c) })
			for view, want := range map[string]string{"": tt.denied, "own": tt.own} {
				r := request(reg, doorman{challenges: []string{"Bearer"}}, &page{}, view, nil)
				_, err := views.TableOf(reg).Call(r)
				require.Error(t, err)
				resp, handled, failure := views.TableOf(reg).CallError(r, err)
				require.NoError(t, failure)
				require.True(t, handled)
				assert.Equal(t, want, text(t, resp), view)
				assert.Equal(t, 401, resp.Status(), "an error view starts with the status of the error")
				assert.NotEmpty(t, resp.Header("WWW-Authenticate"), "and with its challenges")
			}
		})
	}
}

func sayError(text string) func(*web.Request, error) (*web.Response, error) {
	return func(r *web.Request, _ error) (*web.Response, error) { return r.Text(text), nil }
}

// A view that the user may not have leaves the request to the next one. What nothing else handles
// is denied.
func TestIfPermitted(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("editor"), views.IfPermitted("edit"))
		views.Add(c, say("reader"))
		views.Add(c, say("save"), views.Name("save"), views.IfPermitted("edit"), views.Method("POST"))
		views.Add(c, say("preview"), views.Name("save"), views.Method("GET"))
		views.Add(c, say("import"), views.Name("import"), views.IfPermitted("edit"), views.Method("POST"), views.ContentType("text/csv"))
		views.Add(c, say("two"), views.Name("two"), views.IfPermitted("edit"), views.Permission("view"))
		views.Add(c, say("param"), views.Name("param"), views.IfPermitted("edit"), views.Param("x"))
		views.Add(c, say("any"), views.Name("any"), views.IfPermitted("edit"))
		views.Add(c, say("request access"), views.Name("join"), views.Not(views.IfPermitted("edit").(web.Predicate)))
	})
	for name, tt := range map[string]struct {
		method, view string
		as           policy
		status       int
		want         string // the body, or for an error the Allow header
	}{
		"editor":                          {"GET", "", policy{"edit"}, 200, "editor"},
		"reader":                          {"GET", "", policy{}, 200, "reader"},
		"saved by an editor":              {"POST", "save", policy{"edit"}, 200, "save"},
		"nothing else takes it":           {"POST", "save", policy{}, 403, ""},
		"another view takes it":           {"HEAD", "save", policy{}, 200, "preview"},
		"no view takes the method":        {"PUT", "save", policy{}, 405, "GET, HEAD, OPTIONS, POST"},
		"the same for an editor":          {"PUT", "save", policy{"edit"}, 405, "GET, HEAD, OPTIONS, POST"},
		"options":                         {"OPTIONS", "save", policy{}, 204, "GET, HEAD, OPTIONS, POST"},
		"the type is wrong too":           {"POST", "import", policy{}, 415, ""},
		"HEAD is asked too":               {"HEAD", "any", policy{}, 403, ""},
		"OPTIONS is asked too":            {"OPTIONS", "any", policy{}, 403, ""},
		"TRACE is no view's":              {"TRACE", "any", policy{"edit"}, 405, "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"},
		"it also requires another one":    {"GET", "two", policy{"edit"}, 403, ""},
		"another predicate fails as well": {"GET", "param", policy{}, 404, ""},
		"negated":                         {"GET", "join", policy{}, 200, "request access"},
		"negated, nothing was denied":     {"GET", "join", policy{"edit"}, 404, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request(reg, tt.as, &page{}, tt.view, httptest.NewRequest(tt.method, "/", nil))
			resp, err := views.TableOf(reg).Call(r)
			if err != nil {
				resp, _ = web.Drive(r).ErrorResponse(err)
				assert.Equal(t, tt.status == 403, isDenied(err))
			}
			assert.Equal(t, tt.status, resp.Status())
			if tt.status == 200 {
				assert.Equal(t, tt.want, text(t, resp))
			} else {
				assert.Equal(t, tt.want, resp.Header("Allow"))
			}
			predicted := views.TableOf(reg).Predict(request(reg, tt.as, &page{}, tt.view, httptest.NewRequest(tt.method, "/", nil)))
			switch {
			case tt.status == 200:
				require.NoError(t, predicted.Err)
				assert.NotNil(t, predicted.View)
			case tt.status == 204:
				assert.Equal(t, 204, predicted.Response.Status())
			default:
				status, _ := web.StatusOf(predicted.Err)
				assert.Equal(t, tt.status, status)
			}
		})
	}
}

func TestIfPermittedSaysWhatWasDenied(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) { views.Add(c, say("x"), views.IfPermitted("edit")) })
	_, err := views.TableOf(reg).Call(request(reg, policy{}, &page{}, "", nil))
	require.EqualError(t, err, `403 Forbidden: default view for any resource [permitted="edit"]: permission "edit" denied: not on the list`)

	candidates := views.TableOf(reg).Predict(request(reg, policy{}, &page{}, "", nil)).Candidates
	require.Len(t, candidates, 1)
	assert.Equal(t, `permitted="edit"`, candidates[0].Failed)
	assert.Equal(t, "not on the list", candidates[0].Decision.Why())
	assert.Equal(t, "edit", candidates[0].Asked)
	assert.Equal(t, "edit", candidates[0].Info.IfPermitted())
	assert.Empty(t, candidates[0].Info.IfNotPermitted())
}

// A view may have the predicate and a negated one: what is reported is the one that fails.
func TestIfPermittedAndNot(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("x"), views.IfPermitted("view"), views.Not(views.IfPermitted("admin").(web.Predicate)))
	})
	for _, tt := range []struct {
		policy  policy
		failed  string
		asked   string
		allowed bool
	}{
		{policy{"view"}, "", "view", true},
		{policy{"admin"}, `permitted="view"`, "view", false},
		{policy{"view", "admin"}, `!permitted="admin"`, "admin", true},
	} {
		candidates := views.TableOf(reg).Predict(request(reg, tt.policy, &page{}, "", nil)).Candidates
		require.Len(t, candidates, 1)
		assert.Equal(t, tt.failed, candidates[0].Failed)
		assert.Equal(t, tt.asked, candidates[0].Asked)
		assert.Equal(t, tt.allowed, candidates[0].Decision.Allowed)
		assert.Equal(t, "view", candidates[0].Info.IfPermitted())
		assert.Equal(t, "admin", candidates[0].Info.IfNotPermitted())
	}
}

func TestIfPermittedNeedsAPolicy(t *testing.T) {
	t.Parallel()
	text := refused(t, func(c *registry.Config) { views.Add(c, say("x"), views.IfPermitted("edit")) })
	assert.Contains(t, text, `default view for any resource [permitted="edit"] requires permission "edit"`+noPolicy)
	text = refused(t, func(c *registry.Config) {
		views.AddDeriver(c, views.SecuredView, trace(nil, ""), views.Under(views.Ingress), views.Over(views.OwrappedView))
		views.Add(c, say("x"), views.IfPermitted("edit"))
	})
	assert.Contains(t, text, noPolicy, "a predicate asks the policy, whatever the deriver does")
	text = refused(t, func(c *registry.Config) { views.Add(c, say("x"), views.IfPermitted("")) })
	assert.Contains(t, text, `views.IfPermitted(""): want a permission`)
}

func TestIfPermittedFails(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) { views.Add(c, say("x"), views.IfPermitted("edit")); views.Add(c, say("y")) })
	_, err := views.TableOf(reg).Call(request(reg, brokenPolicy{}, &page{}, "", nil))
	require.ErrorIs(t, err, assert.AnError, "an error of the policy is not a denial, and never leads to the next view")
	_, err = views.Permitted(request(reg, brokenPolicy{}, &page{}, "", nil), traversal.NewNode(&page{}), "")
	require.ErrorIs(t, err, assert.AnError)
}

// brokenPolicy cannot decide.
type brokenPolicy struct{ policy }

func (brokenPolicy) Permits(*web.Request, traversal.Node, string) (web.Decision, error) {
	return web.Decision{}, assert.AnError
}

// Permitted finds the view as a request would, and does not run it.
func TestPermittedFindsTheView(t *testing.T) {
	t.Parallel()
	ran := false
	never := views.Func(func(*web.Request) (*web.Response, error) { ran = true; return nil, web.NotFound("") })
	reg := build(t, func(c *registry.Config) {
		views.Add(c, never, views.Permission("view"))
		views.Add(c, never, views.For[*folder](), views.Permission("list"))
		views.Add(c, never, views.Permission("edit"), views.Method("POST"))
		views.Add(c, never, views.Name("open"))
		views.Add(c, never, views.Name("chosen"), views.IfPermitted("edit"))
		views.Add(c, never, views.Name("posted"), views.Method("POST"), views.Permission("edit"))
		views.Add(c, never, views.Name("routed"), views.Route("some"))
	})
	for name, tt := range map[string]struct {
		method, view string
		res          traversal.Resource
		as           policy
		allowed      bool
		missing      bool
	}{
		"default view":          {"GET", "", &page{}, policy{"view"}, true, false},
		"denied":                {"GET", "", &page{}, policy{"edit"}, false, false},
		"by its type":           {"GET", "", &folder{}, policy{"view"}, false, false},
		"by a predicate":        {"POST", "", &page{}, policy{"view"}, false, false},
		"without a permission":  {"GET", "open", &page{}, policy{}, true, false},
		"the predicate holds":   {"GET", "chosen", &page{}, policy{"edit"}, true, false},
		"the predicate fails":   {"GET", "chosen", &page{}, policy{}, false, false},
		"no view of that name":  {"GET", "nothing", &page{}, policy{"view"}, false, true},
		"none for this method":  {"GET", "posted", &page{}, policy{"edit"}, false, true},
		"only one with a route": {"GET", "routed", &page{}, policy{"view"}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := request(reg, tt.as, "another resource", "", httptest.NewRequest(tt.method, "/", nil))
			decision, err := views.Permitted(r, traversal.NewNode(tt.res), tt.view)
			assert.Equal(t, tt.allowed, decision.Allowed)
			if tt.missing {
				missing := new(views.NoViewError)
				require.ErrorAs(t, err, &missing)
				return
			}
			require.NoError(t, err)
		})
	}
	assert.False(t, ran)
}

func TestRenderViewIfPermitted(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("secret"), views.Name("part"), views.IfPermitted("edit"))
	})
	for name, tt := range map[string]struct {
		as      policy
		options []views.RenderOption
		status  int
	}{
		"permitted":  {policy{"edit"}, nil, 200},
		"denied":     {policy{}, nil, http.StatusForbidden},
		"permissive": {policy{}, []views.RenderOption{views.Permissive()}, http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request(reg, tt.as, &page{}, "", nil)
			resp, err := views.RenderView(r, traversal.NewNode(&page{}), "part", tt.options...)
			if tt.status != 200 {
				status, _ := web.StatusOf(err)
				assert.Equal(t, tt.status, status)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, "secret", text(t, resp))
		})
	}
}
