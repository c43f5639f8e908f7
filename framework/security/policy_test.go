package security_test

import (
	"context"
	"errors"
	"iter"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// named identifies by the header X-User, which any client may send.
func named(scheme string) security.Identifier {
	return security.Func(func(r *web.Request) (security.User, error) {
		return security.User{ID: r.Request.Header.Get("X-User"), Scheme: scheme, Credentials: scheme}, nil
	})
}

type member struct{ name string }

func begin(p web.SecurityPolicy, header ...string) *web.Request {
	return web.Begin(&web.Application{Security: p}, request(header...))
}

func TestIdentityIsReadOncePerRequest(t *testing.T) {
	t.Parallel()
	identified, loaded, grouped := 0, 0, 0
	p := security.New(security.Options{
		Identify: security.Func(func(r *web.Request) (security.User, error) {
			identified++
			return named("test").Identify(r)
		}),
		Load: func(_ *web.Request, u security.User) (any, error) {
			loaded++
			return &member{u.ID}, nil
		},
		Principals: func(r *web.Request, id string) ([]string, error) {
			grouped++
			m, ok, err := security.Identity[*member](r)
			require.True(t, ok)
			return []string{"group:of-" + m.name, "group:" + id}, err
		},
	})
	r := begin(p, "X-User", "alice")
	for range 2 {
		m, ok, err := security.Identity[*member](r)
		require.NoError(t, err)
		assert.True(t, ok)
		assert.Equal(t, &member{"alice"}, m)
		id, err := r.UserID()
		require.NoError(t, err)
		assert.Equal(t, "alice", id)
		known, err := r.IsAuthenticated()
		require.NoError(t, err)
		assert.True(t, known)
		principals, err := r.Principals()
		require.NoError(t, err)
		assert.Equal(t, []string{web.Everyone, web.Authenticated, "alice", "group:of-alice", "group:alice"}, principals)
	}
	assert.Equal(t, [3]int{1, 1, 1}, [3]int{identified, loaded, grouped})
}

func TestAnonymous(t *testing.T) {
	t.Parallel()
	var nobody *member
	for name, p := range map[string]*security.Policy{
		"no credentials": security.New(security.Options{Identify: security.FirstOf(named("a"), named("b"))}),
		"more than an id": security.New(security.Options{Identify: security.Func(func(*web.Request) (security.User, error) {
			return security.User{Scheme: "x", Principals: []string{"group:admins"}}, nil
		})}),
		"no such user": security.New(security.Options{Identify: constant("alice"), Load: func(*web.Request, security.User) (any, error) {
			return nil, nil
		}}),
		"no such member": security.New(security.Options{Identify: constant("alice"), Load: func(*web.Request, security.User) (any, error) {
			return nobody, nil
		}}),
	} {
		r := begin(p)
		identity, err := r.Identity()
		require.NoError(t, err, name)
		assert.Nil(t, identity, name)
		_, ok, err := security.Identity[*member](r)
		require.NoError(t, err, name)
		assert.False(t, ok, name)
		known, err := r.IsAuthenticated()
		require.NoError(t, err, name)
		assert.False(t, known, name)
		principals, err := r.Principals()
		require.NoError(t, err, name)
		assert.Equal(t, []string{web.Everyone}, principals, name)
	}
}

func constant(user string) security.Identifier {
	return security.Func(func(*web.Request) (security.User, error) { return security.User{ID: user}, nil })
}

func TestIdentityWithoutLoad(t *testing.T) {
	t.Parallel()
	r := begin(security.New(security.Options{Identify: named("test"), UserPrefix: "user:"}), "X-User", "alice")
	user, ok, err := security.Identity[*security.User](r)
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, &security.User{ID: "alice", Scheme: "test", Credentials: "test"}, user)
	principals, err := r.Principals()
	require.NoError(t, err)
	assert.Equal(t, []string{web.Everyone, web.Authenticated, "user:alice"}, principals)

	_, ok, err = security.Identity[*member](r)
	assert.False(t, ok)
	assert.EqualError(t, err, "the identity is a *security.User, not a *security_test.member: ask for the type that Options.Load of the security policy returns")
}

// Whoever chooses the name of a group as user id is not in the group.
func TestUserPrefixKeepsUsersApartFromGroups(t *testing.T) {
	t.Parallel()
	r := begin(security.New(security.Options{Identify: named("test"), UserPrefix: "user:"}), "X-User", "group:admins")
	principals, err := r.Principals()
	require.NoError(t, err)
	assert.NotContains(t, principals, "group:admins")
}

func TestErrorsOfThePolicy(t *testing.T) {
	t.Parallel()
	down := errors.New("the database is down")
	for name, o := range map[string]security.Options{
		"identify": {Identify: security.Func(func(*web.Request) (security.User, error) { return security.User{}, down })},
		"load":     {Identify: constant("alice"), Load: func(*web.Request, security.User) (any, error) { return &member{}, down }},
		"first of": {Identify: security.FirstOf(security.Func(func(*web.Request) (security.User, error) { return security.User{ID: "eve"}, down }), constant("alice"))},
		"principals": {Identify: constant("alice"), Principals: func(*web.Request, string) ([]string, error) {
			return []string{"group:admins"}, down
		}},
	} {
		o.Authorize = security.AnyUser
		resp, body := newBrowser(t, build(t, configure(framework.Options{Security: security.New(o)}))).send("GET", "/private", "")
		assert.Equal(t, 500, resp.StatusCode, name)
		assert.NotContains(t, body, "private", name)
	}
}

