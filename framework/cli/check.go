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

// checkResult is what check --json prints.
type checkResult struct {
	OK      bool      `json:"ok"`
	Routes  int       `json:"routes"`
	Views   int       `json:"views"`
	Tweens  int       `json:"tweens"`
	Started bool      `json:"started"`
	Errors  []problem `json:"errors"`
}

// problem is one error of the configuration.
type problem struct {
	Kind    string   `json:"kind"` // "conflict", "mistake", "execution", "setting" or "other"
	Text    string   `json:"text"`
	Sources []string `json:"sources"`
}

func (p *program) checkCommand() *cobra.Command {
	var start bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Build the application and report the errors in its configuration",
		Long: `Build the application and report all errors in its configuration and settings. The exit status is
1 if there are any, so that a pipeline can run it before a deployment.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			result, err := p.check(cmd, start)
			if p.json {
				result.OK, result.Errors = err == nil, problems(err)
				if err := writeJSON(p.env.Stdout, result); err != nil {
					return err
				}
				if err != nil {
					return errReported
				}
				return nil
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.env.Stdout, "the configuration is valid: %s, %s, %s\n",
				count(result.Routes, "route"), count(result.Views, "view"), count(result.Tweens, "tween"))
			return err
		},
	}
	cmd.Flags().BoolVar(&start, "start", false, "also run the OnStart hooks, then the OnStop hooks")
	return cmd
}

func (p *program) check(cmd *cobra.Command, start bool) (checkResult, error) {
	if p.invalid != nil {
		return checkResult{}, p.invalid
	}
	app, err := p.env.App(cmd.Context())
	if err != nil {
		return checkResult{}, err
	}
	reg := app.Registry()
	result := checkResult{
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

// problems splits a report into its errors.
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
		for _, part := range list.Unwrap() { // the join adds no text of its own
			all = append(all, problems(part)...)
		}
		return all
	}
	return append(all, problemOf(err))
}

func problemOf(err error) problem {
	one := problem{Kind: "other", Text: err.Error(), Sources: []string{}}
	set := func(kind string, sources ...registry.Source) {
		one.Kind = kind
		for _, source := range sources {
			if !source.IsZero() {
				one.Sources = append(one.Sources, source.String())
			}
		}
	}
	switch err := err.(type) {
	case *registry.Conflict:
		set("conflict", err.Sources...)
	case *registry.Mistake:
		set("mistake", err.Source)
	case *registry.ExecutionError:
		set("execution", err.Source)
	case *settingError:
		one.Kind, one.Sources = "setting", []string{err.source}
	}
	return one
}
