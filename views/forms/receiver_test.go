package forms_test

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/web"
)

// store keeps what clips received, under their names.
type store struct {
	files   map[string]string
	arrived chan string // what was read so far; nil to say nothing
}

var storeKey = web.NewKey[*store]("store", nil)

// clip is a file in the store.
type clip struct{ Key, Type string }

var (
	_ forms.Receiver  = (*clip)(nil)
	_ forms.Discarder = (*clip)(nil)
)

func (c *clip) ReceiveFile(r *web.Request, name, mediaType string, content io.Reader) error {
	s, err := storeKey.Get(r)
	if err != nil {
		return err
	}
	c.Key, c.Type = name, mediaType
	switch name {
	case "dull":
		return &views.InputError{Fields: []views.FieldError{{Text: "too dull", Code: "dull"}, {Name: "frame", Text: "black"}}}
	case "broken":
		return errors.New("the store is full")
	case "unread":
		s.files[name] = ""
		return nil
	case "careless":
		_, _ = io.Copy(io.Discard, content)
		s.files[name] = ""
		return nil
	}
	var text strings.Builder
	for buf := make([]byte, 1000); ; {
		n, err := content.Read(buf)
		text.Write(buf[:n])
		if s.arrived != nil {
			s.arrived <- string(buf[:n])
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("store %s: %w", name, err)
		}
	}
	s.files[name] = text.String()
	return nil
}

func (c *clip) DiscardFile(r *web.Request) {
	s, _ := storeKey.Get(r)
	delete(s.files, c.Key)
}

type reel struct {
	Title string `form:"title"`
	Stars int    `form:"stars"`
	Main  clip   `form:"main" upload:"max=2KB types=text/* required"`
	More  []clip `form:"more" upload:"max=1KB count=2"`
}

func (r reel) Validate() error {
	if r.Title == "bad" {
		return &views.InputError{Fields: []views.FieldError{{Name: "title", Text: "try again", Code: "bad"}}}
	}
	return nil
}

// inForm is a CSRF policy with a token in a form.
type inForm struct{}

func (inForm) Check(r *web.Request) error {
	if r.Method != http.MethodPost {
		return nil
	}
	p, err := r.Parameters()
	if err != nil {
		return err
	}
	if token, _ := p.Posted("csrf_token"); token != "secret" {
		return web.BadRequest("no token")
	}
	return nil
}

// reels has the page /edit and the view /input; the returned store is that of all requests.
func reels(tb testing.TB, o framework.Options, opts ...views.Option) (http.Handler, *store) {
	tb.Helper()
	s := &store{files: map[string]string{}}
	o.Root = func(r *web.Request) (traversal.Resource, error) {
		storeKey.Set(r, s)
		return &Article{}, nil
	}
	config := framework.New(o)
	save := func(r *web.Request, _ any, in reel) (*web.Response, error) {
		p, err := r.Parameters()
		all, _ := p.Get("title")
		return r.Text(fmt.Sprintf("%s %d %v %v, of %s", in.Title, in.Stars, in.Main, in.More, all)), err
	}
	forms.Add(config, func(r *web.Request, _ any) (string, error) {
		f := forms.Show(r, reel{Title: "shown"})
		var all strings.Builder
		all.WriteString("title=" + f.Value("title"))
		for _, p := range f.Problems() {
			all.WriteString("\n" + p.Path + " " + p.Code)
		}
		return all.String(), nil
	}, save, append(opts, views.Name("edit"), views.Renderer("string"))...)
	forms.Add(config, func(*web.Request, any) (string, error) { return "", nil }, save, views.Name("second"))
	config.AddView(views.OnInput(save), append(opts, views.Name("input"))...)
	app, err := config.App()
	require.NoError(tb, err)
	return app, s
}

