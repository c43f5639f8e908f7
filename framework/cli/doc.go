// Package cli makes a program of an application: one that serves it, lists what it
// is made of, and tells why it answers as it does.
//
//	func main() {
//		cli.Main(build, cli.Options{
//			Short: "a wiki",
//			Settings: []cli.Setting{
//				{Name: "database.url", Default: "wiki.db", Usage: "where the pages are"},
//				{Name: "title", Default: "Wiki", Flag: true, Usage: "shown on every page"},
//			},
//		})
//	}
//
//	func build(ctx context.Context, env *cli.Env) (*framework.Configurator, error) {
//		o := env.Options() // with the settings, the logger, and what the framework's settings say
//		o.Root = openWiki(cli.Value[string](env, "database.url"))
//		config := framework.New(o)
//		config.AddView(views.On(show))
//		return config, nil
//	}
//
// # Commands
//
//	serve                   until SIGTERM or SIGINT; also without a command (see [framework.Serve])
//	routes                  in the order in which they are tried
//	views                   every view, with type, predicates, permission and place
//	tweens                  outermost first
//	derivers                outermost first
//	explain [METHOD] PATH   how a request would be answered, and why (see [framework.App.Explain])
//	request [METHOD] PATH   the answer to one request, within the process
//	check                   builds the application and says whether it is good
//	settings                all settings, and where each has its value from
//	version                 of program, framework and Go
//	completion SHELL        for bash, zsh, fish and PowerShell
//
// They print tables for people, and with --json for programs. The exit status is 0,
// 2 for wrong usage, and 1 for everything else: for a configuration that is wrong, after
// the whole report.
//
// # Settings
//
// They come from a TOML file (--config, MASTABA_CONFIG or Options.SettingsFile), from
// the environment, and from flags; what comes later wins. Only those that
// the application has declared and those of the framework are accepted: an unknown one
// is refused, with the nearest known one. The framework's variables begin with
// MASTABA_, the application's with Options.EnvPrefix. An empty variable counts as not
// given; those that Kubernetes and Docker set for services are passed over.
//
// # Serving
//
// Lines of a JSON log below the level of a warning are gathered for 10 ms and share
// a write; see [Env].Logger for when they can be lost. While serve runs without
// --dev, up to 32 MiB of garbage may gather in the process before the collector
// works, since Go's own 4 MiB are a thousand requests. The setting heap_floor says
// otherwise (-1: as Go does), and where GOGC, GOMEMLIMIT or the program itself
// (runtime/debug) has the collector work otherwise than by default, nothing is
// changed.
//
// # Development
//
// serve --dev shows errors as pages, with the stack of a panic, the explanation and
// the request: in place of the application's own page if it is an error without a
// status, else only where the application has none. Programs that do not ask for HTML get the
// same as text, for errors without a status. The log is for people. If the
// configuration is wrong, the report is the page; a process cannot take in its code
// anew, so the page stays until the program is started again, and then makes way by
// itself. Without --dev nothing of this is there.
//
// # Who is asking
//
// A command line has no session. explain and request come from somebody by --as WHO,
// if the application says how: Options.As sets the header, cookie or context value by
// which its security policy knows people. --user and --header send what clients
// send.
//
// # Commands of one's own
//
// Options.Commands gives commands of the library cobra. They stand beside ours, with
// the same settings, and get the application from Env.App. A program that
// wants none of this calls [framework.Serve] itself, and does not link this package.
package cli
