package conformance

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// build builds the application of one case.
type build struct {
	app *App
	log []string // marks of actions, and of subscribers to ApplicationCreated
	err error    // the first word that the runner does not know

	placed map[registry.Source]Directive // each directive by the source location it was given
	policy *security.CSRF                // of an application with sessions
	files  *disk                         // nil without files
	pkg    string                        // of the nearest include that has one

	hasDefault bool // the case has a default renderer
}

// newApplication builds the application of a case through the public packages. security is its
// policy unless a directive sets one. err is the error of the configuration. b.err reports what the
// runner itself does not understand.
func newApplication(c *Case, security web.SecurityPolicy, absent ...string) (b *build, app *framework.App, err error) {
	b = &build{app: &c.App, placed: map[registry.Source]Directive{}, files: c.disk, pkg: cmp.Or(c.App.Package, "app")}
	silent := zerolog.Nop()
	options := framework.Options{Settings: registry.Settings{"prevent_cachebust": c.App.Settings.PreventCacheBust, "prevent_http_cache": c.App.Settings.PreventHTTPCache}, Logger: &silent, TrustedProxies: []string{"192.0.2.0/24"}, Security: security}
	if c.App.Trees["main"] != nil {
		options.Root = b.root("main")
	}
	config := framework.New(options)
	config.SetDefaultSubpath(true) // as every view of Pyramid
	declareClasses(config)
	b.explicitTweens(config)
	b.packages(config)
	if c.Suite == "render" {
		b.beginRendering(config, absent)
	}
	if c.Suite == "i18n" {
		b.beginTranslations(config)
	}
	if c.Suite == "traversal" || c.Checks != nil {
		registry.Subscribe(config, func(e *web.ResourceFound) error {
			playOf(e.Request).found(e.Request)
			return nil
		})
	}
	config.Commit()
	b.declare(config, c.App.Directives)
	app, err = config.App()
	return b, app, err
}

// root returns a root factory that builds the tree anew for each request.
func (b *build) root(name string) web.RootFactory {
	tree := b.app.Trees[name]
	if tree == nil {
		b.unknown("tree %q", name)
		return nil
	}
	return func(*framework.Request) (traversal.Resource, error) { return tree.resource("Root") }
}

// explicitTweens applies the setting of an explicit list of tweens. Pyramid's list names factories,
// which need not be registered. Ours names registered tweens, so each is added first, in a round of
// its own.
func (b *build) explicitTweens(c *framework.Configurator) {
	if len(b.app.Settings.Tweens) == 0 {
		return
	}
	var names []string
	for _, entry := range b.app.Settings.Tweens {
		if names = append(names, entry.Name); entry.Name != tweens.ExcView {
			c.AddTween(entry.Name, entry.Behavior.tween(entry.Name))
		}
	}
	c.SetTweenOrder(names...)
}

// tweenBehavior returns the behavior of a tween. An explicit list overrides it for the tweens it
// names, since it names factories.
func (b *build) tweenBehavior(d Directive) Behavior {
	for _, entry := range b.app.Settings.Tweens {
		if entry.Name == d.Name {
			return entry.Behavior
		}
	}
	return d.Behavior
}

func (b *build) unknown(format string, args ...any) {
	if b.err == nil {
		b.err = fmt.Errorf(format+": %w", append(args, errUnknown)...)
	}
}

// place gives a directive a source location of its own, which identifies it in conflicts.
func (b *build) place(d Directive) registry.Source {
	at := registry.Source{File: "case/" + d.ID, Line: len(b.placed) + 1}
	b.placed[at] = d
	return at
}

// declare applies directives.
func (b *build) declare(config *framework.Configurator, directives []Directive) {
	for _, d := range directives {
		at := config.At(b.place(d))
		if b.sessions(at, d) {
			continue
		}
		switch d.Do {
		case "include":
			at.Include(func(inner *framework.Configurator) error {
				outer := b.pkg
				b.pkg = cmp.Or(d.Package, outer)
				b.declare(inner, d.Directives)
				b.pkg = outer
				return nil
			}, framework.As(d.Name), framework.RoutePrefix(d.RoutePrefix))
		case "route_prefix_context":
			config.RoutePrefix(d.RoutePrefix, func(inner *framework.Configurator) { b.declare(inner, d.Directives) })
		case "commit":
			at.Commit()
		case "set_root_factory":
			at.SetRootFactory(b.root(d.Tree))
		case "security":
			at.SetSecurityPolicy(policy{})
		default:
			b.record(at, d)
		}
	}
}

