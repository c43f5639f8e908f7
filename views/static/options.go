package static

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/views"
)

// Option configures a static view. The options are those of this package; [View] makes one of the
// options of package views.
type Option interface {
	fmt.Stringer
	apply(d *declaration) error
}

type option struct {
	text string
	set  func(d *declaration) error
}

var _ Option = option{}

func (o option) String() string             { return o.text }
func (o option) apply(d *declaration) error { return o.set(d) }

// declaration is a static view to which options are being applied.
type declaration struct {
	as         string
	permission string
	control    string
	plain      bool
	dir        string
	codings    []string
	views      []views.Option
}

// Permission is the permission that a client needs to read the files. Without it everyone may read
// them, whatever the default permission of views. Only private caches may then keep them:
// Cache-Control says "private", unless [CacheFor] has "public".
func Permission(permission string) Option {
	return option{"permission=" + strconv.Quote(permission), func(d *declaration) error {
		if permission == "" {
			return fmt.Errorf(`static.Permission(""): want a permission, or leave the option out`)
		}
		d.permission = permission
		return nil
	}}
}

// CacheFor lets clients reuse a file for d without revalidating it, if its URL has no version; 0
// makes them revalidate each time. The directives, such as "public", are added to Cache-Control.
// Without the option there is no Cache-Control, and clients guess by the age of the file. Redirects
// and errors never have a lifetime. URLs with a version are cached for a year in any case.
func CacheFor(d time.Duration, directives ...string) Option {
	text := "max-age=" + strconv.FormatInt(int64(d/time.Second), 10)
	if len(directives) > 0 {
		text += ", " + strings.Join(directives, ", ")
	}
	return option{"cache=" + d.String(), func(decl *declaration) error {
		if d < 0 {
			return fmt.Errorf("static.CacheFor(%v): negative duration: want at least 0", d)
		}
		if slices.Contains(directives, "") {
			return fmt.Errorf(`static.CacheFor(%v, %q): empty directive: want one such as "public"`, d, directives)
		}
		decl.control = text
		return nil
	}}
}

// Dir is the folder that embedded files come from: in development they are read from there, if it
// exists, so that a change shows without a restart. A relative path starts at the current folder of
// the process.
func Dir(folder string) Option {
	return option{"dir=" + strconv.Quote(folder), func(d *declaration) error {
		if d.dir = folder; folder == "" {
			return fmt.Errorf(`static.Dir(""): want a folder, or leave the option out`)
		}
		return nil
	}}
}

// As sets what [web.Request.StaticURL] and StaticPath call the static view, the part before the
// path: As("house") makes "house/app.css" a name. The default is the name of the static view.
func As(name string) Option {
	return option{"as=" + strconv.Quote(name), func(d *declaration) error {
		if d.as = strings.Trim(name, "/"); d.as == "" || strings.Contains(d.as, ":") {
			return fmt.Errorf(`static.As(%q): want a name without a colon, such as "house"`, name)
		}
		return nil
	}}
}

// Plain keeps names as they are: URLs have no version, unless a cache buster adds one, and style
// sheets are served byte for byte.
func Plain() Option {
	return option{"plain", func(d *declaration) error { d.plain = true; return nil }}
}

// Encodings sets which compressed copies of a file are looked for: [Brotli] (app.css.br), [Zstd]
// (app.css.zst) and [Gzip] (app.css.gz). The default is all three; Encodings() looks for no copies.
func Encodings(codings ...string) Option {
	return option{"encodings=" + strings.Join(codings, ","), func(d *declaration) error {
		for _, c := range codings {
			if suffixes[c] == "" {
				return fmt.Errorf("static.Encodings(%q): unknown coding (have: br, gzip, zstd)", c)
			}
		}
		d.codings = slices.Clone(codings)
		return nil
	}}
}

// View passes options of package views, such as predicates, to the view that serves the files.
func View(options ...views.Option) Option {
	return option{"view", func(d *declaration) error {
		d.views = append(d.views, options...)
		return nil
	}}
}