func TestReceivers(t *testing.T) {
	t.Parallel()
	main := part{"main", "m", "movie"}
	large := strings.Repeat("x", 3000)
	for name, tt := range map[string]struct {
		parts  []part
		status int
		want   string
		kept   map[string]string
	}{
		"saved":              {[]part{{"title", "", "T"}, main, {"more", "../a", "1"}, {"stars", "", "5"}, {"more", "b", "2"}}, 200, "T 5 {m text/plain} [{a text/plain} {b text/plain}], of query", map[string]string{"m": "movie", "a": "1", "b": "2"}},
		"fields at the end":  {[]part{main, {"title", "", "T"}}, 200, "T 0 {m text/plain} []", map[string]string{"m": "movie"}},
		"empty file":         {[]part{{"main", "m", ""}}, 200, "{m text/plain}", map[string]string{"m": ""}},
		"at the limit":       {[]part{{"main", "m", large[:2048]}}, 200, "{m", map[string]string{"m": large[:2048]}},
		"beyond the limit":   {[]part{{"title", "", "typed"}, {"more", "a", "1"}, {"main", "m", large}, {"stars", "", "x"}}, 413, "title=typed\nmain too-large", nil},
		"limit ignored":      {[]part{{"main", "careless", large}}, 413, "main too-large", nil},
		"an element":         {[]part{main, {"more", "a", "1"}, {"more", "b", large}}, 413, "more.1 too-large", nil},
		"not read":           {[]part{{"main", "unread", large}, {"title", "", "T"}}, 200, "T 0 {unread text/plain}", map[string]string{"unread": ""}},
		"missing":            {[]part{{"title", "", "T"}}, 422, "main required", nil},
		"twice":              {[]part{main, {"main", "n", "x"}}, 422, "main too-many", nil},
		"too many":           {[]part{main, {"more", "a", "1"}, {"more", "b", "1"}, {"more", "c", "1"}, {"more", "d", "1"}}, 422, "title=\nmore too-many", nil},
		"another type":       {[]part{{"main", "m", png}, {"stars", "", "x"}}, 422, "main media-type\nstars integer", nil},
		"long name":          {[]part{{"main", large[:300], "x"}}, 422, "main file-name", nil},
		"another mistake":    {[]part{main, {"stars", "", "x"}}, 422, "stars integer", nil},
		"Validate":           {[]part{main, {"title", "", "bad"}}, 422, "title=bad\ntitle bad", nil},
		"problem of a file":  {[]part{{"main", "dull", "x"}, {"stars", "", "x"}}, 422, "main dull\nmain.frame \nstars integer", nil},
		"error of the store": {[]part{{"more", "a", "1"}, {"main", "broken", "x"}}, 500, "", nil},
		"another field":      {[]part{main, {"other", "o", "x"}}, 200, "{m text/plain}", map[string]string{"m": "movie"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app, s := reels(t, framework.Options{})
			w := sendParts(t, app, "text/html", tt.parts...)
			assert.Equal(t, tt.status, w.Code, "%.300s", w.Body)
			assert.Contains(t, w.Body.String(), tt.want)
			if tt.kept == nil {
				tt.kept = map[string]string{}
			}
			assert.Equal(t, tt.kept, s.files)
		})
	}
}

func TestReceiversOtherwise(t *testing.T) {
	t.Parallel()
	app, s := reels(t, framework.Options{})
	w := post(app, `{"title":"x","main":{"Key":"secret"}}`, "Content-Type", "application/json")
	assert.Equal(t, 422, w.Code)
	assert.Contains(t, w.Body.String(), `"errors":[{"field":"main"`)
	w = post(app, "title=x&main=m&main.key=k&more.0.key=k")
	assert.Equal(t, 422, w.Code)
	assert.Equal(t, "title=x\nmain required", w.Body.String())
	w = sendParts(t, app, "application/json", part{"main", "m", strings.Repeat("x", 5000)})
	assert.Equal(t, 413, w.Code)
	assert.Contains(t, w.Body.String(), `"errors":[{"field":"main","detail":"the file has more than 2048 bytes","code":"too-large"}]`)
	assert.Empty(t, s.files)
	w = post(app, "--x\r\nContent-Disposition: form-data; name=main; filename=m\r\n\r\nmov", "Content-Type", "multipart/form-data; boundary=x")
	assert.Equal(t, 400, w.Code, "%s", w.Body)
	w = post(app, "--x\r\nContent-Disposition: form-data; name=more; filename=m\r\n\r\nmov\r\n--x\r\nbroken\r\n\r\n", "Content-Type", "multipart/form-data; boundary=x")
	assert.Equal(t, 400, w.Code, "%s", w.Body)
	assert.Empty(t, s.files, "what was received is discarded")
	app, _ = reels(t, framework.Options{MaxForm: 300})
	w = sendParts(t, app, "text/html", part{"main", "m", strings.Repeat("x", 2000)}, part{"title", "", strings.Repeat("x", 300)})
	assert.Equal(t, 413, w.Code, "%s", w.Body)
	app, _ = reels(t, framework.Options{MaxBody: 1000})
	assert.Equal(t, 413, sendParts(t, app, "text/html", part{"main", "m", strings.Repeat("x", 2000)}).Code)
}

func TestReceiversOfOnInput(t *testing.T) {
	t.Parallel()
	app, s := reels(t, framework.Options{CSRF: inForm{}})
	server := httptest.NewServer(app)
	t.Cleanup(server.Close)
	for _, tt := range []struct {
		parts  []part
		status int
	}{
		{[]part{{"csrf_token", "", "secret"}, {"main", "m", "movie"}, {"title", "", "T"}}, 200},
		{[]part{{"main", "n", "movie"}, {"csrf_token", "", "secret"}}, 400},
	} {
		body, to := io.Pipe()
		form := multipart.NewWriter(to)
		go func() { _ = to.CloseWithError(errors.Join(writeParts(form, tt.parts), form.Close())) }()
		resp, err := http.Post(server.URL+"/input", form.FormDataContentType(), body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, tt.status, resp.StatusCode)
	}
	assert.Equal(t, map[string]string{"m": "movie"}, s.files)
}

