package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
)

// checked is what the command check says to programs.
type checked struct {
	OK      bool      `json:"ok"`
	Routes  int       `json:"routes"`
	Views   int       `json:"views"`
	Tweens  int       `json:"tweens"`
	Started bool      `json:"started"`
	Errors  []problem `json:"errors"`
}

// problem is one thing that is wrong.
type problem struct {
	Kind   string   `json:"kind"` // "conflict", "mistake", "execution", "setting", "other"
	Text   string   `json:"text"`
	Places []string `json:"places"`
}

func (p *program) checkCommand() *cobra.Command {
	var start bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Build the application, and say whether its configuration is good",
		Long: `Build the application, and say whether its configuration is good: for pipelines.
If not, all that is wrong is reported, and the exit status is 1.`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			result, err := p.check(cmd, start)
			if p.json {
				result.OK, result.Errors = err == nil, problems(err)
				if err := writeJSON(p.env.Stdout, result); err != nil {
					return err
				}
				if err != nil {
					return errSaid
				}
				return nil
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.env.Stdout, "the configuration is good: %s, %s, %s\n",
				count(result.Routes, "route"), count(result.Views, "view"), count(result.Tweens, "tween"))
			return err
		},
	}
	cmd.Flags().BoolVar(&start, "start", false, "run the OnStart hooks too, and the OnStop hooks after them")
	return cmd
}

func (p *program) check(cmd *cobra.Command, start bool) (checked, error) {
	if p.wrong != nil {
		return checked{}, p.wrong
	}
	app, err := p.env.App(cmd.Context())
	if err != nil {
		return checked{}, err
	}
	reg := app.Registry()
	result := checked{
		Routes: len(routes.TableOf(reg).RouteNames()), Views: len(views.TableOf(reg).Views()), Tweens: len(tweens.Names(reg)),
	}
	if start {
		if err := app.Start(cmd.Context()); err != nil {
			return result, err
		}
		result.Started = true
		err = p.shutdown(cmd.Context(), app)
	}
	return result, err
}

func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

// problems takes a report apart.
func problems(err error) []problem {
	all := []problem{}
	if err == nil {
		return all
	}
	if report, ok := errors.AsType[*registry.Errors](err); ok {
		for _, part := range report.Unwrap() {
			all = append(all, problemOf(part))
		}
		return all
	}
	if list, ok := err.(interface{ Unwrap() []error }); ok && errors.Join(list.Unwrap()...).Error() == err.Error() {
		for _, part := range list.Unwrap() { // it says nothing that they do not
			all = append(all, problems(part)...)
		}
		return all
	}
	return append(all, problemOf(err))
}

func problemOf(err error) problem {
	one := problem{Kind: "other", Text: err.Error(), Places: []string{}}
	add := func(kind string, places ...registry.Source) {
		one.Kind = kind
		for _, place := range places {
			if !place.IsZero() {
				one.Places = append(one.Places, place.String())
			}
		}
	}
	switch err := err.(type) {
	case *registry.Conflict:
		add("conflict", err.Sources...)
	case *registry.Mistake:
		add("mistake", err.Source)
	case *registry.ExecutionError:
		add("execution", err.Source)
	case *settingError:
		one.Kind, one.Places = "setting", []string{err.place}
	}
	return one
}
