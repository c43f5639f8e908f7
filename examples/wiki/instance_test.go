package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	natsgo "github.com/nats-io/nats.go"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/internal/testserver"
)

// TestMain removes the program that the tests have built.
func TestMain(m *testing.M) {
	code := m.Run()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

// built is the program, once a test needs it.
var built struct {
	once sync.Once
	dir  string
	err  error
}

// binary returns the path of the program.
func binary(t testing.TB) string {
	t.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "wiki"); built.err != nil {
			return
		}
		out, err := exec.Command("go", "build", "-o", filepath.Join(built.dir, "wiki"), ".").CombinedOutput()
		if err != nil {
			built.err = fmt.Errorf("%w: %s", err, out)
		}
	})
	require.NoError(t, built.err)
	return filepath.Join(built.dir, "wiki")
}

// instance is a process of the wiki.
type instance struct {
	URL    string
	Invite string // the token of the first account; "" if there is one

	t     testing.TB
	cmd   *exec.Cmd
	log   *logLines
	ended chan struct{}
}

// logLines is what a process prints, but for what is only for information.
type logLines struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (l *logLines) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintln(&l.text, line)
}

func (l *logLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

var inviteToken = regexp.MustCompile(`token=([\w-]+)`)

// start starts a process of the wiki, and waits until it serves. env has "NAME=value", and nothing
// else of the environment counts that the wiki reads.
func start(t testing.TB, env ...string) *instance {
	t.Helper()
	i := &instance{t: t, log: new(logLines), ended: make(chan struct{})}
	i.cmd = exec.Command(binary(t), "serve", "--addr", "127.0.0.1:0")
	i.cmd.Dir = t.TempDir()
	i.cmd.Env = append(slices.DeleteFunc(os.Environ(), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return strings.HasPrefix(name, "MASTABA_") || strings.HasPrefix(name, "WIKI_") || strings.HasSuffix(name, "_URL")
	}), env...)
	stderr, err := i.cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, i.cmd.Start())
	serving := make(chan string, 1)
	go func() {
		defer close(i.ended)
		defer close(serving)
		lines := bufio.NewScanner(stderr)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var entry struct{ Level, Address, Message string }
			if json.Unmarshal(lines.Bytes(), &entry) == nil && entry.Message == "serving" {
				serving <- entry.Address
			}
			if entry.Level != "info" {
				i.log.add(lines.Text())
			}
		}
		_ = i.cmd.Wait()
	}()
	t.Cleanup(func() {
		i.signal(os.Kill)
		if t.Failed() {
			t.Logf("%s:\n%s", i.URL, i.log)
		}
	})
	address, ok := <-serving
	require.True(t, ok, "the wiki does not serve:\n%s", i.log)
	i.URL = "http://" + address
	if token := inviteToken.FindStringSubmatch(i.log.String()); token != nil {
		i.Invite = token[1]
	}
	return i
}

// signal ends the process, and waits for its end.
func (i *instance) signal(s os.Signal) {
	_ = i.cmd.Process.Signal(s) // or it has ended
	<-i.ended
}

// person is a client with cookies. Its methods are not safe for concurrent use.
type person struct {
	t      testing.TB
	client *http.Client
	base   string // the URL of an instance or a proxy
}

func newPerson(t testing.TB, base string) *person {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &person{t: t, base: base, client: &http.Client{
		Jar: jar, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// at returns the same person with the same cookies at another instance. Cookies do not know ports.
func (p *person) at(base string) *person { return &person{p.t, p.client, base} }

// answer is a response that was read to its end.
type answer struct {
	status   int
	body     string
	location string
}

func (p *person) do(method, path string, form url.Values) (answer, error) {
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Accept", "text/html")
	if method == "POST" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	body, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, string(body), resp.Header.Get("Location")}, errors.Join(err, resp.Body.Close())
}

// get fails unless the status is the expected one.
func (p *person) get(path string, status int) answer {
	p.t.Helper()
	a, err := p.do("GET", path, nil)
	require.NoError(p.t, err)
	require.Equal(p.t, status, a.status, "%s%s: %s", p.base, path, a.body)
	return a
}

var fields = regexp.MustCompile(`name="(csrf_token|version)" value="([^"]*)"`)

// submit opens a page with a form, and sends it with the hidden fields that it has. An error is that
// of a connection, or a status other than 303.
func (p *person) submit(page, action string, values ...string) error {
	form := url.Values{}
	shown, err := p.do("GET", page, nil)
	if err != nil {
		return err
	}
	if shown.status != http.StatusOK {
		return fmt.Errorf("%s: status %d", page, shown.status)
	}
	for _, field := range fields.FindAllStringSubmatch(shown.body, -1) {
		form.Set(field[1], field[2])
	}
	for i := 0; i < len(values); i += 2 {
		form.Set(values[i], values[i+1])
	}
	sent, err := p.do("POST", action, form)
	if err != nil {
		return err
	}
	if sent.status != http.StatusSeeOther {
		return fmt.Errorf("%s: status %d", action, sent.status)
	}
	return nil
}

// enter logs in. If there is no such account, it makes one, with the token of an invitation.
func (p *person) enter(name, token string) {
	p.t.Helper()
	if p.submit(loginPath, loginPath, "user", name, "password", secretWord) != nil {
		require.NoError(p.t, p.submit(joinPath+"?token="+token, joinPath, "user", name, "password", secretWord, "token", token))
	}
}

// edit saves a text, and follows to the page. nil means that the wiki has acknowledged it.
func (p *person) edit(page, text string) error {
	err := p.submit(page+"/@@edit", page+"/@@edit", "title", "Title", "text", text)
	if err == nil {
		_, _ = p.do("GET", page, nil) // shows and removes the message, which would otherwise pile up
	}
	return err
}

// page returns what an instance says about a page.
func (p *person) page(path string) (page pageJSON) {
	p.t.Helper()
	require.NoError(p.t, json.Unmarshal([]byte(p.get(path+"/@@json", http.StatusOK).body), &page))
	return page
}

// redisURL and natsURL return the URL of a server that answers.
func redisURL(t testing.TB) string {
	t.Helper()
	address := cmp.Or(os.Getenv("REDIS_URL"), "redis://127.0.0.1:6379")
	o, err := redis.ParseURL(address)
	require.NoError(t, err)
	client := redis.NewClient(o)
	defer client.Close()
	if err := client.Ping(t.Context()).Err(); err != nil {
		testserver.Missing(t, "no Redis (set REDIS_URL for another): %v", err)
	}
	return address
}

func natsURL(t testing.TB) string {
	t.Helper()
	address := cmp.Or(os.Getenv("NATS_URL"), natsgo.DefaultURL)
	conn, err := natsgo.Connect(address)
	if err != nil {
		testserver.Missing(t, "no NATS (set NATS_URL for another): %v", err)
	}
	conn.Close()
	return address
}

// kills returns how often a test kills: a few times, or as MASTABA_KILLS says.
func kills(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(cmp.Or(os.Getenv("MASTABA_KILLS"), "3"))
	require.NoError(t, err)
	return n
}
