package cli_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/cli"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/framework/server"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// TestMain makes this binary the programs that the scripts call.
func TestMain(m *testing.M) {
	settings := []cli.Setting{
		{Name: "title", Default: "Wiki", Flag: true, Usage: "shown on every page"},
		{Name: "database.url", Default: "wiki.db", Usage: "where the pages are"},
		{Name: "workers", Default: 4},
		{Name: "patience", Default: 2 * time.Second, Flag: true},
		{Name: "public", Default: false, Flag: true, Usage: "let everybody edit"},
		{Name: "friends", Default: []string(nil), Flag: true},
	}
	program := func(name string, build cli.Build, change func(*cli.Options)) func() {
		return func() {
			o := cli.Options{Name: name, Short: "a program for tests", Settings: settings, Commands: ownCommands, SettingsFile: "standard.toml", EnvPrefix: "wiki"}
			if change != nil {
				change(&o)
			}
			cli.Main(build, o)
		}
	}
	fails := func(err error) cli.Build {
		return func(context.Context, *cli.Env) (*framework.Configurator, error) { return nil, err }
	}
	testscript.Main(m, map[string]func(){
		"wiki": program("wiki", buildWiki, func(o *cli.Options) { o.Version = "1.2" }),
		"plain": program("plain", func(ctx context.Context, env *cli.Env) (*framework.Configurator, error) {
			return framework.New(env.Options()), nil
		}, func(o *cli.Options) { *o = cli.Options{Name: "plain", Settings: settings} }),
		"viewless": program("viewless", func(_ context.Context, env *cli.Env) (*framework.Configurator, error) {
			config := framework.New(env.Options())
			config.AddRoute("help", "/help/{topic}")
			return config, nil
		}, nil),
		"secured": program("secured", func(_ context.Context, env *cli.Env) (*framework.Configurator, error) {
			o := env.Options()
			o.Security, o.DefaultPermission = policy{}, "read"
			config := framework.New(o)
			config.AddView(views.Func(login))
			config.AddView(views.Func(login), views.Name("help"), views.NoPermission())
			config.AddView(views.Func(login), views.Name("edit"), views.IfPermitted("edit"))
			config.AddView(views.Func(login), views.Name("choose"), views.IfPermitted("edit"), views.NoPermission())
			config.AddView(views.Func(login), views.Name("choose"), views.Not(views.IfPermitted("edit").(web.Predicate)), views.NoPermission())
			return config, nil
		}, nil),
		"estate":  program("estate", buildEstate, nil),
		"ordered": program("ordered", buildOrdered, nil),
		"broken":  program("broken", buildBroken, nil),
		"sick":    program("sick", buildSick, nil),
		"suspect": program("suspect", buildSuspect, nil),
		"failing": program("failing", fails(errors.New("the pages are away")), nil),
		"empty":   program("empty", fails(nil), nil),
		"panicking": program("panicking", func(context.Context, *cli.Env) (*framework.Configurator, error) {
			panic("oh no")
		}, nil),
		"guessing": program("guessing", func(_ context.Context, env *cli.Env) (*framework.Configurator, error) {
			cli.Value[string](env, "tittle")
			cli.Value[int](env, "title")
			return framework.New(env.Options()), nil
		}, nil),
		"nobuild": program("nobuild", nil, nil),
		"nowhere": program("nowhere", buildWiki, func(o *cli.Options) {
			o.Server = server.Options{Addr: "nonsense", CertFile: "c.pem", MaxHeader: -1}
		}),
		"misdeclared": program("misdeclared", buildWiki, func(o *cli.Options) {
			o.Settings = []cli.Setting{
				{Name: "addr"}, {Name: "Big"}, {Name: "a.b"}, {Name: "a_b"}, {Name: "odd", Default: 1i}, {Name: "a.config"}, {Name: "config"},
			}
		}),
		"colliding": program("colliding", buildWiki, func(o *cli.Options) { o.Settings = append(settings, cli.Setting{Name: "dev", Flag: true}) }),
		"doubled": program("doubled", buildWiki, func(o *cli.Options) {
			o.Commands = func(*cli.Env) []*cobra.Command { return []*cobra.Command{{Use: "routes"}} }
		}),
	})
}

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"ask": ask},
	})
}

