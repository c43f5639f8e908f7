package framework_test

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// bodies builds an application with views that count the bytes of a body.
func bodies(t testing.TB, o framework.Options, more ...func(*framework.Configurator)) *framework.App {
	t.Helper()
	config := quiet(o)
	config.AddView(views.Func(sayHello))
	config.AddView(views.Func(countBody), views.Name("count"))
	config.AddView(views.Func(countBody), views.Name("small"), views.BodyLimit(100))
	for _, add := range more {
		add(config)
	}
	return build(t, config)
}

func countBody(r *framework.Request) (map[string]int64, error) {
	n, err := io.Copy(io.Discard, r.Body)
	return map[string]int64{"bytes": n}, err
}

func TestBodiesAreLimited(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		max    int64
		path   string
		length int
		status int
	}{
		"by default":         {0, "/count", 10 << 20, 200},
		"above the default":  {0, "/count", 10<<20 + 1, 413},
		"by the application": {1000, "/count", 1001, 413},
		"by the view":        {1000, "/small", 101, 413},
		"more for the route": {10, "/big", 1000, 200},
		"any for the route":  {10, "/any", 1000, 200},
		"none":               {-1, "/count", 10<<20 + 1, 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := bodies(t, framework.Options{MaxBody: tt.max}, func(c *framework.Configurator) {
				c.AddRoute("big", "/big", routes.BodyLimit(1000))
				c.AddRoute("any", "/any", routes.BodyLimit(-1))
				c.AddView(views.Func(countBody), views.Route("big"))
				c.AddView(views.Func(countBody), views.Route("any"))
			})
			hr := httptest.NewRequest("POST", tt.path, strings.NewReader(strings.Repeat("x", tt.length)))
			body := hr.Body
			w := httptest.NewRecorder()
			app.ServeHTTP(w, hr)
			assert.Equal(t, tt.status, w.Code, w.Body)
			assert.Equal(t, body, hr.Body, "the request of net/http is unchanged")
		})
	}
}

// Decoders do not always wrap the error of their reader.
func TestErrorOfAViewThatReadTooMuch(t *testing.T) {
	t.Parallel()
	app := bodies(t, framework.Options{MaxBody: 10}, func(c *framework.Configurator) {
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			if _, err := io.Copy(io.Discard, r.Body); err != nil && r.FormValue("panic") != "" {
				panic("the body: " + err.Error())
			}
			if r.FormValue("status") != "" {
				return nil, web.Conflict("it says what happened")
			}
			return nil, errors.New("decode: unexpected end")
		}), views.Name("decode"))
		c.AddErrorView(views.Error(func(r *framework.Request, e *web.HTTPError) (*framework.Response, error) {
			_, tooLarge := errors.AsType[*http.MaxBytesError](e)
			assert.Equal(t, e.Status() == 413, tooLarge)
			assert.Equal(t, e.Status() == 413, strings.Contains(e.Error(), "decode: unexpected end"), "its cause")
			return nil, e
		}))
	})
	for _, tt := range []struct {
		query, body string
		want        int
	}{
		{"", "longer than ten bytes", 413},
		{"", "short", 500},
		{"?status=1", "longer than ten bytes", 409},
		{"?panic=1", "longer than ten bytes", 500},
	} {
		hr := httptest.NewRequest("POST", "/decode"+tt.query, strings.NewReader(tt.body))
		hr.ContentLength = -1
		w := httptest.NewRecorder()
		app.ServeHTTP(w, hr)
		assert.Equal(t, tt.want, w.Code, "%s %s", tt.query, tt.body)
	}
}

func TestBodyLimitOfZeroIsInvalid(t *testing.T) {
	t.Parallel()
	config := quiet(framework.Options{})
	config.AddRoute("none", "/none", routes.BodyLimit(0))
	_, err := config.App()
	require.ErrorContains(t, err, "routes.BodyLimit(0): want a number of bytes, or -1 for no limit")
}

// The files of a multipart form do not outlive the request, as in net/http.
func TestFilesOfAFormAreRemoved(t *testing.T) {
	var name string
	app := bodies(t, framework.Options{MaxBody: -1}, func(c *framework.Configurator) {
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			if err := r.ParseMultipartForm(1); err != nil {
				return nil, err
			}
			file, err := r.MultipartForm.File["f"][0].Open()
			if err != nil {
				return nil, err
			}
			if onDisk, ok := file.(*os.File); ok {
				name = onDisk.Name()
			}
			return r.Text("kept\n"), file.Close()
		}), views.Name("form"))
	})
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("f", "f.txt")
	require.NoError(t, err)
	_, err = part.Write(bytes.Repeat([]byte("x"), 11<<20))
	require.NoError(t, err)
	require.NoError(t, form.Close())

	t.Run("without a server", func(t *testing.T) {
		name = ""
		hr := httptest.NewRequest("POST", "/form", bytes.NewReader(body.Bytes()))
		hr.Header.Set("Content-Type", form.FormDataContentType())
		w := httptest.NewRecorder()
		app.ServeHTTP(w, hr)
		assert.Equal(t, 200, w.Code, w.Body)
		require.NotEmpty(t, name)
		assert.NoFileExists(t, name)
	})
	t.Run("by Serve", func(t *testing.T) {
		noLeaks(t)
		name = ""
		addr, stop := serve(t, app)
		transport := &http.Transport{DisableKeepAlives: true}
		resp, err := (&http.Client{Transport: transport}).Post("http://"+addr+"/form", form.FormDataContentType(), &body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, 200, resp.StatusCode)
		require.NoError(t, stop())
		require.NotEmpty(t, name)
		assert.NoFileExists(t, name)
	})
}

func TestDirectivesOverrideOptions(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{Root: frameworktest.Root(&page{"option"})})
	config.SetRootFactory(frameworktest.Root(&page{"directive"}))
	config.AddView(views.On(showPage))
	assert.Equal(t, "directive", frameworktest.New(t, config).Get("/").Body)
}
