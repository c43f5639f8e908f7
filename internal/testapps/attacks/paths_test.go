package attacks_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/views"
)

const secret = "SECRET"

// world is a tree that everyone may read, but for what is below /a: editors alone, and of the
// anonymous and bob nobody.
const world = `
	alice: group:editors
	bob:

	/
	  allow system.Everyone view
	/a
	  allow group:editors *
	  deny system.Everyone *
	/a/b
	/public
`

func configure(t frameworktest.T, o framework.Options) *framework.Configurator {
	access := frameworktest.NewAccess(t, world)
	o.Root, o.Security, o.Logger = access.Root(), access, new(frameworktest.Log).Logger()
	config := framework.New(o)
	show := func(r *framework.Request, p *frameworktest.Place) (*framework.Response, error) {
		if strings.HasPrefix(p.Path, "/a") {
			return r.Text(secret), nil
		}
		return r.Text("public"), nil
	}
	config.AddView(views.On(show), views.Permission("view"))
	config.AddView(views.On(show), views.Name("edit"), views.Permission("edit"), views.Method("GET", "POST"))
	config.AddView(views.On(show), views.Name("files"), views.Permission("view"), views.Subpath(true))
	config.AddRoute("admin", "/admin/{id}", routes.Root(access.Root()), routes.Traverse("/a/b"))
	config.AddView(views.On(show), views.Route("admin"), views.Permission("view"))
	return config
}

func app(t frameworktest.T, o framework.Options) *frameworktest.App {
	t.Helper()
	return frameworktest.New(t, configure(t, o))
}

// Defence: a path is split once, while it is escaped, and each name is decoded once. However a client
// spells the path to a resource, it is that resource, and its lists decide.
func TestEncodedPathsAreTheSameResource(t *testing.T) {
	t.Parallel()
	app(t, framework.Options{}).Transcript(`
		alice GET /a/b/edit         -> 200 "SECRET"
		GET /public                 -> 200 "public"

		bob GET /a/b/edit           -> 403, denied by entry 2 of /a
		bob GET /%61/b/edit         -> 403, denied by entry 2 of /a
		bob GET /a/%62/%65dit       -> 403, denied by entry 2 of /a
		bob GET /a/b/%65%64%69%74   -> 403, denied by entry 2 of /a
		bob GET /a/b/edit/          -> 403, denied by entry 2 of /a
		bob GET /a/b/edit?x=/public -> 403, denied by entry 2 of /a
		bob GET /a/b                -> 403, denied by entry 2 of /a
		bob GET /a/b/               -> 403, denied by entry 2 of /a
		bob GET /%2561/b/edit       -> 404   # decoded once
		bob GET /a%2Fb/edit         -> 404   # a name with a slash, which nothing has
		bob GET /a%5Cb/edit         -> 404
		bob GET /A/B/edit           -> 404   # another name
		bob GET /a/b;x/edit         -> 404   # parameters are part of a name
		bob GET /a/b/edit%00        -> 400
		bob GET /a/b%00/edit        -> 400
		bob GET /a/%c0%ae%c0%ae/a   -> 400   # an overlong encoding is no UTF-8
		bob GET /a/b/edit%20        -> 404
	`)
}

// Defence: dot segments and empty ones are resolved before the walk, in whatever spelling, and never
// lead above the root.
func TestDotSegmentsLeadNowhereElse(t *testing.T) {
	t.Parallel()
	app(t, framework.Options{}).Transcript(`
		bob GET /public/../a/b/edit         -> 403, denied by entry 2 of /a
		bob GET /public/%2e%2e/a/b/edit     -> 403, denied by entry 2 of /a
		bob GET /public/.%2E/a/b/edit       -> 403, denied by entry 2 of /a
		bob GET /./a/./b/edit               -> 403, denied by entry 2 of /a
		bob GET //a//b//edit                -> 403, denied by entry 2 of /a
		bob GET /a/b/x/../edit              -> 403, denied by entry 2 of /a
		bob GET /../../a/b/edit             -> 403, denied by entry 2 of /a
		bob GET /a/b/edit/..                -> 403, denied by entry 2 of /a
		bob GET /a/b/edit/.                 -> 403, denied by entry 2 of /a
		bob GET /public/files/../../a/b     -> 403, denied by entry 2 of /a
		bob GET /a/..                       -> 200 "public"
		bob GET /public/..%2Fa/b/edit       -> 404   # one name
		bob GET /public/%2e%2e%2fa/b/edit   -> 404
		bob GET /public/.../a               -> 404
	`)
}

// Defence: @@ says that a name is a view; the view and its permission are the same.
func TestViewSelectorsKeepThePermission(t *testing.T) {
	t.Parallel()
	app(t, framework.Options{}).Transcript(`
		alice GET /a/b/@@edit     -> 200 "SECRET"
		bob GET /a/b/@@edit       -> 403, denied by entry 2 of /a
		bob GET /a/b/%40%40edit   -> 403, denied by entry 2 of /a
		bob GET /a/b/@%40edit     -> 403, denied by entry 2 of /a
		bob GET /@@edit/a/b       -> 404   # the rest is a subpath
		bob GET /a/b/@@           -> 403, denied by entry 2 of /a
		bob GET /a/b/@@@@edit     -> 404
		bob GET /a/@@b            -> 404
	`)
}