// record applies a directive that needs no Configurator; actions have none.
func (b *build) record(c registry.Recorder, d Directive) {
	b.check(d.Behavior)
	switch d.Do {
	case "add_view", "add_exception_view", "add_notfound_view", "add_forbidden_view":
		b.view(c, d)
	case "add_route":
		routes.Add(c, d.Name, d.Pattern, b.routeOptions(d)...)
	case "add_renderer":
		b.renderer(c, d)
	case "add_response_adapter":
		b.responseAdapter(c, d)
	case "add_tween":
		var place []tweens.Option
		if d.Under != nil {
			place = append(place, tweens.Under(d.Under...))
		}
		if d.Over != nil {
			place = append(place, tweens.Over(d.Over...))
		}
		tweens.Add(c, d.Name, b.tweenBehavior(d).tween(d.Name), place...)
	case "add_view_deriver":
		var place []views.DeriverOption
		if d.Under != nil {
			place = append(place, views.Under(d.Under...))
		}
		if d.Over != nil {
			place = append(place, views.Over(d.Over...))
		}
		views.AddDeriver(c, d.Name, deriver(d.Name), place...)
	case "add_view_predicate":
		views.AddPredicate(c, d.Name)
	case "add_route_predicate": // the predicates of a route are checked in their order
	case "add_accept_view_order":
		var place []views.Hint
		if d.WeighsMoreThan != nil {
			place = append(place, views.Over(d.WeighsMoreThan...))
		}
		if d.WeighsLessThan != nil {
			place = append(place, views.Under(d.WeighsLessThan...))
		}
		views.AddAcceptOrder(c, d.Value, place...)
	case "add_subscriber":
		if err := d.subscribe(c, b); err != nil {
			b.unknown("%w", err)
		}
	case "add_static_view", "override_asset", "add_cache_buster":
		b.asset(c, d)
	case "add_translation_dirs", "set_locale_negotiator":
		b.translations(c, d)
	case "set_default_permission":
		views.SetDefaultPermission(c, d.Permission)
	case "action":
		b.action(c, d)
	case "include":
		routes.WithPrefix(c.Directive(), d.RoutePrefix).Include(d.Name, func(inner *registry.Config) error {
			b.then(inner, d.Directives)
			return nil
		})
	case "route_prefix_context":
		b.then(routes.WithPrefix(c.Directive(), d.RoutePrefix), d.Directives)
	default:
		b.unknown("directive %q", d.Do)
	}
}

// then applies directives inside an action.
func (b *build) then(c *registry.Config, directives []Directive) {
	for _, d := range directives {
		b.record(c.At(b.place(d)), d)
	}
}

// actionName is the discriminator of raw actions.
type actionName string

func (b *build) action(c registry.Recorder, d Directive) {
	action := registry.Declaration{
		Phase:   d.Order,
		Subject: "action " + d.Mark,
		Run: func(c *registry.Config, _ *registry.Registry) error {
			b.log = append(b.log, d.Mark)
			b.then(c, d.Then)
			if d.Raise != "" {
				return newError(d.Raise)
			}
			return nil
		},
	}
	if d.Discriminator != nil {
		action.ID = actionName(*d.Discriminator)
	}
	c.Directive().Declare(action)
}

// check reports words in a behavior that the runner does not know.
func (b *build) check(behavior Behavior) {
	for _, name := range []string{behavior.Raise, behavior.RaiseAfter, behavior.Catch} {
		if name != "" && !isErrorClass(name) {
			b.unknown("error %q", name)
		}
	}
	for _, name := range []string{behavior.RaiseHTTP.Name, behavior.ReturnHTTP.Name} {
		if class := httpClasses[name]; name != "" && (class.low == 0 || class.low != class.high) {
			b.unknown("HTTP error %q", name)
		}
	}
	if !slices.Contains([]string{"", "nothing", "request.response"}, behavior.Returns) {
		b.unknown("returns %q", behavior.Returns)
	}
}
