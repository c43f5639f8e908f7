package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
)

// localhost is the host of a request for which none is given.
const localhost = "localhost"

// requestFlags are the flags by which explain and request describe a request.
type requestFlags struct {
	program *program
	headers []string
	query   []string
	as      string
	user    string
	data    string
}

func (p *program) newRequestFlags(cmd *cobra.Command) *requestFlags {
	f := &requestFlags{program: p}
	flags := cmd.Flags()
	flags.StringArrayVarP(&f.headers, "header", "H", nil, "add a header, as `\"NAME: VALUE\"`; may be repeated")
	flags.StringArrayVarP(&f.query, "query", "q", nil, "add `NAME=VALUE` to the query; may be repeated")
	flags.StringVar(&f.as, "as", "", "act as `USER` (see framework.Options.ActAs)")
	flags.StringVarP(&f.user, "user", "u", "", "send `NAME:PASSWORD` as Basic authentication")
	body := "the request's `BODY`"
	if readsStdin(cmd) {
		body += ", instead of standard input"
	}
	flags.StringVarP(&f.data, "data", "d", "", body)
	cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, cobra.ShellCompDirectiveNoFileComp
	}
	return f
}

// readsStdin reports whether cmd reads the request's body from standard input.
func readsStdin(cmd *cobra.Command) bool { return cmd.Name() == "request" }

// methodAndPath checks the arguments of explain and request: METHOD PATH, or PATH.
func methodAndPath(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return usagef("%s: missing path: want %[1]s [METHOD] PATH, such as %[1]s /wiki/Front", cmd.Name())
	case len(args) > 2:
		return usagef("%s: unexpected argument %q: want %[1]s METHOD PATH", cmd.Name(), args[2])
	}
	return nil
}

// request makes the request, with the fields that a server would set.
func (f *requestFlags) request(cmd *cobra.Command, args []string) (*http.Request, error) {
	method, target := http.MethodGet, args[len(args)-1]
	if len(args) == 2 {
		method = args[0]
		if method == strings.ToLower(method) {
			method = strings.ToUpper(method)
		}
	}
	if strings.HasPrefix(target, "/") {
		target = "http://" + localhost + target
	} else if !strings.Contains(target, "://") {
		return nil, usagef("%s: invalid path %q: it must begin with a slash", cmd.Name(), target)
	}
	u, err := url.Parse(target)
	if err != nil {
		return nil, usagef("%s: %w", cmd.Name(), err)
	}
	if err := f.addQuery(u); err != nil {
		return nil, err
	}
	body, length := f.body(cmd, method)
	hr, err := http.NewRequestWithContext(cmd.Context(), method, u.String(), body)
	if err != nil {
		return nil, usagef("%s: %w", cmd.Name(), err)
	}
	hr.ContentLength = length
	hr.RequestURI, hr.RemoteAddr = u.RequestURI(), "127.0.0.1:1"
	if err := f.addHeaders(hr); err != nil {
		return nil, err
	}
	if f.user != "" {
		name, password, _ := strings.Cut(f.user, ":")
		hr.SetBasicAuth(name, password)
	}
	return hr, nil
}

// actAs applies --as.
func (f *requestFlags) actAs(app *framework.App, hr *http.Request) (*http.Request, error) {
	if f.as == "" {
		return hr, nil
	}
	changed, err := app.ActAs(hr, f.as)
	if err != nil {
		return nil, fmt.Errorf("--as: %w", err)
	}
	return changed, nil
}

func (f *requestFlags) addQuery(u *url.URL) error {
	for _, pair := range f.query {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return usagef("--query: invalid value %q: want NAME=VALUE", pair)
		}
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += url.QueryEscape(name) + "=" + url.QueryEscape(value)
	}
	return nil
}

func (f *requestFlags) addHeaders(hr *http.Request) error {
	for _, line := range f.headers {
		name, value, ok := strings.Cut(line, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok || name == "" {
			return usagef("--header: invalid value %q: want \"NAME: VALUE\"", line)
		}
		if strings.EqualFold(name, "Host") {
			hr.Host = value
			continue
		}
		hr.Header.Add(name, value)
	}
	return nil
}

// body returns what --data gives or, for methods with a body, standard input unless that is a
// terminal.
func (f *requestFlags) body(cmd *cobra.Command, method string) (io.Reader, int64) {
	if cmd.Flags().Changed("data") {
		return strings.NewReader(f.data), int64(len(f.data))
	}
	in := f.program.env.Stdin
	if in == nil || isTerminal(in) || !readsStdin(cmd) || !slices.Contains([]string{"POST", "PUT", "PATCH"}, method) {
		return http.NoBody, 0
	}
	if file, ok := in.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			return readOnly{file}, info.Size()
		}
	}
	return readOnly{in}, -1
}

// readOnly keeps the request from closing standard input.
type readOnly struct{ io.Reader }