// Defence: a subpath changes neither the resource nor the permission.
func TestSubpathsKeepThePermission(t *testing.T) {
	t.Parallel()
	app(t, framework.Options{}).Transcript(`
		GET /public/files/x/y           -> 200 "public"
		alice GET /a/b/files/x          -> 200 "SECRET"
		bob GET /a/b/files/x/y          -> 403, denied by entry 2 of /a
		bob GET /a/b/files/..           -> 403, denied by entry 2 of /a
		bob GET /a/b/files/%2e%2e/edit  -> 403, denied by entry 2 of /a
		bob GET /public/files/a/b/edit  -> 200 "public"
		bob GET /a/b/edit/x             -> 404
		alice GET /a/b/edit/public      -> 404   # the view takes no subpath
	`)
}

// Defence: the permission belongs to the view, whatever the method. HEAD follows GET; OPTIONS never
// calls the view.
func TestMethodsKeepThePermission(t *testing.T) {
	t.Parallel()
	a := app(t, framework.Options{})
	a.Transcript(`
		alice HEAD /a/b/edit                             -> 200
		bob HEAD /a/b/edit                               -> 403, denied by entry 2 of /a
		bob POST /a/b/edit                               -> 403, denied by entry 2 of /a
		bob POST /a/b                                    -> 403, denied by entry 2 of /a
		bob PUT /a/b/edit                                -> 405
		bob TRACE /a/b/edit                              -> 405
		bob get /a/b/edit                                -> 405   # methods are case-sensitive
		bob POST /a/b/edit X-HTTP-Method-Override:GET    -> 403, denied by entry 2 of /a
		bob GET /public/edit X-Original-URL:/a/b/edit    -> 403, denied: no entry of /public or a resource above it matches
		bob GET /public X-Rewrite-URL:/a/b/edit          -> 200 "public"
	`)
	got := a.Request(http.MethodOptions, "/a/b/edit", frameworktest.As("bob"))
	require.NotContains(t, got.Body, secret)
	require.Contains(t, []int{http.StatusNoContent, http.StatusForbidden}, got.Code)
}

// Defence: a virtual root comes from trusted proxies alone, and moves the start of the walk, not the
// lists: those above it count.
func TestVirtualRootsKeepTheLists(t *testing.T) {
	t.Parallel()
	app(t, framework.Options{}).Transcript(`
		bob GET /b/edit X-Vhm-Root:/a        -> 404   # a client's word
		bob GET /public X-Vhm-Root:/a        -> 200 "public"
	`)
	app(t, framework.Options{TrustedProxies: []string{"192.0.2.1"}}).Transcript(`
		alice GET /b/edit X-Vhm-Root:/a      -> 200 "SECRET"
		bob GET /b/edit X-Vhm-Root:/a        -> 403, denied by entry 2 of /a
		bob GET /edit X-Vhm-Root:/a/b        -> 403, denied by entry 2 of /a
		bob GET /../a/b/edit X-Vhm-Root:/public  -> 404   # never above the virtual root
		bob GET /%2e%2e/a/b X-Vhm-Root:/public   -> 404
	`)
}

// Defence: a route matches the decoded path once, and its views have their permission.
func TestRoutesKeepThePermission(t *testing.T) {
	t.Parallel()
	app(t, framework.Options{}).Transcript(`
		alice GET /admin/1          -> 200 "SECRET"
		bob GET /admin/1            -> 403, denied by entry 2 of /a
		bob GET /%61dmin/1          -> 403, denied by entry 2 of /a
		bob GET /admin/%31          -> 403, denied by entry 2 of /a
		bob GET /admin/1%2F2        -> 403, denied by entry 2 of /a   # one value
		bob GET /ADMIN/1            -> 404
		bob GET /admin//1           -> 404
		bob GET /admin/1/           -> 404
		bob GET //admin/1           -> 404
		bob GET /public/../admin/1  -> 404
	`)
}

// Defence: all of the above. Whatever random spelling bob invents, he sees nothing of /a, and nothing
// breaks.
func TestNoSpellingOpensWhatIsDenied(t *testing.T) {
	t.Parallel()
	a := app(t, framework.Options{})
	random := rand.New(rand.NewPCG(7, 12))
	denied := 0
	for range 20_000 {
		target := spelling(random, "/a/b/"+[]string{"edit", "@@edit", "files/x", ""}[random.IntN(4)])
		hr, err := http.NewRequestWithContext(t.Context(), []string{"GET", "HEAD", "POST"}[random.IntN(3)], "http://example.com"+target, http.NoBody)
		if err != nil {
			continue // no client can send it
		}
		hr.RequestURI = target
		hr, err = a.ActAs(hr, "bob")
		require.NoError(t, err)
		w := httptest.NewRecorder()
		a.ServeHTTP(w, hr)
		require.NotContains(t, w.Body.String(), secret, target)
		require.Less(t, w.Code, http.StatusInternalServerError, target)
		if w.Code == http.StatusForbidden {
			denied++
		}
	}
	require.Greater(t, denied, 1000, "many spellings lead to what is denied")
}

// spelling returns a path that a client may hope to be taken for path.
func spelling(random *rand.Rand, path string) string {
	var out strings.Builder
	for i := range len(path) {
		c := path[i]
		switch random.IntN(8) {
		case 0:
			fmt.Fprintf(&out, "%%%02x", c)
		case 1:
			fmt.Fprintf(&out, "%%25%02X", c)
		case 2:
			if c == '/' {
				out.WriteString([]string{"//", "/./", "/public/../", "/%2e/", "/x/%2E%2e/", "/..;/", "/%00/", "/@@/", "\\", "%5c", "%2f", "/%c0%af/"}[random.IntN(12)])
				continue
			}
			out.WriteByte(c)
		case 3:
			out.WriteString(strings.ToUpper(string(c)))
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}