// ask FILE SOCKET METHOD PATH [ACCEPT] sends a request and writes the status, header and body of
// the response to FILE. It waits for a server that is still starting.
func ask(ts *testscript.TestScript, _ bool, args []string) {
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			for latest := time.Now().Add(10 * time.Second); ; {
				conn, err := new(net.Dialer).DialContext(ctx, "unix", ts.MkAbs(args[1]))
				if err == nil || time.Now().After(latest) {
					return conn, err
				}
				time.Sleep(5 * time.Millisecond) // in another process, so polling is the only way
			}
		},
	}}
	hr, err := http.NewRequest(args[2], "http://localhost"+args[3], http.NoBody)
	ts.Check(err)
	hr.Header.Set("Cookie", "secret=1")
	if len(args) > 4 {
		hr.Header.Set("Accept", args[4])
	}
	resp, err := client.Do(hr)
	ts.Check(err)
	body, err := io.ReadAll(resp.Body)
	ts.Check(errors.Join(err, resp.Body.Close()))
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n", resp.Status)
	ts.Check(resp.Header.Write(&text))
	text.WriteString("\n" + string(body))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text.String()), 0o600))
}

// userHeader names the user for the security policy of the wiki.
const userHeader = "X-User"

func asUser(hr *http.Request, user string) (*http.Request, error) {
	if user == "mallory" {
		return nil, errors.New("mallory is not known here")
	}
	hr.Header.Set(userHeader, user)
	return hr, nil
}

type policy struct{ open bool }

func (policy) Identity(r *web.Request) (any, error) {
	if user := r.Header.Get(userHeader); user != "" {
		return user, nil
	}
	return nil, nil
}

func (p policy) Permits(r *web.Request, _ traversal.Node, permission string) (web.Decision, error) {
	if user, _ := r.UserID(); user == "alice" || p.open {
		return web.Allow("alice may " + permission), nil
	}
	return web.Deny("only alice may " + permission), nil
}

// A page of the wiki.
type page struct{ title string }

func buildWiki(_ context.Context, env *cli.Env) (*framework.Configurator, error) {
	title := cli.Value[string](env, "title")
	o := env.Options()
	o.Root = func(*web.Request) (traversal.Resource, error) {
		return traversal.Map{"Front": &page{title}}, nil
	}
	o.Security = policy{cli.Value[bool](env, "public")}
	o.ActAs = asUser
	config := framework.New(o)
	config.AddRoute("login", "/login", views.Method("GET", "POST"))
	config.AddRoute("help", "/help/{topic}")
	config.AddView(views.Func(login), views.Route("help"))
	config.AddRoute("cdn", "https://cdn.example.com/{file}")
	config.AddRoute("blog", "/blog/*traverse", routes.GlobalViews())
	config.AddView(views.Func(login), views.Route("login"), views.Method("POST"))
	config.AddView(views.On(show))
	config.AddView(views.On(edit), views.Name("edit"), views.Method("POST"), views.Permission("edit"), views.Around(tweens.Timeout(2*time.Second, tweens.TimeoutOptions{})))
	config.AddView(views.Func(breaks), views.Name("panic"))
	config.AddView(views.Func(fail), views.Name("fail"))
	config.AddView(views.Func(open), views.Name("open"))
	config.AddView(views.Func(gif), views.Name("bytes"), views.NoPermission())
	config.AddView(views.Func(cut), views.Name("cut"))
	config.AddForbiddenView(views.Func(forbidden))
	config.AddTween("timing", tweens.Wrap(func(next web.Handler) web.Handler { return next }), tweens.Under(tweens.ExcView))
	config.AddViewDeriver("audit", func(next views.Callable, _ *views.Info) (views.Callable, error) { return next, nil })
	config.OnStart(func(context.Context, *framework.App) error {
		env.Logger.Info().Str("command", env.Command).Strs("friends", cli.Value[[]string](env, "friends")).Int("workers", cli.Value[int](env, "workers")).
			Dur("patience", cli.Value[time.Duration](env, "patience")).Str("url", cli.Value[string](env, "database.url")).Msg("opened")
		return nil
	})
	config.OnStop(func(context.Context, *framework.App) error {
		env.Logger.Info().Str("command", env.Command).Msg("closed")
		return nil
	})
	config.OnServe(func(context.Context, *framework.App) error { env.Logger.Info().Msg("mailing"); return nil }, nil)
	return config, nil
}

