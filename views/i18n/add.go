package i18n

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/assets"
	"github.com/mastaba-go/mastaba/views/web"
)

// folder is a folder of catalogs.
type folder struct {
	fsys   fs.FS
	spec   string // of assets, in place of fsys
	source registry.Source
}

// Add adds folders of catalogs, which hold LOCALE/LC_MESSAGES/DOMAIN.po. Their messages are used
// where folders that were added before have none; of several folders in one call, the last wins.
// The files are read when the application is built, and not again. A file system without any folder
// of a locale is an error: it is probably one level too high or too low.
func Add(c registry.Recorder, folders ...fs.FS) { record(c.Directive(), false, folders, nil) }

// AddOverriding is Add for folders that win over all that were added before.
func AddOverriding(c registry.Recorder, folders ...fs.FS) {
	record(c.Directive(), true, folders, nil)
}

// AddAssets is Add for folders of assets, such as "house:locale", which an application may override
// as a whole (package views/assets).
func AddAssets(c registry.Recorder, specs ...string) { record(c.Directive(), false, nil, specs) }

// AddAssetsOverriding is AddAssets for folders that win over all that were added before.
func AddAssetsOverriding(c registry.Recorder, specs ...string) {
	record(c.Directive(), true, nil, specs)
}

func record(cfg *registry.Config, overriding bool, folders []fs.FS, specs []string) {
	var added []folder
	for _, fsys := range folders {
		if fsys == nil {
			cfg.Report(errors.New("translations: nil file system: want one with LOCALE/LC_MESSAGES/DOMAIN.po"))
			continue
		}
		added = append(added, folder{fsys: fsys, source: cfg.Source()})
	}
	for _, spec := range specs {
		if _, _, ok := assets.Split(spec); !ok {
			cfg.Report(fmt.Errorf("translations: %q: want a folder of assets such as %q", spec, "house:locale"))
			continue
		}
		added = append(added, folder{spec: spec, source: cfg.Source()})
	}
	cfg.Declare(registry.Declaration{
		Subject: "translations", Phase: registry.Phase1,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			t := translationsOf(reg)
			if overriding {
				t.folders = append(t.folders, added...)
			} else {
				t.folders = append(added, t.folders...)
			}
			for _, f := range added {
				reg.Describe(registry.Introspectable{
					Category: "translation directories", Type: "translation directory", ID: len(t.folders), Title: f.spec, Source: f.source,
					Fields: []registry.Field{{Name: "overriding", Value: overriding}},
				})
			}
			return nil
		},
	})
}

// SetDefaultLocale sets the locale of requests for which nothing else decides, "en" without it. It
// should be that of the texts in the code.
func SetDefaultLocale(c registry.Recorder, locale string) {
	cfg := c.Directive()
	if locale == "" {
		cfg.Report(errors.New(`default locale is empty: want one such as "en"`))
		return
	}
	cfg.Declare(registry.Declaration{
		Category: "default locale", ID: "default locale", Title: locale, Remedy: "set it once",
		Fields: []registry.Field{{Name: "locale", Value: locale}}, Phase: registry.Phase1,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			translationsOf(reg).byDefault = locale
			return nil
		},
	})
}

// SetNegotiator sets the function that chooses the locale of each request; [FirstOf] combines
// several. A second call conflicts. A function of your own that reads a header has to add it to
// Vary, with a response callback; those of this package do.
func SetNegotiator(c registry.Recorder, n Negotiator) {
	cfg := c.Directive()
	var err error
	if n == nil {
		err = errors.New("locale negotiator is nil: want a func(*web.Request) (string, bool)")
	}
	cfg.Declare(registry.Declaration{
		Category: "locale negotiator", ID: "locale negotiator", Title: registry.FuncName(n), Err: err, Remedy: "set it once, or combine them with i18n.FirstOf",
		Fields: []registry.Field{{Name: "function", Value: registry.FuncName(n)}}, Phase: registry.Phase1,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			translationsOf(reg).negotiate = n
			return nil
		},
	})
}

// translationsOf returns the translations of a registry, which are complete once it is frozen.
func translationsOf(reg *registry.Registry) *translations {
	return registry.Ensure(reg, func() *translations {
		t := &translations{byDefault: "en", negotiate: FirstOf(Attribute, Parameter(LocaleKey), Cookie(LocaleKey), AcceptLanguage)}
		registry.Provide[web.Localizers](reg, t)
		reg.OnFreeze(func() error { return t.load(assets.Of(reg)) })
		return t
	})
}