func writeParts(to *multipart.Writer, parts []part) error {
	for _, p := range parts {
		if p.file == "" {
			if err := to.WriteField(p.field, p.content); err != nil {
				return err
			}
			continue
		}
		w, err := to.CreateFormFile(p.field, p.file)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, p.content); err != nil {
			return err
		}
	}
	return nil
}

// A file reaches its field while a slow client still sends it, through the predicate and the check
// of the token, and nothing of it is in a temporary file. The test changes the environment, so it
// does not run in parallel.
func TestReceiverOfASlowClient(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	app, s := reels(t, framework.Options{CSRF: inForm{}}, views.Param("kind=movie"))
	s.arrived = make(chan string)
	server := httptest.NewServer(app)
	t.Cleanup(server.Close)
	for _, path := range []string{"/edit", "/input"} {
		body, to := io.Pipe()
		form := multipart.NewWriter(to)
		sent := make(chan error, 1)
		go func() {
			var failed error
			send := func(err error) { failed = errors.Join(failed, err) }
			send(form.WriteField("csrf_token", "secret"))
			send(form.WriteField("kind", "movie"))
			file, err := form.CreateFormFile("main", "m")
			send(err)
			for i := range 3 {
				chunk := strings.Repeat(string(rune('a'+i)), 600)
				_, err = io.WriteString(file, chunk)
				send(err)
				for got := 0; got < 512; { // the next chunk is sent once this one has arrived
					select {
					case part := <-s.arrived:
						got += len(part)
					case <-time.After(time.Minute):
						send(errors.New("the file does not arrive before its end"))
						got = 512
					}
				}
				entries, err := os.ReadDir(dir)
				send(err)
				if len(entries) > 0 {
					send(fmt.Errorf("a temporary file: %v", entries))
				}
			}
			go func() {
				for range s.arrived { // the rest
				}
			}()
			send(form.WriteField("title", "slow"))
			send(form.Close())
			send(to.Close())
			sent <- failed
		}()
		resp, err := http.Post(server.URL+path, form.FormDataContentType(), body)
		require.NoError(t, err)
		text, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.NoError(t, <-sent)
		assert.Equal(t, "slow 0 {m text/plain} [], of slow", string(text))
		assert.Len(t, s.files["m"], 1800)
		close(s.arrived)
		s.arrived = make(chan string)
	}
}

// failing is a body that fails once its beginning was read.
type failing struct {
	io.Reader
	failed bool
}

func (f *failing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	f.failed = f.failed || err == io.EOF
	return n, err
}

// Without a token before the file, the file is not read.
func TestTokenBehindTheFile(t *testing.T) {
	t.Parallel()
	app, s := reels(t, framework.Options{CSRF: inForm{}})
	var text strings.Builder
	form := multipart.NewWriter(&text)
	require.NoError(t, writeParts(form, []part{{"main", "m", strings.Repeat("x", 1<<20)}, {"csrf_token", "", "secret"}}))
	require.NoError(t, form.Close())
	for _, path := range []string{"/edit", "/second", "/input"} {
		body := &failing{Reader: strings.NewReader(text.String())}
		hr := httptest.NewRequest("POST", path, body)
		hr.Header.Set("Content-Type", form.FormDataContentType())
		w := httptest.NewRecorder()
		app.ServeHTTP(w, hr)
		assert.Equal(t, 400, w.Code)
		assert.Contains(t, w.Body.String(), "no token")
		assert.False(t, body.failed, "all of the body was read")
	}
	assert.Empty(t, s.files)
}

// wrongClip has a method that looks like that of a Receiver.
type wrongClip struct{}

func (wrongClip) ReceiveFile(io.Reader) error { return nil }

func TestInvalidReceivers(t *testing.T) {
	t.Parallel()
	for want, add := range map[string]func(*framework.Configurator){
		"field F: method ReceiveFile(io.Reader) error of forms_test.wrongClip has another signature than that of forms.Receiver": refusedInput[struct{ F wrongClip }],
		"field F: want forms_test.clip, not a pointer to it":                                                                     refusedInput[struct{ F *clip }],
		"field B of type forms_test.clip: files of an input either all arrive": refusedInput[struct {
			A forms.Upload
			B clip
		}],
		"no form can fill field Rows of type []struct { F forms_test.clip }": refusedInput[struct{ Rows []struct{ F clip } }],
		`field F: invalid "max=much" in its tag`: refusedInput[struct {
			F clip `upload:"max=much"`
		}],
	} {
		config := configured()
		add(config)
		_, err := config.App()
		require.ErrorContains(t, err, want)
	}
}

func refusedInput[I any](config *framework.Configurator) {
	forms.Add(config, func(*web.Request, any) (string, error) { return "", nil }, func(*web.Request, any, I) (*web.Response, error) { return nil, nil })
}