func show(r *web.Request, p *page) (*web.Response, error) { return r.Text(p.title + "\n"), nil }

func edit(r *web.Request, _ *page) (*web.Response, error) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	user, err := r.UserID()
	return r.Text(fmt.Sprintf("%s writes %q, %s\n", user, text, r.URL.RawQuery)), err
}

func login(r *web.Request) (*web.Response, error) { return r.Text("welcome\n"), nil }
func breaks(*web.Request) (*web.Response, error)  { panic("the view broke") }
func fail(*web.Request) (*web.Response, error) {
	return nil, fmt.Errorf("open page: %w", errors.ErrUnsupported)
}
func gif(r *web.Request) (*web.Response, error) { return r.Bytes("image/gif", []byte{0xff, 0}), nil }
func cut(*web.Request) (*web.Response, error)   { panic(http.ErrAbortHandler) }

// open responds without a line break, and logs once it has done so.
func open(r *web.Request) (*web.Response, error) {
	r.AddFinishedCallback(func(r *web.Request) error { r.Log().Error().Msg("said"); return nil })
	return r.Text("no line break"), nil
}

func forbidden(r *web.Request) (*web.Response, error) { return r.Text("our own refusal\n"), nil }

func buildOrdered(_ context.Context, env *cli.Env) (*framework.Configurator, error) {
	config := framework.New(env.Options())
	config.AddView(views.Func(fail))
	for _, name := range []string{"a", "b", "c"} {
		config.AddTween(name, tweens.Wrap(func(next web.Handler) web.Handler { return next }))
	}
	config.SetTweenOrder("b", tweens.ExcView, "a")
	return config, nil
}

func buildBroken(_ context.Context, env *cli.Env) (*framework.Configurator, error) {
	config := framework.New(env.Options())
	config.AddView(views.On(show))
	config.AddView(views.On(show))
	config.AddRoute("", "/odd")
	return config, nil
}

// buildSuspect declares an application with warnings, whose start fails.
func buildSuspect(ctx context.Context, env *cli.Env) (*framework.Configurator, error) {
	config, err := buildSick(ctx, env)
	for line, text := range []string{"nothing is here", "nothing is there"} {
		config.At(registry.Source{File: "app.go", Line: 2 - line}).Directive().Declare(registry.Declaration{
			Run: func(c *registry.Config, reg *registry.Registry) error { reg.Warn(c.Source(), text); return nil },
		})
	}
	return config, err
}

// buildSick declares an application whose start fails.
func buildSick(_ context.Context, env *cli.Env) (*framework.Configurator, error) {
	config := framework.New(env.Options())
	config.OnStart(func(context.Context, *framework.App) error { return errors.New("no database") })
	return config, nil
}

func ownCommands(env *cli.Env) []*cobra.Command {
	greet := &cobra.Command{
		Use: "greet NAME", Short: "greet somebody", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			app, err := env.App(cmd.Context())
			if err != nil {
				return err
			}
			r, done, err := app.Prepare(cmd.Context(), nil)
			if err != nil {
				return err
			}
			loud, _ := cmd.Flags().GetBool("loud")
			text := fmt.Sprintf("%s: hello %s from %s, root %T", env.Command, args[0], cli.Value[string](env, "title"), r.Root())
			if loud {
				text = strings.ToUpper(text)
			}
			fmt.Fprintln(env.Stdout, text)
			return done()
		},
	}
	greet.Flags().Bool("loud", false, "in capitals")
	database := &cobra.Command{Use: "db", PersistentPreRun: func(*cobra.Command, []string) { fmt.Fprintln(env.Stdout, "before") }}
	database.AddCommand(&cobra.Command{Use: "migrate", RunE: func(*cobra.Command, []string) error {
		fmt.Fprintln(env.Stdout, env.Command, cli.Value[string](env, "database.url"))
		return errors.New("the database is away")
	}})
	return []*cobra.Command{greet, database}
}
