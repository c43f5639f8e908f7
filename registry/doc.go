// Package registry holds what an application declares and what its build produces. It knows nothing
// of HTTP.
//
// An application calls the methods of framework.Configurator, which end up here. This package is
// for those who extend the framework: they write directives, functions that behave like the
// built-in ones.
//
//	// AddFeature switches a feature on or off.
//	func AddFeature(rec registry.Recorder, name string, on bool) {
//		c := rec.Directive()
//		var err error
//		if name == "" {
//			err = errors.New("add feature: missing name")
//		}
//		c.Declare(registry.Declaration{
//			Category: "features", Type: "feature", ID: name, Err: err,
//			Fields: []registry.Field{{Name: "on", Value: on}},
//			Run: func(_ *registry.Config, reg *registry.Registry) error {
//				registry.Ensure(reg, newFeatures).on[name] = on
//				return nil
//			},
//		})
//	}
//
// An application then calls acme.AddFeature(config, "search", true). Two such calls for the same
// name conflict, and the error names the file and line of both; the application overrides a package
// that it includes; listings show the feature. The names that most directives need:
//
//   - [Recorder]: what a directive takes. Its Directive method returns the [Config] to record into.
//   - [Config.Declare] and [Declaration]: what is declared, and what it does to the registry.
//   - [Config.Report] and [Config.Fail]: say what is wrong, where no Err of a Declaration does.
//   - [Provide], [Lookup] and [Ensure]: values in a [Registry], by type.
//   - [Subscribe] and [Notify]: events.
//
// Read the package example next, then those of Config.Commit, Config.With, AddComponent, Subscribe
// and Setting.
//
// # From declarations to a registry
//
// Directives only record. [Config.Build] runs the declarations into a new Registry, in the order of
// their phases, and returns the finished registry or an [*Errors] with everything that one run can
// find: each [Mistake] of a directive, each [Conflict] with all its sources, the [ExecutionError]
// of a declaration that failed, and what the functions of [Registry.OnFreeze] report. A Registry
// does not change once it is built and is safe for concurrent use.
//
// No error stops the build: all other declarations still run, into a Registry that is then thrown
// away. Because something is missing in it, errors could come up that are nothing but consequences.
// The build holds back those: errors that say so ([Missing]) of what a mistaken declaration would
// have declared, and errors of a Run that did not find a component. So declarations have no effects
// outside of the Registry: what opens a file or starts a goroutine belongs in a hook of the
// application.
//
// Two declarations conflict if their Category and ID are equal. A declaration overrides those of
// included packages ([Config.Include]), however deep, and all those of earlier rounds
// ([Config.Commit]). The exact rules are at the top of resolve.go.
//
// What builds but is probably wrong, such as a route that no request can reach, is a [Warning]
// ([Registry.Warn]); it changes nothing else.
//
// [Introspector] lists what is registered, for commands, tests and debugging. [Settings] are values
// from outside, which [Setting] converts. [FuncName], [Nearest] and [SetText] are shared by the
// packages of the framework.
package registry
