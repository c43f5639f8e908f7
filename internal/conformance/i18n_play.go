package conformance

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/i18n"
	"github.com/mastaba-go/mastaba/views/web"
)

// translating are the fields of directives about translations.
type translating struct {
	Dirs       []string `json:"dirs"`
	Overriding bool     `json:"override"`
	Always     *string  `json:"always"`
	localized
}

// localized is what a view or a subscriber does with the locale of the request.
type localized struct {
	Locale      json.RawMessage `json:"locale"` // absent: nothing; null: none
	ReadsLocale bool            `json:"reads_locale"`
}

func (l localized) do(r *web.Request) {
	var name *string
	if l.Locale != nil && json.Unmarshal(l.Locale, &name) == nil && name != nil {
		i18n.SetLocale(r, *name)
	}
	if l.ReadsLocale {
		i18n.LocaleName(r)
	}
}

// translationCheck holds the fields of checks of translations.
type translationCheck struct {
	Locale   *string         `json:"locale"`
	Message  json.RawMessage `json:"message"`
	Domain   string          `json:"domain"`
	Mapping  map[string]any  `json:"mapping"`
	Singular string          `json:"singular"`
	Plural   string          `json:"plural"`
	N        int             `json:"n"`
	Text     *string         `json:"text"`
}

// beginTranslations sets what Pyramid's applications begin with.
func (b *build) beginTranslations(c *framework.Configurator) {
	i18n.SetNegotiator(c, i18n.FirstOf(i18n.Attribute, i18n.Parameter(i18n.LocaleKey), i18n.Cookie(i18n.LocaleKey)))
	if name := b.app.Settings.DefaultLocaleName; name != "" {
		i18n.SetDefaultLocale(c, name)
	}
}

// translations applies the directives about translations.
func (b *build) translations(c registry.Recorder, d Directive) {
	if d.Do == "set_locale_negotiator" {
		i18n.SetNegotiator(c, func(r *web.Request) (string, bool) {
			if d.Always != nil {
				return *d.Always, true
			}
			values := r.Header.Values(d.Header)
			return strings.Join(values, ""), len(values) > 0
		})
		return
	}
	var folders []fs.FS
	var specs []string
	for _, dir := range d.Dirs {
		if spec := b.spec(dir); strings.HasPrefix(spec, "/") {
			folders = append(folders, os.DirFS(b.files.path(spec)))
		} else {
			specs = append(specs, strings.TrimSuffix(spec, "/")+"/")
		}
	}
	if folders != nil && specs != nil {
		b.unknown("folders of both kinds in one directive: %q", d.Dirs)
	}
	switch {
	case folders != nil && d.Overriding:
		i18n.AddOverriding(c, folders...)
	case folders != nil:
		i18n.Add(c, folders...)
	case d.Overriding:
		i18n.AddAssetsOverriding(c, specs...)
	default:
		i18n.AddAssets(c, specs...)
	}
}

// wording is a message of the cases: a text, or an object.
type wording struct {
	ID      json.RawMessage `json:"id"`
	Domain  string          `json:"domain"`
	Default *string         `json:"default"`
	Mapping map[string]any  `json:"mapping"`
	Context string          `json:"context"`
	With    map[string]any  `json:"with"`
	Factory *string         `json:"factory"`
}

// messageOf returns a message. One that is made of another has what that one has, where it has
// nothing itself.
func messageOf(raw json.RawMessage) (m web.Message, err error) {
	if raw[0] == '"' {
		return m, json.Unmarshal(raw, &m.ID)
	}
	var w wording
	if err := json.Unmarshal(raw, &w); err != nil {
		return m, err
	}
	if m, err = messageOf(w.ID); err != nil {
		return m, err
	}
	if w.Factory != nil && w.Domain == "" && m.Domain == "" {
		m.Domain = *w.Factory
	}
	if w.Domain != "" {
		m.Domain = w.Domain
	}
	if w.Context != "" {
		m.Context = w.Context
	}
	if w.Default != nil && *w.Default != "" {
		m.Default = *w.Default
	}
	m.Params = joined(joined(m.Params, w.Mapping), w.With)
	return m, nil
}

func joined(below, above map[string]any) map[string]any {
	all := map[string]any{}
	maps.Copy(all, below)
	maps.Copy(all, above)
	for name, v := range all {
		all[name] = number(v)
	}
	return all
}

// translate plays a check of translations.
func (c *Check) translate(app *framework.App) (Report, error) {
	got := Report{}
	if c.Call == "interpolate" {
		m, err := messageOf(c.Message)
		if err != nil {
			return nil, err
		}
		got["text"] = m.String()
		if c.translationCheck.Text != nil {
			got["text"] = m.Fill(*c.translationCheck.Text)
		}
		return got, nil
	}
	var failed error
	p := &play{during: func(r *web.Request) {
		if c.Locale != nil {
			i18n.SetLocale(r, *c.Locale)
		}
		switch c.Call {
		case "locale_name":
			got["locale_name"] = i18n.LocaleName(r)
		case "pluralize":
			got["text"] = r.Translate(web.Message{ID: c.Singular, Plural: c.translationCheck.Plural, N: c.N, Domain: c.Domain, Params: joined(nil, c.Mapping)})
		case "translate":
			m, err := messageOf(c.Message)
			if failed = err; c.Domain != "" {
				m.Domain = c.Domain
			}
			m.Params = joined(m.Params, c.Mapping)
			got["text"] = r.Translate(m)
		default:
			failed = fmt.Errorf("call %q: %w", c.Call, errUnknown)
		}
	}}
	q := c.Request
	if q == nil {
		q = &Request{Method: "GET", Path: "/"}
	}
	hr, err := q.request(p)
	if err != nil {
		return nil, err
	}
	_, _ = app.Do(hr)
	return got, failed
}

// playTranslations plays a case of the suite i18n.
func (c *Case) playTranslations(app *framework.App, v Verdict) Verdict {
	for i := range c.Requests {
		q := &c.Requests[i]
		at := fmt.Sprintf("request %d, %s %s?%s", i+1, q.Method, q.Path, q.Query)
		got, err := q.Play(app)
		if err != nil {
			v = v.problem("%s: %v", at, err)
			continue
		}
		if d := Differences(q.Expect, got); d != "" {
			v = v.problem("%s: %s", at, d)
		}
	}
	for i := range c.Checks {
		check := &c.Checks[i]
		at := fmt.Sprintf("check %d, %s %s%s", i+1, check.Call, check.Message, check.Singular)
		got, err := check.translate(app)
		if err != nil {
			v = v.problem("%s: %v", at, err)
			continue
		}
		v = c.judgeTranslation(check, got, v, at)
	}
	return v
}
