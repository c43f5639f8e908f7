// Package shop has messages of all kinds.
package shop

import (
	"embed"
	"errors"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/i18n"
	"github.com/mastaba-go/mastaba/views/i18n/messages/testdata/shop/basket"
	"github.com/mastaba-go/mastaba/views/templates"
	"github.com/mastaba-go/mastaba/views/web"
)

//go:embed pages
var pages embed.FS

var (
	text   = i18n.NewDomain("")
	menu   = text.In("menu")
	global = i18n.NewDomain("global")
)

const welcome = "Welcome, ${name}" + "!"

// Include adds the templates.
func Include(c registry.Recorder) { templates.Add(c, pages, templates.Options{Dir: "pages"}) }

func show(r *web.Request) (*web.Response, error) {
	title := text
	_ = []string{
		// TRANSLATORS: the greeting on the first page
		r.Translate(text.Tr(welcome, "name", "Ada")),
		r.Translate(menu.Tr("Open")),
		r.Translate(title.In("door").Tr("Open")),
		r.Translate(global.Plural("${n} shop", "${n} shops", 3)),
		r.Translate(i18n.NewDomain("").Tr("No ${value} here", "valeu", 1)),
		r.Translate(web.Message{ID: "greeting", Default: "Good ${time}", Params: map[string]any{"time": "day"}}),
		r.Translate(basket.Text.Plural("${n} thing in the basket of ${user}", "${n} things in the basket of ${user}", 3, "user", "Ada")),
		say(r, "Said by a function"), label[int](r, 3, "Said by a generic function"),
	}
	local := func(id string) string { return say(r, id) }
	_ = local("Said by a closure")
	for _, m := range []*web.Message{{ID: "In a list"}} {
		_ = r.Translate(*m)
	}
	return nil, web.NotFound("There is no such shop.")
}

func say(r *web.Request, id string, params ...any) string { return r.Translate(text.Tr(id, params...)) }

func label[T any](r *web.Request, _ T, name string) string { return say(r, name) }

func dynamic(r *web.Request, d i18n.Domain) []string {
	changing := text
	changing = global
	return []string{
		r.Translate(text.Tr(r.Header.Get("X"))),
		r.Translate(d.Tr("Of an unknown domain")),
		r.Translate(changing.Tr("Of a changing domain")),
	}
}

type input struct{ Name string }

func (in *input) Validate() error {
	if in.Name == "" {
		return errors.New("Enter a name.")
	}
	return &views.InputError{Fields: []views.FieldError{{Name: "name", Text: "This name is taken."}, {Code: "integer", Text: "not a message"}}}
}

var _ = errors.New("an error that nobody translates")
