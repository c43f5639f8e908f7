package cli

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// asked are the flags by which explain and request describe a request.
type asked struct {
	program *program
	headers []string
	query   []string
	as      string
	user    string
	data    string
}

func (p *program) askFlags(cmd *cobra.Command) *asked {
	a := &asked{program: p}
	flags := cmd.Flags()
	flags.StringArrayVarP(&a.headers, "header", "H", nil, "a header, as `\"NAME: VALUE\"`; may be repeated")
	flags.StringArrayVarP(&a.query, "query", "q", nil, "add `NAME=VALUE` to the query; may be repeated")
	flags.StringVar(&a.as, "as", "", "come from `WHO`, in the way that the application has for it (cli.Options.As)")
	flags.StringVarP(&a.user, "user", "u", "", "send `NAME:PASSWORD` as Basic authentication")
	flags.StringVarP(&a.data, "data", "d", "", "the `BODY`, in place of standard input")
	cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, cobra.ShellCompDirectiveNoFileComp
	}
	return a
}

// methodAndPath are the arguments of explain and request: METHOD PATH, or PATH.
func methodAndPath(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return misused("%s: which path? Say %[1]s METHOD PATH, or %[1]s PATH", cmd.Name())
	case len(args) > 2:
		return misused("%s: what is %q? Say %[1]s METHOD PATH", cmd.Name(), args[2])
	}
	return nil
}

// request makes the request as a server would get it.
func (a *asked) request(cmd *cobra.Command, args []string) (*http.Request, error) {
	method, target := http.MethodGet, args[len(args)-1]
	if len(args) == 2 {
		method = args[0]
		if method == strings.ToLower(method) {
			method = strings.ToUpper(method)
		}
	}
	if strings.HasPrefix(target, "/") {
		target = "http://localhost" + target
	} else if !strings.Contains(target, "://") {
		return nil, misused("%s: the path %q does not begin with a slash", cmd.Name(), target)
	}
	u, err := url.Parse(target)
	if err != nil {
		return nil, misused("%s: %w", cmd.Name(), err)
	}
	if err := a.addQuery(u); err != nil {
		return nil, err
	}
	body, length := a.body(cmd, method)
	hr, err := http.NewRequestWithContext(cmd.Context(), method, u.String(), body)
	if err != nil {
		return nil, misused("%s: %w", cmd.Name(), err)
	}
	hr.ContentLength = length
	hr.RequestURI, hr.RemoteAddr = u.RequestURI(), "127.0.0.1:1"
	if err := a.addHeaders(hr); err != nil {
		return nil, err
	}
	return a.from(hr)
}

func (a *asked) addQuery(u *url.URL) error {
	for _, pair := range a.query {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return misused("--query %s: say NAME=VALUE", pair)
		}
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += url.QueryEscape(name) + "=" + url.QueryEscape(value)
	}
	return nil
}

func (a *asked) addHeaders(hr *http.Request) error {
	for _, line := range a.headers {
		name, value, ok := strings.Cut(line, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok || name == "" {
			return misused("--header %q: say \"NAME: VALUE\"", line)
		}
		if strings.EqualFold(name, "Host") {
			hr.Host = value
			continue
		}
		hr.Header.Add(name, value)
	}
	return nil
}

// from says who is asking.
func (a *asked) from(hr *http.Request) (*http.Request, error) {
	if a.user != "" {
		name, password, _ := strings.Cut(a.user, ":")
		hr.SetBasicAuth(name, password)
	}
	if a.as == "" {
		return hr, nil
	}
	as := a.program.o.As
	if as == nil {
		return nil, misused("--as: this program does not say how a request comes from somebody (cli.Options.As): give the --header by which its policy knows them")
	}
	from, err := as(hr, a.as)
	if err == nil && from == nil {
		from = hr
	}
	return from, err
}

// body is what --data gives, or for methods that have a body standard input
// unless that is a terminal.
func (a *asked) body(cmd *cobra.Command, method string) (io.Reader, int64) {
	if cmd.Flags().Changed("data") {
		return strings.NewReader(a.data), int64(len(a.data))
	}
	in := a.program.env.Stdin
	if in == nil || isTerminal(in) || cmd.Name() != "request" || !slices.Contains([]string{"POST", "PUT", "PATCH"}, method) {
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
