package security_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// Wiki is a tree of one resource.
type Wiki struct{}

// ACL lets everyone read, and editors write.
func (Wiki) ACL(context.Context) (acl.List, error) {
	return acl.List{acl.Allow(acl.Everyone, "view"), acl.Allow("group:editors", "edit")}, nil
}

// A policy in three lines: the user is in a signed cookie, the groups in a map, and what a group may
// do in the access lists of the tree.
func Example() {
	policy := security.New(security.Options{
		Identify: security.Tickets(security.TicketOptions{Secrets: []string{"32 random bytes, from a setting."}}),
		Principals: func(_ *web.Request, user string) ([]string, error) {
			return map[string][]string{"alice": {"group:editors"}}[user], nil
		},
	})
	config := framework.New(framework.Options{
		Root:     func(*framework.Request) (traversal.Resource, error) { return Wiki{}, nil },
		Security: policy, DefaultPermission: "view",
	})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		user, err := r.UserID()
		return r.Text("Hello " + user), err
	}))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.Text("Edit it"), nil
	}), views.Name("edit"), views.Permission("edit"))
	config.AddForbiddenView(views.Func(security.RedirectToLogin("/login")))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, user := range []string{"", "bob", "alice"} {
		for _, path := range []string{"/", "/edit"} {
			hr, err := app.ActAs(httptest.NewRequest("GET", path, nil), user)
			if err != nil {
				fmt.Println(err)
				return
			}
			w := httptest.NewRecorder()
			app.ServeHTTP(w, hr)
			fmt.Println(strings.TrimSpace(fmt.Sprint(w.Code, " ", path, " ", w.Header().Get("Location"))))
		}
	}
	// Output:
	// 200 /
	// 303 /edit /login?next=%2Fedit
	// 200 /
	// 403 /edit
	// 200 /
	// 200 /edit
}

// People have a session, programs a token, and only below /api.
func ExampleBelow() {
	token, hash := security.NewToken()
	robots := map[string]security.User{hash: {ID: "robot", Principals: []string{"scope:read"}}} // a table
	identify := security.Below("/api",
		security.Bearer("api", func(_ *web.Request, hash string) (security.User, error) { return robots[hash], nil }),
		security.Session())

	hr := httptest.NewRequest("GET", "/api/pages", nil)
	hr.Header.Set("Authorization", "Bearer "+token)
	user, err := identify.Identify(web.Begin(nil, hr))
	fmt.Println(user.ID, user.Scheme, err)

	hr.Header.Set("Authorization", "Bearer guess")
	challenges, err := identify.(web.Challenger).Challenges(web.Begin(nil, hr))
	fmt.Println(challenges, err)
	// Output:
	// robot bearer <nil>
	// [Bearer realm="api", error="invalid_token", error_description="the token is unknown, expired or revoked"] <nil>
}

// The user as the application knows them.
func ExampleIdentity() {
	type Member struct{ Name string }
	members := map[string]*Member{"alice": {Name: "Alice Liddell"}}
	policy := security.New(security.Options{
		Identify: security.APIKey("X-API-Key", func(*web.Request, string) (security.User, error) {
			return security.User{ID: "alice"}, nil
		}),
		Load: func(_ *web.Request, user security.User) (any, error) { return members[user.ID], nil },
	})
	hr := httptest.NewRequest("GET", "/", nil)
	hr.Header.Set("X-API-Key", "a key")
	r := web.Begin(&web.Application{Security: policy}, hr)

	member, ok, err := security.Identity[*Member](r)
	fmt.Println(member.Name, ok, err)
	// Output: Alice Liddell true <nil>
}

func ExampleSafeNext() {
	r := web.Begin(nil, httptest.NewRequest(http.MethodPost, "https://example.com/login", nil))
	for _, next := range []string{"/wiki/Front?tab=2", "https://example.com/wiki", "https://example.org/wiki", "//example.org", `/\example.org`} {
		fmt.Println(security.SafeNext(r, next))
	}
	// Output:
	// /wiki/Front?tab=2
	// /wiki
	// /
	// /
	// /
}
