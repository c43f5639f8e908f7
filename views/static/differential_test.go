package static_test

import (
	"context"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views/static"
)

// peer is a server of the same files.
type peer struct {
	client *http.Client
	base   string
	tag    string // of note.txt
}

// send sends a request and describes the response in one line. ETAG in a header is the server's own
// tag of the file.
func (p *peer) send(t *testing.T, method, path string, headers ...string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, p.base+path, nil)
	require.NoError(t, err)
	r.Header.Set("Accept-Encoding", "identity")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], strings.ReplaceAll(headers[i+1], "ETAG", p.tag))
	}
	w, err := p.client.Do(r)
	require.NoError(t, err)
	defer w.Body.Close()
	body, err := io.ReadAll(w.Body)
	require.NoError(t, err)
	line := fmt.Sprint(w.StatusCode)
	for _, name := range []string{"Content-Range", "Content-Encoding"} {
		if value := w.Header.Get(name); value != "" {
			line += " " + value
		}
	}
	if to := w.Header.Get("Location"); to != "" {
		line += " -> " + to
	}
	if mediaType, params, err := mime.ParseMediaType(w.Header.Get("Content-Type")); err == nil && mediaType == "multipart/byteranges" {
		parts := multipart.NewReader(strings.NewReader(string(body)), params["boundary"])
		for {
			part, err := parts.NextRawPart()
			if err == io.EOF {
				return line
			}
			require.NoError(t, err)
			text, err := io.ReadAll(part)
			require.NoError(t, err)
			line += " [" + part.Header.Get("Content-Range") + " " + string(text) + "]"
		}
	}
	if w.StatusCode < 300 && len(body) > 0 {
		line += " " + string(body)
	}
	return line
}

// nginx starts the server with the files of dir, "" if it is not installed.
func nginx(t *testing.T, dir string) *peer {
	t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		return nil
	}
	run, err := os.MkdirTemp("", "nginx") // a socket needs a short path
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, os.RemoveAll(run)) })
	socket := filepath.Join(run, "s")
	config := fmt.Sprintf(`daemon off; master_process off; worker_processes 1; pid %[1]s/pid; error_log %[1]s/error.log;
events { worker_connections 64; }
http {
	access_log off; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/c;
	types { text/plain txt; text/html html; }
	absolute_redirect off;
	server { listen unix:%[2]s; gzip_static on; location /files/ { alias %[3]s/; } }
}`, run, socket, dir)
	require.NoError(t, os.WriteFile(filepath.Join(run, "conf"), []byte(config), 0o600))
	command := exec.CommandContext(t.Context(), program, "-p", run, "-c", "conf", "-e", filepath.Join(run, "error.log"))
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		_ = command.Process.Kill() // the context ends it too
		_ = command.Wait()
	})
	require.Eventually(t, func() bool {
		c, err := (&net.Dialer{}).DialContext(t.Context(), "unix", socket)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}, 10*time.Second, 10*time.Millisecond, "nginx does not start")
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return &peer{client: noRedirects(transport), base: "http://nginx"}
}

