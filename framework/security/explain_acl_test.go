package security_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// listed decides by access lists; the user is the header X-User.
type listed struct{}

func (listed) Identity(r *web.Request) (any, error) {
	if user := r.Request.Header.Get("X-User"); user != "" {
		return user, nil
	}
	return nil, nil
}

func (listed) Principals(r *web.Request) ([]string, error) {
	user := r.Request.Header.Get("X-User")
	if user == "" {
		return []string{web.Everyone}, nil
	}
	return []string{web.Everyone, web.Authenticated, user}, nil
}

func (p listed) Permits(r *web.Request, at traversal.Node, permission string) (web.Decision, error) {
	principals, _ := p.Principals(r)
	d, err := acl.Permits(r.Context(), r.Application().Traverser, at, permission, principals)
	return web.Decision{Allowed: d.Allowed, At: d.At, Detail: d}, err
}

// section is a folder with an access list.
type section struct {
	traversal.Map
	list acl.List
}

func (s *section) ACL(context.Context) (acl.List, error) { return s.list, nil }

// An explanation shows the entry that decided, and whom it was about.
func TestExplainShowsTheDecidingEntry(t *testing.T) {
	t.Parallel()
	tree := &section{traversal.Map{"a": &section{traversal.Map{"b": traversal.Map{}}, acl.List{
		acl.Allow("alice", "view", "edit"), acl.Deny(acl.Everyone, "view", "edit", "pass"),
	}}}, acl.List{acl.Allow(acl.Everyone, acl.AllPermissions)}}
	config := framework.New(framework.Options{Root: frameworktest.Root(tree), Security: listed{}, TraversePermission: "pass"})
	say := func(r *framework.Request) (*framework.Response, error) { return r.Text("yes"), nil }
	config.AddView(views.Func(say), views.Permission("view"))
	config.AddView(views.Func(say), views.Name("edit"), views.IfPermitted("edit"))
	app := frameworktest.New(t, config)
	explained := func(path, user string) (text string, data map[string]any) {
		hr := httptest.NewRequest("GET", path, nil)
		hr.Header.Set("X-User", user)
		e := app.Explain(hr)
		written, err := json.Marshal(e)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(written, &data))
		return e.String(), data
	}

	text, data := explained("/a", "bob")
	assert.Contains(t, text, `permission "view": denied by entry 2 of /a: deny system.Everyone view,edit,pass`)
	assert.Contains(t, text, `stopped at views: default view for any resource: permission "view" denied by entry 2 of /a: `)
	assert.Contains(t, text, "    user: \"bob\"\n    principals: system.Everyone, system.Authenticated, bob\n")
	decision := data["views"].([]any)[0].(map[string]any)["decision"]
	assert.Equal(t, map[string]any{
		"allowed": false, "at": "/a (*security_test.section)", "position": 2.0, "entry": "deny system.Everyone view,edit,pass",
		"reason":  "denied by entry 2 of /a: deny system.Everyone view,edit,pass",
		"lineage": []any{"/a (*security_test.section)", "/ (*security_test.section)"},
	}, decision)
	assert.Equal(t, []any{"system.Everyone", "system.Authenticated", "bob"}, data["principals"])

	text, _ = explained("/a", "alice")
	assert.Contains(t, text, `permission "view": allowed by entry 1 of /a: allow alice view,edit`)
	text, _ = explained("/", "bob")
	assert.Contains(t, text, `permission "view": allowed by entry 1 of /: allow system.Everyone *`)

	text, data = explained("/a/@@edit", "bob")
	assert.Contains(t, text, `predicate: permission "edit": denied by entry 2 of /a`)
	assert.Equal(t, 403.0, data["outcome"].(map[string]any)["status"])
	text, _ = explained("/a/@@edit", "alice")
	assert.Contains(t, text, `predicate: permission "edit": allowed by entry 1 of /a`)

	text, data = explained("/a/b", "alice")
	assert.Contains(t, text, `stopped: permission "pass": denied by entry 2 of /a`)
	assert.Equal(t, "pass", data["walk"].(map[string]any)["permission"])
	assert.Contains(t, text, `principals: system.Everyone, system.Authenticated, alice`)
}
