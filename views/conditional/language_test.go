package conditional_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/conditional"
	"github.com/mastaba-go/mastaba/views/web"
)

// languages takes Accept-Language for the language, as package i18n does.
type languages struct{}

func (languages) Localizer(r *web.Request) web.Localizer {
	r.AddResponseCallback(func(_ *web.Request, resp *web.Response) error {
		resp.AddVary("Accept-Language")
		return nil
	})
	return language(r.Header.Get("Accept-Language"))
}

type language string

func (l language) Locale() string                 { return string(l) }
func (l language) Translate(m web.Message) string { return string(l) + ": " + m.String() }

// dated knows only a time.
type dated struct{ at time.Time }

func (d *dated) Modified(context.Context) (time.Time, error) { return d.at, nil }

func newTranslatedSite(t *testing.T) *site {
	s := &site{page: &page{version: "7", date: yesterday}}
	config := framework.New(framework.Options{Root: frameworktest.Root(traversal.Map{"page": s.page, "dated": &dated{yesterday}})})
	config.Directive().Declare(registry.Declaration{
		Subject: "languages", Phase: registry.Phase1,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			registry.Provide[web.Localizers](reg, languages{})
			return nil
		},
	})
	show := func(r *web.Request, _ any) (*web.Response, error) {
		s.runs++
		return r.Text(r.Translate(web.Message{ID: "page"})), nil
	}
	for _, of := range []views.Option{views.For[*page](), views.For[*dated]()} {
		config.AddView(views.On(show), of, views.Method("GET"), conditional.Check(conditional.Options{}))
		config.AddView(views.On(func(r *web.Request, _ any) (*web.Response, error) { return r.Empty(http.StatusNoContent), nil }),
			of, views.Method("PUT"), conditional.Check(conditional.Options{}))
	}
	s.App = frameworktest.New(t, config)
	return s
}

// A client never gets a 304 for its copy in another language.
func TestLanguagesHaveTagsOfTheirOwn(t *testing.T) {
	t.Parallel()
	const at = "Sun, 01 Mar 2026 12:00:00 GMT"
	for _, path := range []string{"/page", "/dated"} {
		s := newTranslatedSite(t)
		german := s.send("GET", path, "Accept-Language", "de").Status(200)
		french := s.send("GET", path, "Accept-Language", "fr").Status(200)
		assert.Equal(t, "de: page", german.Body)
		tag := german.Header.Get("ETag")
		assert.NotEmpty(t, tag, path)
		assert.NotEqual(t, tag, french.Header.Get("ETag"), path)

		again := s.send("GET", path, "Accept-Language", "de", "If-None-Match", tag).Status(304)
		assert.Equal(t, tag, again.Header.Get("ETag"))
		assert.Equal(t, "Accept-Language", again.Header.Get("Vary"))
		assert.Equal(t, "fr: page", s.send("GET", path, "Accept-Language", "fr", "If-None-Match", tag, "If-Modified-Since", at).Status(200).Body)

		assert.Equal(t, at, german.Header.Get("Last-Modified"), "for If-Unmodified-Since")
		assert.Equal(t, "fr: page", s.send("GET", path, "Accept-Language", "fr", "If-Modified-Since", at).Status(200).Body)

		s.send("PUT", path, "Accept-Language", "fr", "If-Unmodified-Since", at).Status(204)
		s.send("PUT", path, "Accept-Language", "fr", "If-Unmodified-Since", "Sat, 28 Feb 2026 12:00:00 GMT").Status(412)
	}
	s := newTranslatedSite(t)
	tag := s.send("GET", "/page", "Accept-Language", "de").Header.Get("ETag")
	s.send("PUT", "/page", "Accept-Language", "fr", "If-Match", tag).Status(204)
	s.page.version = "8"
	s.send("PUT", "/page", "Accept-Language", "fr", "If-Match", tag).Status(412)
}