func noRedirects(transport http.RoundTripper) *http.Client {
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// TestBesideOtherServers compares responses with those of http.FileServerFS and, if it is
// installed, of nginx. Where one differs, the table has its response and the reason.
func TestBesideOtherServers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	modified := time.Date(2023, 11, 14, 22, 13, 20, 0, time.UTC)
	const note = "hello static world"
	for name, content := range map[string]string{
		"note.txt": note, "empty.txt": "", "sub/index.html": "<p>sub", "bare/x.txt": "x", "both.txt": strings.Repeat("both ", 9), "both.txt.gz": "gz", ".hidden/x.txt": "dot",
	} {
		file := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(content), 0o644))
		require.NoError(t, os.Chtimes(file, modified, modified))
	}
	require.NoError(t, os.Chmod(dir, 0o755))
	h := app(t, func(c *framework.Configurator) { c.AddStaticView("files", os.DirFS(dir), static.Plain()) })
	ours := server(t, h)
	goServer := server(t, http.StripPrefix("/files/", tagged(http.FileServerFS(os.DirFS(dir)))))
	theirs := nginx(t, dir)
	if theirs == nil {
		t.Log("nginx is not installed: compared with http.FileServerFS alone")
	}
	date := modified.Format(http.TimeFormat)
	earlier, later := modified.Add(-time.Hour).Format(http.TimeFormat), modified.Add(time.Hour).Format(http.TimeFormat)
	for _, p := range []*peer{ours, goServer, theirs} {
		if p != nil {
			p.tag = p.tagOf(t, "/files/note.txt")
		}
	}
	get := func(name, want string, headers ...string) row {
		return row{name: name, method: "GET", path: "/files/note.txt", headers: headers, want: want}
	}
	const whole, unchanged, stale = "200 " + note, "304", "412"
	for _, test := range []row{
		get("all", whole),
		get("first bytes", "206 bytes 0-4/18 hello", "Range", "bytes=0-4"),
		get("from", "206 bytes 6-17/18 static world", "Range", "bytes=6-"),
		get("last bytes", "206 bytes 13-17/18 world", "Range", "bytes=-5"),
		get("more than all", "206 bytes 0-17/18 "+note, "Range", "bytes=0-400"),
		get("longer suffix", "206 bytes 0-17/18 "+note, "Range", "bytes=-99"),
		get("one byte", "206 bytes 0-0/18 h", "Range", "bytes=0-0"),
		get("beyond the end", "416 bytes */18", "Range", "bytes=18-"),
		get("two ranges", "206 [bytes 0-0/18 h] [bytes 5-6/18  s]", "Range", "bytes=0-0,5-6"),
		get("one of two is beyond", "206 bytes 0-0/18 h", "Range", "bytes=0-0,90-99"),
		get("white space", "206 bytes 0-1/18 he", "Range", "bytes= 0-1 ,").
			nginx("416 bytes */18", "it does not read a list with an empty element, which RFC 9110 5.6.1.2 asks for"),
		get("backwards", whole, "Range", "bytes=5-2").
			goServer("416", "RFC 9110 14.2 lets a server ignore an invalid Range or reject it; Pyramid and we ignore it").
			nginx("416 bytes */18", "it rejects it too"),
		get("other unit", whole, "Range", "lines=1-2").
			goServer("416", "RFC 9110 14.2: a server must ignore a unit that it does not know"),
		get("no number", whole, "Range", "bytes=-").
			goServer("416", "as for backwards").nginx("416 bytes */18", "as for backwards"),
		get("empty suffix", "416 bytes */18", "Range", "bytes=-0").
			goServer("206 bytes 18-17/18", "RFC 9110 14.1.2: a suffix of length 0 is unsatisfiable"),
		get("unit in capitals", "206 bytes 0-4/18 hello", "Range", "Bytes=0-4").
			goServer("416", "RFC 9110 14.1: names of range units are case-insensitive"),
		get("more than the file", whole, "Range", "bytes=0-,0-17"),
		get("own tag", unchanged, "If-None-Match", "ETAG"),
		get("own tag in a list", unchanged, "If-None-Match", `"x", ETAG`),
		get("own tag, weak", unchanged, "If-None-Match", `W/ETAG`),
		get("any tag", unchanged, "If-None-Match", `*`),
		get("other tag", whole, "If-None-Match", `"x"`),
		get("other tag beats the date", whole, "If-None-Match", `"x"`, "If-Modified-Since", later),
		get("its date", unchanged, "If-Modified-Since", date),
		get("a later date", unchanged, "If-Modified-Since", later).
			nginx(whole, "by default it compares for equality (if_modified_since exact); RFC 9110 13.1.3 compares for later"),
		get("an earlier date", whole, "If-Modified-Since", earlier),
		get("no date", whole, "If-Modified-Since", "yesterday"),
		get("must be own tag", whole, "If-Match", "ETAG"),
		get("must be other tag", stale, "If-Match", `"x"`),
		get("must exist", whole, "If-Match", "*"),
		get("must be weak", stale, "If-Match", "W/ETAG"),
		get("unmodified since", whole, "If-Unmodified-Since", date),
		get("unmodified since earlier", stale, "If-Unmodified-Since", earlier),
		get("part of own tag", "206 bytes 0-4/18 hello", "Range", "bytes=0-4", "If-Range", "ETAG"),
		get("part of other tag", whole, "Range", "bytes=0-4", "If-Range", `"x"`),
		get("part of its date", "206 bytes 0-4/18 hello", "Range", "bytes=0-4", "If-Range", date),
		get("part of an earlier date", whole, "Range", "bytes=0-4", "If-Range", earlier),
		get("part of a later date", whole, "Range", "bytes=0-4", "If-Range", later),
		get("range and own tag", unchanged, "Range", "bytes=0-4", "If-None-Match", "ETAG"),
		{name: "head", method: "HEAD", path: "/files/note.txt", want: "200"},
		(row{name: "head with range", method: "HEAD", path: "/files/note.txt", headers: []string{"Range", "bytes=0-4"}, want: "200"}).
			goServer("206 bytes 0-4/18", "RFC 9110 14.2: a Range is defined for GET alone").
			nginx("206 bytes 0-4/18", "the same"),
		{name: "head of own tag", method: "HEAD", path: "/files/note.txt", headers: []string{"If-None-Match", "ETAG"}, want: "304"},
		(row{name: "post", method: "POST", path: "/files/note.txt", want: "405"}).
			goServer(whole, "it does not look at the method"),
		(row{name: "options", method: "OPTIONS", path: "/files/note.txt", want: "204"}).
			goServer(whole, "it does not look at the method").
			nginx("405", "RFC 9110 9.3.7 asks for the methods"),
		{name: "empty", method: "GET", path: "/files/empty.txt", want: "200"},
		(row{name: "part of nothing", method: "GET", path: "/files/empty.txt", headers: []string{"Range", "bytes=0-"}, want: "200"}),
		(row{name: "suffix of nothing", method: "GET", path: "/files/empty.txt", headers: []string{"Range", "bytes=-5"}, want: "200"}).
			goServer("206 bytes 0--1/0", "no Content-Range describes a part of nothing (RFC 9110 14.4)"),
		(row{name: "folder", method: "GET", path: "/files/sub", want: "301 -> /files/sub/"}).
			goServer("301 -> sub/", "it redirects to a relative address, we to a path, as we do everywhere"),
		{name: "index", method: "GET", path: "/files/sub/", want: "200 <p>sub"},
		(row{name: "index by name", method: "GET", path: "/files/sub/index.html", want: "200 <p>sub"}).
			goServer("301 -> ./", "it has one address for a folder; Pyramid and we serve the file that was asked for"),
		(row{name: "folder without index", method: "GET", path: "/files/bare/", want: "404"}).
			goServer("200 LIST", "it lists folders").
			nginx("403", "a list is forbidden; we have no list at all"),
		{name: "missing", method: "GET", path: "/files/gone.txt", want: "404"},
		(row{name: "slash after a file", method: "GET", path: "/files/note.txt/", want: whole}).
			goServer("301 -> ../note.txt", "it has one address for a file; Pyramid and we serve it").
			nginx("404", "it has no folder of that name"),
		(row{name: "hidden", method: "GET", path: "/files/.hidden/x.txt", want: "404"}).
			goServer("200 dot", "it serves names that begin with a dot").nginx("200 dot", "the same"),
		(row{name: "compressed copy", method: "GET", path: "/files/both.txt", headers: []string{"Accept-Encoding", "gzip"}, want: "200 gzip gz"}).
			goServer("200 "+strings.Repeat("both ", 9), "it has no compressed copies"),
		(row{name: "compressed copy refused", method: "GET", path: "/files/both.txt", headers: []string{"Accept-Encoding", "gzip;q=0"}, want: "200 " + strings.Repeat("both ", 9)}),
		(row{name: "part of a compressed copy", method: "GET", path: "/files/both.txt", headers: []string{"Accept-Encoding", "gzip", "Range", "bytes=0-0"}, want: "206 bytes 0-0/45 b"}).
			nginx("200 gzip gz", "it sends no part of a copy; ours is one of the file, which fits whatever copy comes later"),
	} {
		t.Run(test.name, func(t *testing.T) {
			assert.Equal(t, test.want, ours.send(t, test.method, test.path, test.headers...), "ours")
			expect := func(p *peer, name, want, why string) {
				if p == nil {
					return
				}
				if want == "" {
					want = test.want
				} else if want != test.want {
					assert.NotEmpty(t, why, "a difference needs a reason")
				}
				got := p.send(t, test.method, test.path, test.headers...)
				if want == "200 LIST" && strings.Contains(got, "<pre>") {
					got = want
				}
				assert.Equal(t, want, got, "%s: %s", name, why)
			}
			expect(goServer, "http.FileServerFS", test.goWant, test.goWhy)
			expect(theirs, "nginx", test.ngWant, test.ngWhy)
		})
	}
}

// row is a request with the response of each server.
type row struct {
	name, method, path string
	headers            []string
	want               string
	goWant, goWhy      string // where FileServerFS differs
	ngWant, ngWhy      string // where nginx differs
}

func (r row) goServer(want, why string) row { r.goWant, r.goWhy = want, why; return r }
func (r row) nginx(want, why string) row    { r.ngWant, r.ngWhy = want, why; return r }

func server(t *testing.T, h http.Handler) *peer {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return &peer{client: noRedirects(s.Client().Transport), base: s.URL}
}

// tagged gives the responses of FileServerFS a tag, which it uses but does not make.
func tagged(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Etag", `"v1"`)
		h.ServeHTTP(w, r)
	})
}

// tagOf returns the tag that the server gives a file.
func (p *peer) tagOf(t *testing.T, path string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.base+path, nil)
	require.NoError(t, err)
	w, err := p.client.Do(r)
	require.NoError(t, err)
	require.NoError(t, w.Body.Close())
	require.NotEmpty(t, w.Header.Get("Etag"))
	return w.Header.Get("Etag")
}
