// Package cli turns an application into a program with a command line: it serves the
// application, lists its parts, and explains its responses.
//
//	func main() {
//		cli.Main(build, cli.Options{
//			Short: "a wiki",
//			Settings: []cli.Setting{
//				{Name: "database.url", Default: "wiki.db", Usage: "the database of the pages"},
//				{Name: "title", Default: "Wiki", Flag: true, Usage: "shown on every page"},
//			},
//		})
//	}
//
//	func build(ctx context.Context, env *cli.Env) (*framework.Configurator, error) {
//		o := env.Options() // the settings, the logger, and what the framework's settings determine
//		o.Root = openWiki(cli.Value[string](env, "database.url"))
//		config := framework.New(o)
//		config.AddView(views.On(show))
//		return config, nil
//	}
//
// The names to know:
//
//   - [Main] runs the program; [Run] does the same for tests and returns the exit status.
//   - [Build] is the function that declares the application.
//   - [Options] describe the program: its name, settings, own commands and server.
//   - [Setting] declares a setting of the application; [Value] returns its value.
//   - [Env] is what Build and the application's own commands receive.
//
// Read Settings below next, then [framework.Serve]. The package's Example runs four command
// lines; examples/tree is a small program, examples/files one with settings.
//
// # Commands
//
//	serve                   serve until SIGTERM or SIGINT; the default (see [framework.Serve]).
//	                        --dev: with errors as pages; --reload: built again when the source changes
//	routes                  list the routes in the order they are tried
//	views                   list every view with its predicates and permission
//	permissions             list every view with its permission and where that comes from; --open: those with none
//	tweens                  list the tweens, outermost first
//	derivers                list the view derivers, outermost first
//	explain [METHOD] PATH   explain how a request would be handled (see [framework.App.Explain])
//	request [METHOD] PATH   print the response to a request, without a server; also called send
//	tree [PATH]             print the resources below a path, with their types
//	acl [PATH]              print the access lists that count at a path, and who may do what
//	render RENDERER         render a JSON value by a renderer or template
//	introspect [CATEGORY]   list what the configuration declared, with its place
//	check                   build the application; report errors and warnings (see [registry.Warning])
//	settings                list the settings and the source of each value
//	password [USER]         hash a password, as password files keep it
//	version                 print the versions of the program, the framework and Go
//	completion SHELL        print a completion script for bash, zsh, fish or powershell
//
// They print text, or JSON with --json. The exit status is 0, 2 for an invalid command line, and
// 1 for any other error, such as an invalid configuration, whose whole report is printed first.
// Warnings of check change the exit status only with --strict. Of the other commands only
// serve --dev shows them: it logs each once.
//
// # Settings
//
// Settings come from a TOML file (--config, MASTABA_CONFIG or Options.SettingsFile), from the
// environment, and from flags; the later of these wins. An undeclared setting is an error that
// suggests the nearest known name. The variables of the framework's settings start with
// MASTABA_, the application's with Options.EnvPrefix. An empty variable counts as unset;
// variables that Kubernetes and Docker set for services are ignored.
//
// # Serving
//
// JSON log lines below level warn are buffered for up to 10 ms; [Env].Logger says when they can
// be lost. Without --dev, serve delays garbage collections until the heap has 32 MiB. Go's own
// minimum is 4 MiB, which a thousand requests fill. The setting heap_floor changes that (-1:
// Go's default). It has no effect in a program that tunes the collector by GOGC, GOMEMLIMIT or
// runtime/debug.
//
// # Development
//
// serve --dev shows an error as a page with the stack of a panic, the explanation and the
// request. The page replaces the application's response to an error without a status; for other
// errors it appears in browsers, where the application has no error view. A client that does not
// accept HTML receives errors without a status as text. If the configuration is invalid, the
// page shows the report and reloads itself when the program has been restarted.
//
// Because these pages show so much, serve --dev responds only to hosts of its own: IP addresses,
// localhost, the name in the address that it listens on, and the settings dev_hosts and
// allowed_hosts. Otherwise any website could point its own name at 127.0.0.1 and read the pages.
// The allowed hosts of the application itself do not count then.
//
// # Toolbar
//
// On a loopback address, serve --dev also has pages of its own under /-/dev/, and a link to them in
// the corner of each HTML page. They show the newest 100 requests, each with the time of its tweens,
// lookups, queries and view, its log lines, session, template variables, headers and explanation;
// why the application would refuse any request of any user; the resource tree, with the views and
// the access lists of each resource; and a flight recorder, which keeps traces of slow requests.
// Cookies, credentials and tokens are not shown. On other addresses, behind a proxy, and for
// requests that another site causes, the pages respond with 403. Nothing but --dev switches them on.
//
// # The user of a request
//
// A command line has no session. framework.Options.ActAs, or the method ActAs of the security
// policy, defines how explain and request act as a user, for the flag --as: it sets the header,
// cookie or context value that the policy reads. The flags --user and --header send what a client
// would send.
//
// # Your own commands
//
// Options.Commands returns further commands, of package github.com/spf13/cobra. They have the
// same settings, and build the application with Env.App.
package cli
