package archtest

// room is a package and what it may import. A path ending in "/..." stands for every package below
// that folder.
type room struct {
	path  string
	may   []string // rooms that it may import
	tests []string // rooms that its tests and examples may import besides
}

// picture lists the rooms from the roof to the ground; some of them are not built yet. A room
// imports only rooms written below it, so no arrow points up. The packages below a folder
// "internal" are the machinery of the room above them, which may always import them.
var picture = []room{
	// The project's own tests: on top, and never imported.
	{path: "internal/archtest"},
	{path: "internal/conformance", may: all},
	{path: "internal/testapps/...", may: all},
	{path: "internal/load/logged", may: rooms("framework", "framework/cli", "tweens", "views")},
	{path: "internal/load/bare"},
	{path: "internal/load/idle"},
	{path: "internal/rfc9110"},                              // a model of responses, for the tests of what sends them
	{path: "internal/soak", may: rooms("traversal/topics")}, // for the soak tests of live views
	{path: "internal/testserver"},                           // databases for tests that stop them
	{path: "internal/cputime"},                              // for tests of complexity
	{path: "internal/conformance/pluralmodel"},              // plural forms, read in a simple way

	// Programs, and what helps people to write them.
	{path: "examples/hello", may: rooms("framework", "tweens", "views")}, // the least: without the command line
	{path: "examples/files", may: all, tests: rooms("internal/rfc9110")},
	{path: "examples/wiki", may: all, tests: rooms("internal/testserver")},
	{path: "examples/...", may: all},
	{path: "examples/markdown"},                                        // Markdown of strangers as harmless HTML
	{path: "examples/wiki/merge"},                                      // texts by line: differences, and changes of two people together
	{path: "framework/cmd/mastaba/scaffold/...", may: all},             // the applications that the command new makes
	{path: "framework/cmd/mastaba", may: rooms("views/i18n/messages")}, // for use without an application
	{path: "framework/cli", may: rooms(
		"framework/devtools", "framework/devtools/reload", "framework", "framework/internal/hosts", "framework/security/password", "framework/server", "framework/explain", "framework/routes",
		"views/assets", "views", "tweens", "views/web", "registry", "traversal"),
		tests: rooms("framework/security", "traversal/acl")},
	{path: "framework/devtools/reload"}, // builds and starts a program again
	{path: "framework/devtools", may: rooms(
		"framework", "framework/explain", "views", "tweens", "views/web", "registry", "traversal/acl", "traversal/queries", "traversal"),
		tests: rooms("framework/frameworktest")},
	{path: "framework/frameworktest", may: rooms("framework", "framework/security", "views/sse", "views", "tweens", "views/web", "registry", "traversal/acl", "traversal"),
		tests: rooms("traversal/traversaltest")},

	// Assembly: Configurator, App, router.
	{path: "framework", may: rooms(
		"framework/server", "framework/explain", "framework/routes", "views/static", "views/conditional", "views/assets", "views", "tweens", "views/web",
		"registry", "traversal", "traversal/async"),
		tests: rooms("framework/frameworktest", "framework/security", "framework/security/password", "framework/session", "traversal/acl")},

	// Rooms beside each other: none imports another.
	{path: "framework/server", tests: application}, // serves any http.Handler
	{path: "framework/explain", tests: application},
	{path: "framework/routes", may: rooms("views/web", "registry", "traversal"), tests: rooms("views")},
	{path: "framework/session/sessiontest", may: rooms("framework/session", "views/web"), tests: application},
	{path: "framework/session/redisstore", may: rooms("framework/session", "views/web"), tests: append(rooms("framework/session/sessiontest", "internal/testserver"), application...)},
	{path: "framework/session/pgstore", may: rooms("framework/session", "views/web"), tests: append(rooms("framework/session/sessiontest", "internal/testserver"), application...)},
	{path: "framework/session", may: rooms("framework/internal/cookies", "views/web", "registry", "traversal", "traversal/async"), tests: append(rooms("framework/session/sessiontest", "tweens"), application...)},
	{path: "framework/security/oidc", may: rooms("framework/security", "views/web", "registry"),
		tests: append(rooms("framework/session"), application...)},
	{path: "framework/security/jwt", may: rooms("framework/security", "views/web", "registry"), tests: application},
	// The policies: who the user is, and what the lists of traversal/acl permit.
	{path: "framework/security", may: rooms("framework/internal/hosts", "framework/internal/cookies", "tweens", "views/web", "registry", "traversal/acl", "traversal"),
		tests: append(rooms("framework/session", "framework/security/password", "internal/cputime"), application...)},
	{path: "framework/security/password"}, // hashes and their checks, without HTTP
	{path: "framework/internal/hosts"},    // hosts as URLs have them, and which an application responds to
	{path: "framework/transaction", may: rooms("tweens", "views/web", "registry", "traversal", "traversal/async", "traversal/queries"),
		tests: append(rooms("framework/session", "internal/testserver", "traversal/sqltree", "traversal/sqltree/sqlite"), application...)},
	// What the cookies of sessions, tickets and CSRF tokens share.
	{path: "framework/internal/cookies"},

	// Tweens and views do not know each other: they meet in views/web.
	{path: "tweens/oteltween", may: rooms("tweens", "views/web", "registry"), tests: application},
	{path: "tweens/promtween", may: rooms("tweens", "views/web", "registry"), tests: application},
	{path: "tweens/redislimit", may: rooms("tweens/ratelimit"), tests: append(rooms("tweens"), application...)},
	{path: "tweens/ratelimit", may: rooms("tweens", "views/web", "registry"), tests: application},
	{path: "tweens", may: rooms("views/web", "registry", "registry/order", "traversal", "traversal/async"), tests: append(rooms("internal/rfc9110"), application...)},
	{path: "views/renderers", may: rooms("views", "views/web", "registry"), tests: application}, // other renderers than views has
	{path: "views/templates", may: rooms("views", "views/assets", "views/web", "registry", "traversal"), tests: application},
	{path: "views/forms/validator", may: rooms("views/forms", "views", "views/web"), tests: application},
	{path: "views/forms", may: rooms("views", "views/web", "registry", "traversal"), tests: application},
	{path: "views/static", may: rooms("views", "views/assets", "views/web", "registry", "traversal"), tests: append(rooms("internal/rfc9110"), application...)},
	{path: "views/i18n/messages", may: rooms("views/i18n", "views/i18n/internal/po", "views/i18n/internal/plural", "views/i18n/internal/builtin"), tests: append(rooms("views/forms", "views/templates"), application...)}, // reads source, for tools and tests
	{path: "views/i18n", may: rooms("views/assets", "views/web", "registry", "traversal"), tests: append(rooms("views/templates"), application...)},
	{path: "views/i18n/internal/po", may: rooms("views/i18n/internal/plural")}, // files of catalogs
	{path: "views/i18n/internal/plural"},
	{path: "views/i18n/internal/builtin", may: rooms("views/web"), tests: append(rooms("views/i18n", "views/i18n/messages", "views/forms/validator", "views/forms", "framework/security"), application...)}, // catalogs of the framework's texts
	{path: "views/websocket/websockettest", may: rooms("views/websocket"), tests: application},                                                                                                              // a client for tests
	{path: "views/websocket", may: rooms("views", "views/web", "registry", "traversal", "traversal/async", "traversal/topics"),
		tests: append(rooms("internal/soak", "views/websocket/websockettest", "framework/server", "framework/session"), application...)},
	{path: "views/sse", may: rooms("views", "views/web", "registry", "traversal", "traversal/async", "traversal/topics"), tests: append(rooms("internal/soak"), application...)},
	{path: "views/canonical", may: rooms("views", "views/web", "registry", "traversal"), tests: application},
	{path: "views/conditional", may: rooms("views", "views/web", "registry", "traversal"), tests: append(rooms("internal/rfc9110"), application...)},
	// Files by name, and what an application puts in their place: for templates, static files,
	// catalogs.
	{path: "views/assets", may: rooms("registry"), tests: application},
	{path: "views", may: rooms("views/web", "registry", "registry/order", "traversal", "traversal/async"),
		tests: rooms("tweens")},
	{path: "views/internal/...", may: rooms("views/web", "registry", "registry/order", "traversal", "traversal/async")},

	// One HTTP exchange.
	{path: "views/web", may: rooms("registry", "traversal", "traversal/async")},
	{path: "views/web/internal/...", may: rooms("registry", "traversal", "traversal/async")},

	// Trees, without HTTP. They and the registry do not know each other.
	{path: "traversal/sqltree/sqlite", may: rooms("traversal/sqltree", "traversal", "traversal/async")},
	{path: "traversal/sqltree/postgres", may: rooms("traversal/sqltree", "traversal", "traversal/async")},
	{path: "traversal/sqltree", may: rooms("traversal/acl", "traversal", "traversal/async", "traversal/queries", "traversal/topics"),
		tests: rooms("traversal/sqltree/sqlite", "traversal/sqltree/postgres", "traversal/traversaltest", "internal/testserver")},
	// Messages to those who follow a resource, named by a text.
	{path: "traversal/topics/postgres", may: rooms("traversal/topics"), tests: rooms("traversal/topics/topicstest", "internal/testserver")},
	{path: "traversal/topics/nats", may: rooms("traversal/topics"), tests: rooms("traversal/topics/topicstest", "internal/testserver")},
	{path: "traversal/topics/topicstest", may: rooms("traversal/topics")},
	{path: "traversal/topics"},
	// The lists and their lookup along the lineage; the policies that use them know requests.
	{path: "traversal/acl", may: rooms("traversal", "traversal/internal/misfit"), tests: rooms("traversal/traversaltest")},
	{path: "traversal/traversaltest", may: rooms("traversal", "traversal/async")},
	{path: "traversal", may: rooms("traversal/async")},
	{path: "traversal/internal/misfit"}, // methods that nothing calls: for traversal and traversal/acl
	{path: "traversal/queries"},         // statements, shown to who observes a context
	{path: "traversal/async", tests: rooms("traversal")},

	// Configuration, without HTTP.
	{path: "registry", may: rooms("registry/order"), tests: rooms("internal/cputime")},
	{path: "registry/order", tests: rooms("internal/cputime")},
}

