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
	OK       bool      `json:"ok"` // the exit status is 0
	Routes   int       `json:"routes"`
	Views    int       `json:"views"`
	Tweens   int       `json:"tweens"`
	Started  bool      `json:"started"`
	Errors   []problem `json:"errors"`
	Warnings []problem `json:"warnings"`
}

// problem is one error or warning of the configuration.
type problem struct {
	Kind    string   `json:"kind"` // "conflict", "mistake", "execution", "setting", "warning" or "other"
	Text    string   `json:"text"`
	Sources []string `json:"sources"`
}

func (p *program) checkCommand() *cobra.Command {
	var start, strict bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Build the application and report the errors in its configuration",
		Long: `Build the application and report all errors in its configuration and settings. The exit status is
1 if there are any, so that a pipeline can run it before a deployment.

After the errors it reports warnings: what builds, but is probably wrong, such as a route that no
request can reach. With --strict, the exit status is 1 if there are any.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			result, warnings, err := p.check(cmd, start)
			valid := err == nil && (!strict || len(warnings) == 0)
			if p.json {
				result.OK, result.Errors, result.Warnings = valid, problems(err), warned(warnings)
				err = writeJSON(p.env.Stdout, result)
			} else {
				err = p.writeCheck(result, warnings, err)
			}
			if err == nil && !valid {
				return errReported
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&start, "start", false, "also run the OnStart hooks, then the OnStop hooks")
	cmd.Flags().BoolVar(&strict, "strict", false, "exit with status 1 if there are warnings")
	return cmd
}

// check builds the application. The error is what is wrong with it, or with the settings.
func (p *program) check(cmd *cobra.Command, start bool) (result checkResult, warnings []registry.Warning, err error) {
	if p.invalid != nil {
		return result, nil, p.invalid
	}
	app, err := p.env.App(cmd.Context())
	if err != nil {
		if report, ok := errors.AsType[*registry.Errors](err); ok {
			warnings = report.Warnings()
		}
		return result, warnings, err
	}
	reg := app.Registry()
	result = checkResult{
		Routes: len(routes.TableOf(reg).RouteNames()), Views: len(views.TableOf(reg).Views()), Tweens: len(tweens.Names(reg)),
	}
	if start {
		if err := app.StartOffline(cmd.Context()); err != nil {
			return result, reg.Warnings(), err
		}
		result.Started = true
		err = p.shutdown(cmd.Context(), app)
	}
	return result, reg.Warnings(), err
}

// writeCheck writes the result as text: errors, then warnings, to the standard error.
func (p *program) writeCheck(result checkResult, warnings []registry.Warning, invalid error) error {
	if invalid != nil {
		_ = p.exit(invalid) // prints it; checkCommand sets the exit status
	}
	if len(warnings) > 0 {
		fmt.Fprintf(p.env.Stderr, "%s: %s:\n", p.o.Name, count(len(warnings), "warning"))
	}
	for _, w := range warnings {
		fmt.Fprintln(p.env.Stderr, w)
	}
	if invalid != nil {
		return nil
	}
	_, err := fmt.Fprintf(p.env.Stdout, "the configuration is valid: %s, %s, %s\n",
		count(result.Routes, "route"), count(result.Views, "view"), count(result.Tweens, "tween"))
	return err
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

// warned returns the warnings as check --json prints them.
func warned(warnings []registry.Warning) []problem {
	all := []problem{}
	for _, w := range warnings {
		one := problem{Kind: "warning", Text: w.String(), Sources: []string{}}
		if !w.Source.IsZero() {
			one.Sources = append(one.Sources, w.Source.String())
		}
		all = append(all, one)
	}
	return all
}
