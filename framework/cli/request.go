package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
)

func (p *program) requestCommand() *cobra.Command {
	var include, fail bool
	cmd := &cobra.Command{
		Use:   "request [METHOD] PATH",
		Short: "Answer one request within this process, and print the answer",
		Long: `Answer one request within this process, without a server, and print the answer. POST, PUT and PATCH
take their body from standard input, unless that is a terminal, or from --data; say its type with
-H 'Content-Type: …'. A status of 400 or more is told on standard error as well.

OnStart hooks run before, OnStop hooks after. --as comes from somebody as the application sees to it
(cli.Options.As); other ways to say who is asking are --user and --header.`,
		Example: "  request /wiki/Front\n  request POST /wiki/Front/edit --as alice -H 'Content-Type: application/json' <edit.json",
		Args:    methodAndPath,
	}
	ask := p.askFlags(cmd)
	cmd.Flags().BoolVarP(&include, "include", "i", false, "print status and headers before the body")
	cmd.Flags().BoolVarP(&fail, "fail", "f", false, "end with exit status 1 if the status is 400 or more")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return p.inProcess(cmd, args, ask, func(app *framework.App, hr *http.Request) error {
			var whole bytes.Buffer
			answer := &answer{header: http.Header{}, to: p.env.Stdout, include: include}
			if p.json {
				answer.to, answer.include = &whole, false
			}
			broken := serveOnce(app, answer, hr)
			if p.json {
				if err := writeJSON(p.env.Stdout, answer.told(whole.Bytes())); err != nil {
					return err
				}
			} else if answer.status >= 400 {
				fmt.Fprintf(p.env.Stderr, "%d %s\n", answer.status, http.StatusText(answer.status))
			}
			switch {
			case broken != nil:
				return broken
			case fail && answer.status >= 400:
				return errSaid
			}
			return answer.err
		})
	}
	return cmd
}

// serveOnce has the application answer. The panic by which it would cut the
// connection is an error.
func serveOnce(app *framework.App, w *answer, hr *http.Request) (err error) {
	defer func() {
		if value := recover(); value != nil {
			if cause, ok := value.(error); !ok || !errors.Is(cause, http.ErrAbortHandler) {
				panic(value)
			}
			err = errors.New("the response broke off: see the log")
		}
	}()
	app.ServeHTTP(w, hr)
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	return nil
}

// answer prints a response as it comes.
type answer struct {
	header  http.Header
	status  int
	to      io.Writer
	include bool
	err     error
}

var (
	_ http.ResponseWriter = (*answer)(nil)
	_ http.Flusher        = (*answer)(nil)
)

func (a *answer) Header() http.Header { return a.header }

// WriteHeader prints the head, if that was asked for.
func (a *answer) WriteHeader(status int) {
	if a.status >= 200 {
		return
	}
	a.status = status
	if a.include {
		_, a.err = fmt.Fprintf(a.to, "HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
		a.err = errors.Join(a.err, a.header.Write(a.to))
		_, err := io.WriteString(a.to, "\r\n")
		a.err = errors.Join(a.err, err)
	}
}

// Write prints a part of the body.
func (a *answer) Write(b []byte) (int, error) {
	if a.status < 200 {
		a.WriteHeader(http.StatusOK)
	}
	n, err := a.to.Write(b)
	a.err = errors.Join(a.err, err)
	return n, err
}

// Flush has nothing to do: all is written at once.
func (a *answer) Flush() {}

// toldAnswer is a response for programs. A body that is no text is in Bytes.
type toldAnswer struct {
	Status int         `json:"status"`
	Header http.Header `json:"header"`
	Body   string      `json:"body,omitempty"`
	Bytes  []byte      `json:"body_base64,omitempty"`
}

func (a *answer) told(body []byte) toldAnswer {
	if utf8.Valid(body) {
		return toldAnswer{Status: a.status, Header: a.header, Body: string(body)}
	}
	return toldAnswer{Status: a.status, Header: a.header, Bytes: body}
}
