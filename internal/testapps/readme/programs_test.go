package readme

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/format"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	root    = "../../.."
	address = "127.0.0.1:6543" // of the programs in the README
)

// program is a program of the README, running.
type program struct {
	t   *testing.T
	url string
}

// programs checks what the programs do, by the heading of their section.
var programs = map[string]func(p program){
	"A first program": func(p program) {
		p.get("/", http.StatusOK, "Hello, world!\n")
	},
	"A first tree": func(p program) {
		p.get("/", http.StatusOK, `["Front"]`)
		p.get("/Front", http.StatusOK, "Welcome")
		p.get("/Nowhere", http.StatusNotFound, "")
		resp := p.get("/Front/edit", http.StatusMethodNotAllowed, "")
		assert.Equal(p.t, "OPTIONS, POST", resp.Header.Get("Allow"))
		p.post("/Front/edit", url.Values{"text": {"Changed"}}, http.StatusOK, "Changed") // redirected
		p.post("/Front/edit", nil, http.StatusBadRequest, "the field text is missing")
	},
	"A first page of HTML": func(p program) {
		resp := p.get("/", http.StatusOK, "<li>Mastaba</li><li>Pyramid</li>")
		assert.Equal(p.t, "text/html; charset=utf-8", resp.Header.Get("Content-Type"))
	},
	"A first form": func(p program) {
		p.get("/", http.StatusOK, `<input name="text">`)
		p.post("/", url.Values{"text": {"Hi <b>"}}, http.StatusOK, "<li>Hi &lt;b&gt;</li>")
		p.post("/", nil, http.StatusUnprocessableEntity, "Please write something.")
	},
	"A first login": func(p program) {
		p.get("/", http.StatusOK, "Welcome, everyone")
		for _, user := range []string{"alice", "bob"} {
			b := &visitor{program: p}
			assert.Equal(p.t, "/login?next=%2Fclub", b.send("GET", "/club", nil, http.StatusSeeOther, ""))
			b.send("GET", "/login?next=%2Fclub", nil, http.StatusOK, `value="/club"`)
			b.send("POST", "/login", url.Values{"user": {user}, "password": {"guess"}}, http.StatusUnprocessableEntity, "Wrong user")
			form := url.Values{"user": {user}, "password": {"open sesame"}, "next": {"/club"}}
			token := b.token
			b.token = ""
			b.send("POST", "/login", form, http.StatusBadRequest, "")
			b.token = token
			assert.Equal(p.t, "/club", b.send("POST", "/login", form, http.StatusSeeOther, ""))
			b.send("GET", "/club", nil, http.StatusOK, "Log out "+user)
			board := map[string]int{"alice": http.StatusOK, "bob": http.StatusForbidden}[user]
			b.send("GET", "/club/board", nil, board, "")
			b.send("POST", "/logout", nil, http.StatusSeeOther, "")
			b.send("GET", "/club", nil, http.StatusSeeOther, "")
		}
	},
}

// visitor is a client that keeps cookies, and the token of the last form.
type visitor struct {
	program
	cookies []*http.Cookie
	token   string
}

// send sends a request, and returns the Location of the response.
func (v *visitor) send(method, path string, form url.Values, status int, text string) string {
	v.t.Helper()
	if v.token != "" && method == "POST" {
		if form == nil {
			form = url.Values{}
		}
		form.Set("csrf_token", v.token)
	}
	hr, err := http.NewRequest(method, v.url+path, strings.NewReader(form.Encode()))
	require.NoError(v.t, err)
	hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range v.cookies {
		hr.AddCookie(c)
	}
	resp, err := http.DefaultTransport.RoundTrip(hr) // follows no redirect
	require.NoError(v.t, err)
	if set := resp.Cookies(); len(set) > 0 {
		v.cookies = set
	}
	var body bytes.Buffer
	_, err = body.ReadFrom(resp.Body)
	require.NoError(v.t, err)
	require.NoError(v.t, resp.Body.Close())
	if m := regexp.MustCompile(`name="csrf_token" value="([^"]*)"`).FindStringSubmatch(body.String()); m != nil {
		v.token = m[1]
	}
	assert.Equal(v.t, status, resp.StatusCode, "%s %s: %s", method, path, body.String())
	assert.Contains(v.t, body.String(), text)
	return resp.Header.Get("Location")
}

// userFile is what the program with a login reads: both passwords are "open sesame".
const userFile = `alice:$2y$05$J40R0dUwrMe7cwuSDiqFbeHx7IJ0P.VWuDuyFWqfZXzoUjpnGigUe
bob:$2y$05$8kNBMg8KAy74aNxiTgbda.U6p3ROxPsBuwzvaMV0XZOueFgjR.8Uu
`

// fragments has the code around each piece that is not a whole file, by the heading of its section
// and its number there.
var fragments = map[string]string{
	"Routes 1":          "func _(config *framework.Configurator, login func(*web.Request) (any, error), openArchive web.RootFactory) {\n%s\n}",
	"Routes 2":          "func _(config *framework.Configurator, files fs.FS) {\n%s\n}",
	"Routes 3":          "func _(r *web.Request) (string, error) {\n%s\nreturn url + css, err\n}",
	"Your own server 1": "func _(app *framework.App) *http.Server {\n%s\nreturn &server\n}",
	"Your own server 2": "func _(config *framework.Configurator) {\n%s\n}",
	"Your own server 3": "func _() {\n%s\n}",
}

