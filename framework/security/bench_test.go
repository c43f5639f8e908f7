package security_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/views"
)

// BenchmarkRequest compares a GET request at depth 5 without users to the same with a user and access
// lists.
func BenchmarkRequest(b *testing.B) {
	var root traversal.Resource = &folder{}
	for range 5 {
		root = &folder{list: acl.List{acl.Allow("group:editors", "edit")}, below: map[string]traversal.Resource{"a": root}}
	}
	root.(*folder).list = acl.List{acl.Allow("alice", "view")}
	for name, of := range map[string]security.Identifier{"hello": nil, "session": security.Session(), "ticket": tickets(secret)} {
		b.Run(name, func(b *testing.B) {
			sessions, err := session.New(session.Options{Secrets: []string{secret}})
			require.NoError(b, err)
			o := framework.Options{Root: func(*framework.Request) (traversal.Resource, error) { return root, nil }, Sessions: sessions}
			options := []views.Option{views.NoPermission()}
			if of != nil {
				o.Security, options = security.New(security.Options{Identify: of}), []views.Option{views.Permission("view")}
			}
			config := framework.New(o)
			config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("hello"), nil }), options...)
			config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
				return r.Empty(http.StatusNoContent), r.Remember("alice")
			}), views.Name("login"))
			app, err := config.App()
			require.NoError(b, err)
			hr := httptest.NewRequest("GET", "https://example.com/a/a/a/a/a", nil)
			if of != nil {
				w := httptest.NewRecorder()
				app.ServeHTTP(w, httptest.NewRequest("GET", "https://example.com/login", nil))
				for _, c := range w.Result().Cookies() {
					hr.AddCookie(c)
				}
			}
			w := httptest.NewRecorder()
			app.ServeHTTP(w, hr)
			require.Equal(b, 200, w.Code)
			b.ReportAllocs()
			for b.Loop() {
				app.ServeHTTP(httptest.NewRecorder(), hr)
			}
		})
	}
}
