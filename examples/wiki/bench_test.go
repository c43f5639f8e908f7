package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/server"
)

// section is Markdown of every common kind; six of them are a page of 4 KB.
const section = `## Section

A paragraph with *emphasis*, **strong words**, ` + "`code`" + ` and a [link](other) to the next page. It goes on for a
while, as paragraphs do, so that there is something to read and to break into lines.

- an item
- another item, with a [reference](https://example.com/ "title")
  - and one below it

| name | number |
|------|-------:|
| one  |      1 |
| two  |      2 |

` + "```go\nfunc main() { fmt.Println(\"hello\") }\n```" + `

> A quotation, in two
> lines.

`

// served is a wiki that serves on a real listener.
type served struct {
	app  *framework.App
	addr string
}

// serveWiki starts a wiki with a page /d1/…/dN/page.
func serveWiki(b *testing.B, a addresses, depth int) (s served, cookie, path string) {
	b.Helper()
	log := zerolog.New(io.Discard)
	services, err := connect(b.Context(), a, &log)
	require.NoError(b, err)
	w, err := newWiki(b.Context(), services)
	require.NoError(b, err)
	config := configure(w, framework.Options{Logger: &log})
	config.SetDevelopment()
	config.OnStop(func(ctx context.Context, _ *framework.App) error { return w.close(ctx) })
	app, err := config.App()
	require.NoError(b, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(b.Context()))
	started, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- framework.Serve(ctx, app, server.Options{Addr: "127.0.0.1:0", DisableSignals: true, Started: func(a net.Addr) { started <- a.String() }})
	}()
	b.Cleanup(func() { cancel(); require.NoError(b, <-ended) })
	s = served{app, <-started}

	token, err := w.firstInvite(b.Context())
	require.NoError(b, err)
	p := newPerson(b, "http://"+s.addr)
	p.enter("alice", token)
	folder := "/"
	for i := range depth {
		name := fmt.Sprintf("d%d", i+1)
		require.NoError(b, p.submit(folder+"@@newfolder", folder+"@@newfolder", "name", name, "title", name))
		folder += name + "/"
	}
	require.NoError(b, p.submit(folder+"@@newpage", folder+"@@newpage", "name", "page", "title", "A page", "text", strings.Repeat(section, 6)))
	require.NoError(b, p.submit("/", logoutPath)) // forgets the messages, and what was changed a moment ago
	p.enter("alice", "")
	u, err := url.Parse("http://" + s.addr + folder)
	require.NoError(b, err)
	for _, c := range p.client.Jar.Cookies(u) {
		cookie += c.Name + "=" + c.Value
	}
	return s, cookie, folder + "page"
}

// BenchmarkPage views a page of 4 KB of Markdown, eight levels deep, as somebody who is logged in:
// the application alone, and over a connection that stays open.
func BenchmarkPage(b *testing.B) {
	for name, where := range map[string]func(b *testing.B) addresses{
		"sqlite":   func(b *testing.B) addresses { return addresses{File: filepath.Join(b.TempDir(), "wiki.db")} },
		"postgres": func(b *testing.B) addresses { return addresses{Database: newSchema(b)} },
	} {
		b.Run(name, func(b *testing.B) {
			s, cookie, path := serveWiki(b, where(b), 8)
			b.Run("handler", func(b *testing.B) { benchmarkHandler(b, s.app, cookie, path) })
			b.Run("connection", func(b *testing.B) { benchmarkConnection(b, s.addr, cookie, path) })
		})
	}
}

func benchmarkHandler(b *testing.B, app http.Handler, cookie, path string) {
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Code, w.Body)
		}
	}
}

func benchmarkConnection(b *testing.B, addr, cookie, path string) {
	conn, err := net.Dial("tcp", addr)
	require.NoError(b, err)
	defer conn.Close()
	request := []byte("GET " + path + " HTTP/1.1\r\nHost: x\r\nCookie: " + cookie + "\r\n\r\n")
	in, body := bufio.NewReader(conn), new(bytes.Buffer)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := conn.Write(request); err != nil {
			b.Fatal(err)
		}
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			b.Fatal(err)
		}
		body.Reset()
		if _, err := body.ReadFrom(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
			b.Fatal(resp.Status, err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}
