package i18n

import (
	"golang.org/x/text/language"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// LocaleKey is the name of the parameter and of the cookie with a locale, as in Pyramid.
const LocaleKey = "_LOCALE_"

// Negotiator returns the name of the locale of a request, as the folders of catalogs are called; ok
// is false if it does not decide. It is called concurrently, at most once per request.
type Negotiator func(r *web.Request) (locale string, ok bool)

// FirstOf returns the locale of the first negotiator that decides.
func FirstOf(negotiators ...Negotiator) Negotiator {
	return func(r *web.Request) (string, bool) {
		for _, n := range negotiators {
			if name, ok := n(r); ok {
				return name, true
			}
		}
		return "", false
	}
}

var attribute = web.NewKey[string]("locale", nil)

// SetLocale sets the locale that [Attribute] returns, for example that of the user's account. It
// has no effect after the locale of the request has been chosen: a tween or a subscriber should
// call it. Responses do not vary on anything then; those for one user should be private.
func SetLocale(r *web.Request, locale string) { attribute.Set(r, locale) }

// Attribute is a [Negotiator] for what [SetLocale] has set.
func Attribute(r *web.Request) (string, bool) { return attribute.Peek(r) }

// Parameter returns a [Negotiator] for a parameter of the query or the form. An empty value counts.
// If the language is needed first for the response to an error, such as a 413, only the query
// counts: the body is not read for it.
func Parameter(name string) Negotiator {
	return func(r *web.Request) (string, bool) {
		if web.Drive(r).Failing() {
			return r.URL.Query().Get(name), r.URL.Query().Has(name)
		}
		params, err := r.Parameters()
		if err != nil { // whatever reads the form reports it
			return r.URL.Query().Get(name), r.URL.Query().Has(name)
		}
		return params.Get(name)
	}
}

// Cookie returns a [Negotiator] for a cookie. Responses then vary on Cookie.
func Cookie(name string) Negotiator {
	return func(r *web.Request) (string, bool) {
		varies(r, "Cookie")
		cookie, err := r.Cookie(name)
		if err != nil {
			return "", false
		}
		return cookie.Value, true
	}
}

// longestAccept is how long an Accept-Language is read.
const longestAccept = 1000

// AcceptLanguage is a [Negotiator] for the header of this name (RFC 9110, 12.5.4): of the default
// locale and those with catalogs, it returns the one that suits the client best, by the rules of
// CLDR: Austrian German gets "de" if there is no "de_AT". It does not decide if nothing suits, or
// if the header is invalid or longer than 1,000 bytes. Responses then vary on Accept-Language.
func AcceptLanguage(r *web.Request) (string, bool) {
	t, built := registry.Lookup[*translations](r.Registry())
	if !built || len(t.matched) < 2 {
		return "", false
	}
	varies(r, "Accept-Language")
	header := r.Header.Get("Accept-Language")
	if header == "" || len(header) > longestAccept {
		return "", false
	}
	wanted, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(wanted) == 0 {
		return "", false
	}
	_, at, confidence := t.matcher.Match(wanted...)
	if confidence == language.No {
		return "", false
	}
	return t.matched[at], true
}

// varies adds a header to Vary of the response.
func varies(r *web.Request, header string) {
	r.AddResponseCallback(func(_ *web.Request, resp *web.Response) error {
		resp.AddVary(header)
		return nil
	})
}

var nameKey = web.NewKey("locale name", func(r *web.Request) (string, error) {
	negotiate, byDefault := FirstOf(Attribute, Parameter(LocaleKey), Cookie(LocaleKey)), "en"
	if t, built := registry.Lookup[*translations](r.Registry()); built {
		negotiate, byDefault = t.negotiate, t.byDefault
	}
	if name, ok := negotiate(r); ok {
		return name, nil
	}
	return byDefault, nil
})

// LocaleName returns the name of the locale of the request, which the [Negotiator] chooses once. It
// may be one without catalogs, as a client may name any. Most applications need
// web.Request.Localizer instead.
func LocaleName(r *web.Request) string {
	name, err := nameKey.Get(r)
	if err != nil { // a panic of the negotiator, or a cancelled request
		return "en"
	}
	return name
}
