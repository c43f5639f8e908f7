package views_test

import (
	"fmt"
	"net/http/httptest"
	"slices"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// editors is a security policy: the user is a header, and those on the list may edit.
type editors []string

func (editors) Identity(r *web.Request) (any, error) { return r.Request.Header.Get("X-User"), nil }

func (e editors) Permits(r *web.Request, _ traversal.Node, _ string) (web.Decision, error) {
	return web.Decision{Allowed: slices.Contains(e, r.Request.Header.Get("X-User"))}, nil
}

// One address shows editors another page than readers. What only editors may do is denied to others.
func ExampleIfPermitted() {
	say := func(text string) views.View {
		return views.Func(func(r *web.Request) (*web.Response, error) { return r.Text(text), nil })
	}
	c := registry.New(registry.Options{})
	registry.AddComponent[web.SecurityPolicy](c, editors{"alice"})
	views.Add(c, say("a page with buttons"), views.IfPermitted("edit"))
	views.Add(c, say("a page"))
	views.Add(c, say("saved"), views.IfPermitted("edit"), views.Name("save"))
	reg, err := c.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"", "save"} {
		for _, user := range []string{"alice", "bob"} {
			hr := httptest.NewRequest("GET", "/", nil)
			hr.Header.Set("X-User", user)
			r := web.Begin(&web.Application{Registry: reg, Security: editors{"alice"}}, hr)
			resp, err := views.TableOf(reg).Call(r.WithNode(traversal.NewNode(&Article{}), name))
			if err != nil {
				fmt.Printf("%s %q: %v\n", user, name, err)
				continue
			}
			body, _ := resp.Body()
			fmt.Printf("%s %q: %s\n", user, name, body)
		}
	}
	// Output:
	// alice "": a page with buttons
	// bob "": a page
	// alice "save": saved
	// bob "save": 403 Forbidden: view "save" for any resource [permitted="edit"]: permission "edit" denied
}