func rooms(paths ...string) []string { return paths }

var (
	// all stands for every room written below.
	all = rooms("...")
	// application is what the tests of a room need to show it in a whole application.
	application = rooms("framework", "framework/frameworktest", "framework/routes", "views", "tweens", "views/web", "registry", "traversal")
)

// movingSize are packages that are larger for now, with their limit. Remove a package from it once
// it has at most mostLines.
var movingSize = map[string]int{"views": 6100}

// siblings are rooms of which none imports another, nor a room below another.
var siblings = [][]string{
	{
		"framework/session", "framework/security", "framework/transaction",
		"framework/routes", "framework/server", "framework/explain",
	},
	{"views/templates", "views/forms", "views/static", "views/i18n", "views/conditional", "views/canonical", "views/websocket", "views/sse"},
}

// ban states edges that no line of the picture may ever allow. The tests of a room may cross it.
type ban struct {
	from, to string
	except   []string
	why      string
}

var bans = []ban{
	{"registry/...", "...", rooms("registry/..."), "the registry knows nothing of HTTP, trees or views"},
	{"traversal/...", "...", rooms("traversal/..."), "a tree knows nothing of HTTP or of the configuration"},
	{"views/web/...", "...", rooms("views/web/...", "registry/...", "traversal/..."), "one HTTP exchange knows nothing of views and tweens"},
	{"views/...", "tweens/...", nil, "views and tweens meet in views/web"},
	{"tweens/...", "views/...", rooms("views/web"), "views and tweens meet in views/web"},
	{"views/...", "framework/...", nil, "the framework assembles views, not the other way round"},
	{"tweens/...", "framework/...", nil, "the framework assembles tweens, not the other way round"},
	{"framework/server/...", "...", rooms("framework/server/..."), "the server serves any http.Handler"},
	{"framework/explain/...", "...", rooms("framework/explain/..."), "an explanation is plain data; the App gathers it"},
	{"examples/hello", "framework/cli", nil, "hello shows the least that an application links"},
	{"framework/...", "examples/...", nil, "programs are never imported"},
	{"views/...", "internal/...", nil, "internal/ is on top"},
	{"tweens/...", "internal/...", nil, "internal/ is on top"},
	{"framework/...", "internal/...", nil, "internal/ is on top"},
	{"examples/...", "internal/...", nil, "internal/ is on top"},
}

