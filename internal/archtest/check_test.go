package archtest

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestWrongEdges checks made-up packages against the real picture: each wrong edge must be found.
func TestWrongEdges(t *testing.T) {
	t.Parallel()
	const up = "the arrow points up"
	tests := map[string]struct {
		from, to string // of the module, but for paths with a dot
		want     string // in the problem; "" if the edge is right
	}{
		"down":                        {"framework", "views", ""},
		"down two floors":             {"framework/session", "views/web", ""},
		"standard library":            {"registry", "net/http", ""},
		"own internal package":        {"views/web", "views/web/internal/header", ""},
		"internal packages together":  {"views/web/internal/header", "views/web/internal/accept", ""},
		"sub-room imports its room":   {"framework/session/redisstore", "framework/session", ""},
		"database driver in its room": {"traversal/sqltree/postgres", "github.com/jackc/pgx/v5/pgxpool", ""},
		"room of the future":          {"views/templates", "views", ""},

		"up: web to views":               {"views/web", "views", "knows nothing of views and tweens"},
		"up: views to framework":         {"views", "framework", "not the other way round"},
		"up: framework to cli":           {"framework", "framework/cli", up},
		"up: framework to devtools":      {"framework", "framework/devtools", up},
		"up: acl to sqltree":             {"traversal/acl", "traversal/sqltree", up},
		"up: async to traversal":         {"traversal/async", "traversal", up},
		"up: order to registry":          {"registry/order", "registry", up},
		"up: views to templates":         {"views", "views/templates", up},
		"up: out of an internal package": {"views/web/internal/header", "views/web", up},
		"up: to the roof":                {"framework", "internal/testapps/notebook", "internal/ is on top"},

		"sibling: session to security":    {"framework/session", "framework/security", "siblings"},
		"sibling: security to session":    {"framework/security", "framework/session", "siblings"},
		"sibling: transaction to session": {"framework/transaction", "framework/session", "siblings"},
		"sibling: routes to server":       {"framework/routes", "framework/server", "siblings"},
		"sibling: explain to routes":      {"framework/explain", "framework/routes", "siblings"},
		"sibling: below a sibling":        {"framework/session/pgstore", "framework/security", "siblings"},
		"sibling: forms to templates":     {"views/forms", "views/templates", "siblings"},
		"sibling: tweens to views":        {"tweens", "views", "meet in views/web"},
		"sibling: views to tweens":        {"views", "tweens", "meet in views/web"},

		"server knows no request":      {"framework/server", "views/web", "serves any http.Handler"},
		"explanation is data":          {"framework/explain", "views", "plain data"},
		"registry knows no tree":       {"registry", "traversal", "knows nothing of HTTP, trees"},
		"tree knows no registry":       {"traversal", "registry", "knows nothing of HTTP or of"},
		"down, but not in the picture": {"views", "traversal/acl", "no such arrow"},
		"hello stays small":            {"examples/hello", "framework/cli", "the least"},

		"unknown room":          {"views/charts", "views", "views/charts has no room"},
		"unknown target":        {"framework", "metrics", "no such room"},
		"unknown at the ground": {"traversal/graph", "traversal", "traversal/graph has no room"},

		"driver in the wrong room":      {"traversal/sqltree", "modernc.org/sqlite", "only traversal/sqltree/sqlite may link it"},
		"Redis in the wrong room":       {"framework/session", "github.com/redis/go-redis/v9", "only framework/session/redisstore"},
		"heavy room below an upper one": {"framework", "framework/session/redisstore", "links github.com/redis/go-redis/v9"},
		"heavy room in a room":          {"framework/devtools", "tweens/promtween", "only applications import it"},
		"module at the ground":          {"registry", "github.com/google/uuid", "standard library alone"},
		"module in another room":        {"views", "github.com/google/uuid", "only views/web, traversal/sqltree"},
		"unknown module":                {"views", "example.com/charts", "no such module"},
		"test module in code":           {"views", "github.com/stretchr/testify/assert", "for tests alone"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			problems := check([]listed{{ImportPath: prefix + tt.from, Imports: []string{path(tt.to)}}})
			if tt.want == "" {
				assert.Empty(t, problems)
				return
			}
			if assert.Len(t, problems, 1) {
				assert.Contains(t, problems[0], tt.want)
				assert.Contains(t, problems[0], tt.from)
			}
		})
	}
}

func TestWrongEdgesOfTests(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		from, to string
		want     string
	}{
		"itself":                      {"tweens", "tweens", ""},
		"what its code may":           {"tweens", "views/web", ""},
		"a whole application":         {"tweens", "framework", ""},
		"test module":                 {"registry", "github.com/stretchr/testify/assert", ""},
		"driver in a test of a room":  {"traversal/sqltree", "traversal/sqltree/sqlite", ""},
		"up from the ground":          {"traversal", "framework", "a test of traversal imports framework"},
		"sideways":                    {"registry", "traversal", "a test of registry"},
		"sibling":                     {"framework/session", "framework/security", "siblings"},
		"driver itself":               {"traversal/sqltree", "modernc.org/sqlite", "a test of traversal/sqltree"},
		"kit that is not in the list": {"views/web", "framework/frameworktest", "a test of views/web"},
		"unknown module":              {"views", "example.com/mock", "no such module"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, p := range []listed{
				{ImportPath: prefix + tt.from, TestImports: []string{path(tt.to)}},
				{ImportPath: prefix + tt.from, XTestImports: []string{path(tt.to)}},
			} {
				problems := check([]listed{p})
				if tt.want == "" {
					assert.Empty(t, problems)
				} else if assert.Len(t, problems, 1) {
					assert.Contains(t, problems[0], tt.want)
				}
			}
		})
	}
}

// path returns the import path of a room, or of a package of the standard library or another
// module.
func path(to string) string {
	if find(to) >= 0 || to == "metrics" {
		return prefix + to
	}
	return to
}
