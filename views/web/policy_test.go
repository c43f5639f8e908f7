package web_test

import (
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// headerPolicy takes the user from the header X-User; "owner" may do everything.
type headerPolicy struct{ calls *int }

func (p headerPolicy) Identity(r *web.Request) (any, error) {
	*p.calls++
	switch name := r.Header.Get("X-User"); name {
	case "":
		return nil, nil
	case "broken":
		return nil, errBroken
	case "struct":
		return user{"s"}, nil
	case "opaque":
		return 7, nil
	default:
		return name, nil
	}
}

func (p headerPolicy) Permits(r *web.Request, at traversal.Node, permission string) (web.Decision, error) {
	id, err := r.UserID()
	if err != nil {
		return web.Decision{}, err
	}
	if id == "owner" {
		return web.Allow(permission + " at " + at.String()), nil
	}
	return web.Deny(permission), nil
}

type user struct{ id string }

func (u user) UserID() string { return u.id }

// namingPolicy has user ids and principals of its own.
type namingPolicy struct{ headerPolicy }

func (p namingPolicy) UserID(r *web.Request) (string, error) {
	identity, err := r.Identity()
	if s, ok := identity.(string); ok {
		return "id:" + s, err
	}
	return "", err
}

func (p namingPolicy) Principals(r *web.Request) ([]string, error) {
	id, err := r.UserID()
	return []string{web.Everyone, id}, err
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		user     string
		identity any
		id, own  string
		known    bool
	}{
		{"", nil, "", "", false},
		{"ann", "ann", "ann", "id:ann", true},
		{"struct", user{"s"}, "s", "", true},
		{"opaque", 7, "", "", true},
	} {
		t.Run(tc.user, func(t *testing.T) {
			t.Parallel()
			calls := 0
			r := beginIn(&web.Application{Security: headerPolicy{&calls}}, "GET", "/", "", "X-User", tc.user)
			for _, c := range []*web.Request{r, r.WithContext(t.Context())} {
				identity, err := c.Identity()
				require.NoError(t, err)
				assert.Equal(t, tc.identity, identity)
				id, err := c.UserID()
				require.NoError(t, err)
				assert.Equal(t, tc.id, id)
				known, err := c.IsAuthenticated()
				require.NoError(t, err)
				assert.Equal(t, tc.known, known)
			}
			assert.Equal(t, 1, calls)
			principals, err := r.Principals()
			require.NoError(t, err)
			assert.Equal(t, []string{web.Everyone}, principals)

			r = beginIn(&web.Application{Security: namingPolicy{headerPolicy{&calls}}}, "GET", "/", "", "X-User", tc.user)
			known, err := r.IsAuthenticated()
			require.NoError(t, err)
			assert.Equal(t, tc.own != "", known)
			principals, err = r.Principals()
			require.NoError(t, err)
			assert.Equal(t, []string{web.Everyone, tc.own}, principals)
		})
	}
}

func TestIdentityErrors(t *testing.T) {
	t.Parallel()
	calls := 0
	r := beginIn(&web.Application{Security: headerPolicy{&calls}}, "GET", "/", "", "X-User", "broken")
	_, err := r.Identity()
	require.ErrorIs(t, err, errBroken)
	_, err = r.UserID()
	require.ErrorIs(t, err, errBroken)
	known, err := r.IsAuthenticated()
	require.ErrorIs(t, err, errBroken)
	assert.False(t, known)
	_, err = r.Permits("view")
	require.ErrorIs(t, err, errBroken)
	assert.Equal(t, 1, calls)
}

func TestPermits(t *testing.T) {
	t.Parallel()
	calls := 0
	r := beginIn(&web.Application{Security: headerPolicy{&calls}}, "GET", "/", "", "X-User", "owner")
	require.NoError(t, (*traversal.Traverser)(nil).Walk(t.Context(), traversal.Map{}, traversal.Path{}, r.Result()))
	d, err := r.Permits("edit")
	require.NoError(t, err)
	assert.Equal(t, "edit at / (traversal.Map)", d.Reason)
	can, err := r.Can("edit")
	require.NoError(t, err)
	assert.True(t, can)
	d, err = r.Permits("edit", r.Node().At("x", 7))
	require.NoError(t, err)
	assert.Equal(t, "edit at /x (int)", d.Reason)
}

// Whatever shows a decision to a client leaves out the reason.
func TestDecisionKeepsItsReason(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		d          web.Decision
		json, text string
	}{
		{web.Allow("secret"), "true", "allowed"},
		{web.Deny("secret"), "false", "denied"},
		{web.Decision{}, "false", "denied"},
	} {
		assert.Equal(t, tc.text, tc.d.String())
		for _, verb := range []string{"%v", "%+v", "%s"} {
			assert.Equal(t, tc.text, fmt.Sprintf(verb, tc.d))
			assert.Equal(t, "["+tc.text+"]", fmt.Sprintf(verb, []any{tc.d}))
		}
		text, err := json.Marshal(map[string]any{"may": tc.d, "all": []*web.Decision{&tc.d}})
		require.NoError(t, err)
		assert.JSONEq(t, `{"may": `+tc.json+`, "all": [`+tc.json+`]}`, string(text))
		var page strings.Builder
		require.NoError(t, template.Must(template.New("").Parse("{{.}}<script>x = {{.}}</script>")).Execute(&page, tc.d))
		assert.Equal(t, tc.text+"<script>x =  "+tc.json+" </script>", page.String())
	}
}

// sentence is a decision of a policy, which makes its reason when it is read.
type sentence struct{ made *int }

func (s sentence) Reason() string {
	*s.made++
	return "a rule said so"
}

func TestDecisionMakesItsReasonWhenItIsRead(t *testing.T) {
	t.Parallel()
	made := 0
	d := web.Decision{Detail: sentence{&made}}
	assert.Equal(t, "denied", d.String())
	assert.Zero(t, made)
	assert.Equal(t, "a rule said so", d.Why())
	d.Reason = "its own"
	assert.Equal(t, "its own", d.Why())
	assert.Equal(t, 1, made)
	assert.Empty(t, web.Decision{}.Why())
}

func TestWithoutAPolicy(t *testing.T) {
	t.Parallel()
	r := get("/")
	identity, err := r.Identity()
	require.NoError(t, err)
	assert.Nil(t, identity)
	id, err := r.UserID()
	require.NoError(t, err)
	assert.Empty(t, id)
	known, err := r.IsAuthenticated()
	require.NoError(t, err)
	assert.False(t, known)
	d, err := r.Permits("anything")
	require.ErrorContains(t, err, `permission "anything": the application has no security policy`)
	assert.False(t, d.Allowed, "a forgotten policy opens nothing")
	principals, err := r.Principals()
	require.NoError(t, err)
	assert.Equal(t, []string{web.Everyone}, principals)
}
