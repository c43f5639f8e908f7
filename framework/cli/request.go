package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
)

func (p *program) requestCommand() *cobra.Command {
	var include, fail bool
	cmd := &cobra.Command{
		Use:     "request [METHOD] PATH",
		Aliases: []string{"send"},
		Short:   "Send one request to the application, without a server, and print the response",
		Long: `Send one request to the application within this process, without a server, and print the response.
POST, PUT and PATCH read their body from standard input, unless that is a terminal, or from --data;
set its type with -H 'Content-Type: …'. A status of 400 or more is also printed to standard error,
unless a terminal shows it already. On a terminal, a line break ends the body.` + requestHelp,
		Example: "  request /wiki/Front\n  request POST /wiki/Front/edit --as alice -H 'Content-Type: application/json' <edit.json",
		Args:    methodAndPath,
	}
	flags := p.newRequestFlags(cmd)
	cmd.Flags().BoolVarP(&include, "include", "i", false, "print the status and headers before the body")
	cmd.Flags().BoolVarP(&fail, "fail", "f", false, "exit with status 1 if the response's status is 400 or more")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return p.inProcess(cmd, args, flags, func(app *framework.App, hr *http.Request) error {
			var body bytes.Buffer
			w := &responsePrinter{header: http.Header{}, to: p.env.Stdout, include: include, begin: make([]byte, 0, 64)}
			switch {
			case p.json:
				w.to, w.include = &body, false
			case p.output != nil:
				w.to = p.output
			}
			aborted := serveOnce(app, w, hr)
			if p.json {
				if err := writeJSON(p.env.Stdout, newJSONResponse(w, body.Bytes())); err != nil {
					return err
				}
			} else {
				w.finish(p.env.Stderr)
			}
			switch {
			case aborted != nil:
				return aborted
			case fail && w.status >= 400:
				return errReported
			}
			return w.err
		})
	}
	return cmd
}

// serveOnce calls the application. It turns the panic that would close the connection into an
// error.
func serveOnce(app *framework.App, w *responsePrinter, hr *http.Request) (err error) {
	defer func() {
		if value := recover(); value != nil {
			if cause, ok := value.(error); !ok || !errors.Is(cause, http.ErrAbortHandler) {
				panic(value)
			}
			err = errors.New("the response was aborted: see the log")
		}
	}()
	app.ServeHTTP(w, hr)
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	return nil
}

// responsePrinter prints a response while it is written.
type responsePrinter struct {
	header  http.Header
	status  int
	to      io.Writer
	include bool
	err     error
	begin   []byte // of the body, as long as a status line
}

var (
	_ http.ResponseWriter = (*responsePrinter)(nil)
	_ http.Flusher        = (*responsePrinter)(nil)
)

func (w *responsePrinter) Header() http.Header { return w.header }

// WriteHeader prints the status and headers, if --include is set.
func (w *responsePrinter) WriteHeader(status int) {
	if w.status >= 200 {
		return
	}
	w.status = status
	if w.include {
		_, w.err = fmt.Fprintf(w.to, "HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
		w.err = errors.Join(w.err, w.header.Write(w.to))
		_, err := io.WriteString(w.to, "\r\n")
		w.err = errors.Join(w.err, err)
	}
}

// Write prints a part of the body.
func (w *responsePrinter) Write(b []byte) (int, error) {
	if w.status < 200 {
		w.WriteHeader(http.StatusOK)
	}
	w.begin = append(w.begin, b[:min(len(b), cap(w.begin)-len(w.begin))]...)
	n, err := w.to.Write(b)
	w.err = errors.Join(w.err, err)
	return n, err
}

// finish ends the body's last line where stderr would go on with it, and prints a status of 400 or
// more to stderr, unless it is in the same place already.
func (w *responsePrinter) finish(stderr io.Writer) {
	shown := false
	status := fmt.Sprintf("%d %s", w.status, http.StatusText(w.status))
	if shared, ok := w.to.(*sharedOutput); ok {
		w.err = errors.Join(w.err, shared.endLine())
		shown = w.include || strings.HasPrefix(string(w.begin), status)
	}
	if w.status >= 400 && !shown {
		fmt.Fprintln(stderr, status)
	}
}

// Flush does nothing: nothing is buffered.
func (w *responsePrinter) Flush() {}

// jsonResponse is a response as --json prints it. A body that is not UTF-8 is in Bytes.
type jsonResponse struct {
	Status int         `json:"status"`
	Header http.Header `json:"header"`
	Body   string      `json:"body,omitempty"`
	Bytes  []byte      `json:"body_base64,omitempty"`
}

func newJSONResponse(w *responsePrinter, body []byte) jsonResponse {
	if utf8.Valid(body) {
		return jsonResponse{Status: w.status, Header: w.header, Body: string(body)}
	}
	return jsonResponse{Status: w.status, Header: w.header, Bytes: body}
}