// folder is a resource with an access list.
type folder struct {
	list  acl.List
	below map[string]traversal.Resource
}

func (f *folder) ACL(context.Context) (acl.List, error) { return f.list, nil }

func (f *folder) Child(_ context.Context, name string) (traversal.Resource, error) {
	if child, ok := f.below[name]; ok {
		return child, nil
	}
	return nil, traversal.ErrNotFound
}

func (f *folder) Children(context.Context) iter.Seq2[traversal.Entry, error] {
	return func(yield func(traversal.Entry, error) bool) {
		for _, name := range slices.Sorted(maps.Keys(f.below)) {
			if !yield(traversal.Entry{Name: name, Resource: f.below[name]}, nil) {
				return
			}
		}
	}
}

func TestACL(t *testing.T) {
	t.Parallel()
	root := &folder{
		list: acl.List{acl.Allow(acl.Authenticated, "view"), acl.Allow("group:editors", "edit")},
		below: map[string]traversal.Resource{
			"secret": &folder{list: acl.List{acl.Allow("alice", acl.AllPermissions), acl.DenyAll}},
			"open":   &folder{},
		},
	}
	config := framework.New(framework.Options{
		Root: func(*framework.Request) (traversal.Resource, error) { return root, nil },
		Security: security.New(security.Options{Identify: named("test"), Principals: func(_ *web.Request, id string) ([]string, error) {
			return map[string][]string{"bob": {"group:editors"}}[id], nil
		}}),
	})
	var last web.Decision
	for _, permission := range []string{"view", "edit"} {
		config.AddView(views.Func(func(r *framework.Request) (_ *framework.Response, err error) {
			last, err = r.Permits(permission)
			text := ""
			for child, err := range security.Children(r, r.Node(), permission) {
				require.NoError(t, err)
				text += child.Name() + " "
			}
			return r.Text(text), err
		}), views.Name(permission), views.Permission(permission))
	}
	config.AddErrorView(views.Error(func(r *framework.Request, err *views.DeniedError) (*framework.Response, error) {
		last = err.Decision
		resp := r.Text("")
		resp.SetStatus(403)
		return resp, nil
	}))
	app := build(t, config)
	for _, tc := range []struct {
		user, path string
		status     int
		reason     string
		body       string
	}{
		{"alice", "/view", 200, `allowed by entry 1 of /: allow system.Authenticated view`, "open secret "},
		{"bob", "/view", 200, `allowed by entry 1 of /: allow system.Authenticated view`, "open "},
		{"bob", "/edit", 200, `allowed by entry 2 of /: allow group:editors edit`, "open "},
		{"", "/view", 403, `denied: no entry of / or a resource above it matches`, ""},
		{"alice", "/secret/edit", 200, `allowed by entry 1 of /secret: allow alice *`, ""},
		{"bob", "/secret/view", 403, `denied by entry 2 of /secret: deny system.Everyone *`, ""},
		{"alice", "/open/edit", 403, `denied: no entry of /open or a resource above it matches`, ""},
	} {
		b := newBrowser(t, app)
		b.before = func(hr *http.Request) { hr.Header.Set("X-User", tc.user) }
		resp, body := b.send("GET", tc.path, "")
		assert.Equal(t, tc.status, resp.StatusCode, "%s %s", tc.user, tc.path)
		assert.Equal(t, tc.reason, last.Why(), "%s %s", tc.user, tc.path)
		assert.Empty(t, last.Reason, "the sentence is made when it is read")
		assert.IsType(t, acl.Decision{}, last.Detail)
		if tc.status == 200 {
			assert.Equal(t, tc.body, body, "%s %s", tc.user, tc.path)
		}
	}
}

// almost is a resource whose list no decision reads.
type almost struct{}

func (almost) ACL() acl.List { return acl.List{acl.DenyAll} }

func TestMethodsThatAreNoAccessListsAreWarnings(t *testing.T) {
	t.Parallel()
	for want, authorize := range map[int]security.Authorizer{1: nil, 0: security.AnyUser} {
		config := framework.New(framework.Options{Security: security.New(security.Options{Identify: named("test"), Authorize: authorize})})
		config.AddView(views.On(func(r *framework.Request, _ almost) (*framework.Response, error) { return r.Text(""), nil }))
		warnings := 0
		for _, w := range build(t, config).Registry().Warnings() {
			if strings.Contains(w.Text, "its method ACL() acl.List is not called") {
				warnings++
			}
		}
		assert.Equal(t, want, warnings)
	}
}