func TestCodeRuns(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	seen := map[string]int{}
	guestbook := ""
	for _, b := range blocks(string(readme)) {
		seen[b.heading]++
		run := programs[b.heading]
		switch {
		case run != nil:
			if b.heading == "A first form" {
				guestbook = b.code
			}
			t.Run(b.heading, func(t *testing.T) {
				t.Parallel()
				run(start(t, b.code))
			})
		case b.heading == "A first test":
			t.Run(b.heading, func(t *testing.T) {
				t.Parallel()
				formatted(t, b.code)
				files := overlay{"main.go": guestbook, "main_test.go": b.code}
				out := files.command(t, "test", "-v", "./examples/hello")
				assert.Contains(t, out, "--- PASS: TestSign")
			})
		default:
			name := fmt.Sprint(b.heading, " ", seen[b.heading])
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				frame, ok := fragments[name]
				require.True(t, ok, "this test does not know the code: add it to programs or fragments")
				vet(t, fmt.Sprintf(frame, b.code))
			})
		}
	}
	for heading := range programs {
		assert.Equal(t, 1, seen[heading], "programs in the section %q", heading)
	}
	assert.Equal(t, 1, seen["A first test"])
}

// start builds a program and runs it on a free port until the test ends.
func start(t *testing.T, code string) program {
	t.Helper()
	require.Contains(t, code, address)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	at := free.Addr().String()
	require.NoError(t, free.Close())
	file := filepath.Join(t.TempDir(), "program")
	formatted(t, code)
	overlay{"main.go": code}.command(t, "vet", "./examples/hello")
	overlay{"main.go": strings.ReplaceAll(code, address, at)}.command(t, "build", "-o", file, "./examples/hello")

	var log bytes.Buffer
	cmd := exec.Command(file)
	cmd.Dir = filepath.Dir(file)
	require.NoError(t, os.WriteFile(filepath.Join(cmd.Dir, "users"), []byte(userFile), 0o600))
	writePages(t, cmd.Dir)
	cmd.Stderr = &log
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
		if t.Failed() {
			t.Logf("the program's log:\n%s", log.String())
		}
	})
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", at)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	}, 30*time.Second, 10*time.Millisecond, "nothing listens at %s", at)
	return program{t, "http://" + at}
}

// writePages writes the template that the README shows.
func writePages(t *testing.T, dir string) {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(readme), "```html\n")
	require.True(t, found)
	page, _, _ := strings.Cut(rest, "```\n")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "pages"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "pages", "tombs.html"), []byte(page), 0o600))
}

func (p program) get(path string, status int, text string) *http.Response {
	p.t.Helper()
	resp, err := http.Get(p.url + path)
	return p.check(resp, err, status, text)
}

func (p program) post(path string, form url.Values, status int, text string) {
	p.t.Helper()
	resp, err := http.PostForm(p.url+path, form)
	p.check(resp, err, status, text)
}

func (p program) check(resp *http.Response, err error, status int, text string) *http.Response {
	p.t.Helper()
	require.NoError(p.t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(p.t, err)
	require.NoError(p.t, resp.Body.Close())
	assert.Equal(p.t, status, resp.StatusCode)
	assert.Contains(p.t, string(body), text)
	return resp
}

// formatted checks that gofmt leaves the code alone.
func formatted(t *testing.T, code string) {
	t.Helper()
	want, err := format.Source([]byte(code))
	require.NoError(t, err)
	assert.Equal(t, string(want), code)
}

// vet compiles a function, with the imports that it needs.
func vet(t *testing.T, function string) {
	t.Helper()
	imports := ""
	for _, path := range []string{
		"io/fs", "net/http", "time",
		module + "framework", module + "framework/routes", module + "tweens", module + "tweens/ratelimit", module + "views", module + "views/web",
	} {
		if strings.Contains(function, path[strings.LastIndex(path, "/")+1:]+".") {
			imports += fmt.Sprintf("import %q\n", path)
		}
	}
	overlay{"main.go": "package main\n\n" + imports + "\nfunc main() {}\n\n" + function}.command(t, "vet", "./examples/hello")
}

const module = "github.com/mastaba-go/mastaba/"

// overlay is a set of files that one go command sees in examples/hello, without writing them there.
type overlay map[string]string

// command runs the go command in the module's folder and returns its output.
func (o overlay) command(t *testing.T, arguments ...string) string {
	t.Helper()
	dir := t.TempDir()
	top, err := filepath.Abs(root)
	require.NoError(t, err)
	replace := map[string]string{}
	for name, code := range o {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(code), 0o600))
		replace[filepath.Join(top, "examples", "hello", name)] = file
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	file := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(file, data, 0o600))
	arguments = append([]string{arguments[0], "-overlay", file}, arguments[1:]...)
	cmd := exec.CommandContext(t.Context(), "go", arguments...)
	cmd.Dir = top
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "go %s:\n%s", arguments[0], out)
	return string(out)
}
