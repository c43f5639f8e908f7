// Package registry is where an application is declared, and what comes of the declaration. It knows nothing of HTTP.
//
// A [Config] records actions: what each claims (its discriminator), when it runs (its order), where it was declared, and
// what it does to a [Registry]. [Config.Build] resolves them and carries them out into a fresh registry, which comes back
// whole and frozen, or not at all. All mistakes and all conflicts are reported together, each with file and line.
//
// The parts:
//
//   - [Config.Record], [Action]: one declaration. [Config.Include], [Config.Commit]: who gives way to whom, and when.
//     The declaration nearest to the application holds: those of what it includes give way to it, directly or not, and
//     two of which neither includes the other conflict.
//   - [Provide], [Lookup], [Ensure], [Registry.OnFreeze]: components, by type.
//   - [Subscribe], [Notify], [Notifier]: events, free without subscribers.
//   - [Introspector]: everything that was registered, for listings, tests and debugging.
//   - [Settings], [Setting]: values from outside, with their types.
//   - [Errors], made of [Conflict], [Mistake] and [ExecutionError].
//
// Applications call the methods of their framework's configurator, which forward to here. Whoever extends it writes
// directives: plain functions that take a [Recorder], call its Directive first, and record an action. They conflict,
// give way, are described and report their line like those built in:
//
//	type featureKey struct{ name string }
//
//	func AddFeature(rec registry.Recorder, name string, on bool) {
//		c := rec.Directive()
//		if name == "" {
//			c.Fail(errors.New("feature without a name"))
//			return
//		}
//		c.Record(registry.Action{
//			Discriminator: featureKey{name},
//			Subject:       fmt.Sprintf("feature %q", name),
//			Run: func(_ *registry.Config, reg *registry.Registry) error {
//				registry.Ensure(reg, newFeatures).on[name] = on
//				return nil
//			},
//		})
//	}
//
// The whole of it, with a conflict and introspection, is the example of the package.
package registry