// module is a module of other people and the rooms that may import it.
type module struct {
	path  string
	rooms []string
	heavy bool // only applications may import those rooms
	tests bool // the tests of all rooms may import it too

	testRooms []string // rooms whose tests may import it too
}

// modules lists every module that a room may link. Rooms at the ground appear in none of them: they
// use the standard library alone.
var modules = []module{
	{path: "github.com/google/uuid", rooms: rooms("views/web", "traversal/sqltree", "traversal/sqltree/sqlite", "traversal/sqltree/postgres", "examples/wiki"), tests: true},
	{path: "github.com/rs/zerolog", tests: true, rooms: rooms(
		"views/web", "tweens", "framework", "framework/server", "framework/cli", "framework/devtools",
		"framework/frameworktest", "framework/session", "framework/security", "framework/transaction",
		"examples/...", "internal/...")},
	{path: "github.com/klauspost/compress", rooms: rooms("tweens", "views/static")},
	{path: "github.com/julienschmidt/httprouter", rooms: rooms("framework/routes"), tests: true},
	{path: "golang.org/x/sync", rooms: rooms("traversal/async", "traversal/sqltree")},
	{path: "golang.org/x/crypto", rooms: rooms("framework/security/password")},
	{path: "golang.org/x/text", rooms: rooms("views/i18n", "examples/wiki")},

	{path: "github.com/spf13/cobra", rooms: rooms("framework/cli", "framework/cmd/mastaba", "framework/cmd/mastaba/scaffold/api", "examples/wiki"), heavy: true},
	{path: "github.com/spf13/pflag", rooms: rooms("framework/cli", "framework/cmd/mastaba"), heavy: true},
	{path: "github.com/BurntSushi/toml", rooms: rooms("framework/cli"), heavy: true},
	{path: "github.com/mattn/go-isatty", rooms: rooms("framework/cli", "examples/wiki"), heavy: true},
	{path: "golang.org/x/term", rooms: rooms("framework/cli"), heavy: true},
	{path: "github.com/fsnotify/fsnotify", rooms: rooms("framework/devtools/reload")},
	{path: "go.opentelemetry.io/otel", rooms: rooms("tweens/oteltween"), heavy: true},
	{path: "github.com/prometheus/client_golang", rooms: rooms("tweens/promtween"), heavy: true},
	{path: "github.com/coder/websocket", rooms: rooms("views/websocket", "views/websocket/websockettest"), heavy: true},
	{path: "github.com/go-playground/validator/v10", rooms: rooms("views/forms/validator"), heavy: true},
	{path: "github.com/go-jose/go-jose/v4", rooms: rooms("framework/security/jwt", "framework/security/oidc"), heavy: true, tests: true},
	{path: "github.com/coreos/go-oidc/v3", rooms: rooms("framework/security/oidc"), heavy: true},
	{path: "golang.org/x/oauth2", rooms: rooms("framework/security/oidc"), heavy: true},
	{path: "github.com/redis/go-redis/v9", rooms: rooms("framework/session/redisstore", "tweens/redislimit", "examples/wiki"), heavy: true},
	{path: "github.com/jackc/pgx/v5", rooms: rooms("framework/session/pgstore", "traversal/sqltree/postgres", "traversal/topics/postgres", "examples/chat", "examples/wiki"), heavy: true,
		testRooms: rooms("framework/transaction")},
	{path: "github.com/nats-io/nats.go", rooms: rooms("traversal/topics/nats", "examples/chat", "examples/wiki"), heavy: true},
	{path: "modernc.org/sqlite", rooms: rooms("traversal/sqltree/sqlite"), heavy: true, testRooms: rooms("framework/transaction")},

	{path: "github.com/yuin/goldmark", rooms: rooms("examples/markdown"), heavy: true},
	{path: "github.com/microcosm-cc/bluemonday", rooms: rooms("examples/markdown"), heavy: true},
	{path: "github.com/schollz/progressbar/v3", rooms: rooms("examples/wiki"), heavy: true},
	{path: "github.com/aymanbagabas/go-udiff", rooms: rooms("examples/wiki/merge"), heavy: true},
	{path: "golang.org/x/net", rooms: rooms("examples/markdown"), heavy: true, testRooms: rooms("examples/files")},

	{path: "github.com/stretchr/testify", tests: true},
	{path: "go.uber.org/goleak", tests: true},
	{path: "github.com/rogpeppe/go-internal", tests: true},
	{path: "github.com/alicebob/miniredis/v2", tests: true},
}

// Lines of code that a package may have, its tests not counted.
const mostLines = 4500

// larger are the packages that may have more, or less: the application of the guide stays short.
var larger = map[string]int{"examples/tracker": 699, "examples/wiki": 7000, "views": 6000, "internal/conformance": 8000}
