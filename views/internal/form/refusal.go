package form

import (
	"net/http"
	"strings"

	"github.com/mastaba-go/mastaba/views/internal/fieldtext"
	"github.com/mastaba-go/mastaba/views/web"
)

// Refusal returns the response to an input with mistakes: its detail lists them, and fields are the
// member "errors". In another language the member has the same form.
func Refusal(all []Mistake, fields any) *web.HTTPError {
	status := http.StatusUnprocessableEntity
	texts := make([]string, len(all))
	for i, m := range all {
		texts[i] = m.Text
		if m.Code == codeTooLarge {
			status = http.StatusRequestEntityTooLarge
		}
	}
	return web.Status(status, summary(all, texts)).WithExtension("errors", fields).
		WithTranslation(func(l web.Localizer) (string, map[string]any) {
			shown := make([]shownField, len(all))
			texts := make([]string, len(all))
			for i, m := range all {
				texts[i] = fieldtext.In(l, m.Code, m.Text, m.Params)
				shown[i] = shownField{m.Name, texts[i], m.Code}
			}
			return summary(all, texts), map[string]any{"errors": shown}
		})
}

// shownField is a mistake as clients get it.
type shownField struct {
	Name string `json:"field,omitempty"`
	Text string `json:"detail"`
	Code string `json:"code,omitempty"`
}

// summary returns the texts of all mistakes, with their names.
func summary(all []Mistake, texts []string) string {
	var b strings.Builder
	for i, m := range all {
		if i > 0 {
			b.WriteString("; ")
		}
		if m.Name != "" {
			b.WriteString(m.Name + ": ")
		}
		b.WriteString(texts[i])
	}
	return b.String()
}

// TextOf returns the texts of the mistakes in a field, "" without one.
func TextOf(all []Mistake, name string) string {
	var texts []string
	for _, m := range all {
		if m.Name == name {
			texts = append(texts, m.Text)
		}
	}
	return strings.Join(texts, "; ")
}