func TestActAs(t *testing.T) {
	t.Parallel()
	app := application(t, security.FirstOf(security.Session(), tickets(secret)))
	for _, user := range []string{"alice", ""} {
		hr, err := app.ActAs(request(), user)
		require.NoError(t, err)
		b := newBrowser(t, app)
		b.before = func(sent *http.Request) { *sent = *sent.WithContext(hr.Context()) }
		assert.Equal(t, user, b.get("/"))
	}
	own := application(t, security.FirstOf(tickets(secret), acting{constant("nobody")}))
	hr, err := own.ActAs(request(), "alice")
	require.NoError(t, err)
	assert.Equal(t, "alice", hr.Header.Get("X-Acting"), "an identifier that can does it")
}

// acting is an Identifier with a method ActAs.
type acting struct{ security.Identifier }

func (acting) ActAs(hr *http.Request, user string) (*http.Request, error) {
	hr.Header.Set("X-Acting", user)
	return hr, nil
}

func TestMistakesOfThePolicy(t *testing.T) {
	t.Parallel()
	for want, of := range map[string]security.Identifier{
		"Options.Identify is nil: want for example security.Session()":                 nil,
		"security.FirstOf: want at least one identifier":                               security.FirstOf(),
		"an identifier is nil":                                                         security.FirstOf(security.Session(), nil),
		"security.Tickets: no Secrets":                                                 security.FirstOf(security.Session(), tickets()),
		`security.Below("/"): want a path such as /api`:                                security.Below("/", nil, nil),
		`security.Below("/%zz"): path "/%zz": invalid escape "%zz"`:                    security.Below("/%zz", nil, nil),
		"security.Basic: the realm is empty":                                           security.ByRoute(map[string]security.Identifier{"api": security.Basic("", noPassword)}, nil),
		"security.Basic: the function is nil":                                          security.Basic("wiki", nil),
		`security.Basic: invalid realm "a\nb"`:                                         security.Basic("a\nb", noPassword),
		"security.Bearer: the lookup is nil":                                           security.Bearer("api", nil),
		"security.BearerToken: the function is nil":                                    security.BearerToken("api", nil),
		"security.APIKey: the lookup is nil":                                           security.APIKey("X-API-Key", nil),
		`security.APIKey: invalid header name "X API": want for example X-API-Key`:     security.APIKey("X API", noToken),
		"security.Certificate: the function is nil":                                    security.Below("/a", security.Certificate(nil), nil),
		`security.ProxyHeader: invalid header name "": want for example X-Remote-User`: security.ProxyHeader(""),
	} {
		p := security.New(security.Options{Identify: of})
		_, err := configure(framework.Options{Security: p}).App()
		require.ErrorContains(t, err, want, want)
		require.ErrorContains(t, err, "set security policy: security.New: ")
		r := begin(p)
		_, err = r.Identity()
		require.ErrorIs(t, err, p.Err(), "a policy with a mistake never lets anybody in")
		_, err = r.Permits("view")
		require.ErrorIs(t, err, p.Err())
		require.ErrorIs(t, r.Remember("alice"), p.Err())
		require.ErrorIs(t, r.Forget(), p.Err())
		_, err = p.Challenges(r)
		require.ErrorIs(t, err, p.Err())
		_, err = p.ActAs(request(), "alice")
		require.ErrorIs(t, err, p.Err())
	}
}

func noPassword(context.Context, string, string) (bool, error) { return false, nil }
func noToken(*web.Request, string) (security.User, error)      { return security.User{}, nil }

// A request with a token needs no protection against forgery. One with a cookie does, even if it has
// a token that does not count.
func TestSentByProgram(t *testing.T) {
	t.Parallel()
	token, hash := security.NewToken()
	policy := security.New(security.Options{
		Identify: security.FirstOf(security.Bearer("api", func(_ *web.Request, h string) (security.User, error) {
			return map[string]security.User{hash: {ID: "robot"}}[h], nil
		}), tickets(secret)),
		Load:      func(_ *web.Request, u security.User) (any, error) { return &member{u.ID}, nil },
		Authorize: security.AnyUser,
	})
	config := configure(framework.Options{
		Security: policy, Sessions: newSessions(t, new(session.Memory)), CSRF: security.NewCSRF(security.CSRFOptions{Skip: policy.SentByProgram}),
	})
	app := build(t, config)
	for name, tc := range map[string]struct {
		login  bool
		header string
		want   int
	}{
		"token": {false, "Bearer " + token, 200}, "token and cookie": {true, "Bearer " + token, 200},
		"cookie": {true, "", 400}, "cookie and a wrong token": {true, "Bearer x", 400},
	} {
		b := newBrowser(t, app)
		if tc.login {
			b.get("/login?user=alice")
		}
		b.before = func(hr *http.Request) {
			hr.Header.Set("Origin", "https://example.com")
			if tc.header != "" {
				hr.Header.Set("Authorization", tc.header)
			}
		}
		resp, _ := b.send("POST", "/private", "a=b")
		assert.Equal(t, tc.want, resp.StatusCode, name)
	}
	user, err := policy.User(begin(policy))
	require.NoError(t, err)
	assert.Empty(t, user)
}
