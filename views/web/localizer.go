package web

import (
	"cmp"
	"fmt"

	"github.com/mastaba-go/mastaba/views/web/internal/markers"
)

// Message is a text for people that may have translations. Package views/i18n finds them in gettext
// catalogs; without it, or without a translation, the text is the default. The zero value is the
// empty text.
type Message struct {
	// ID is what catalogs are searched for: the English text, or a name such as "err-too-long".
	ID string
	// Domain is the catalog, such as "tracker"; "" is that of the application.
	Domain string
	// Context separates equal IDs with different meanings, as gettext's msgctxt.
	Context string
	// Default is the text without a translation; "" is ID.
	Default string
	// Plural is the text without a translation for an N other than 1; "" means that the message has
	// no plural form. Then N is not used.
	Plural string
	N      int
	// Params are the values of $name and ${name} in the text. A name without a value stays.
	Params map[string]any
}

var _ fmt.Stringer = Message{}

// String returns the text without translation, its params filled in.
func (m Message) String() string {
	text := cmp.Or(m.Default, m.ID)
	if m.Plural != "" && m.N != 1 {
		text = m.Plural
	}
	return m.Fill(text)
}

// Fill returns text with the message's params filled in: each $name and ${name} becomes the value
// of name, as fmt prints it, unless another dollar sign precedes it. A text without markers is
// returned as it is, without an allocation.
func (m Message) Fill(text string) string { return markers.Fill(text, m.Params) }

// Localizer translates for one locale. It is immutable and safe for concurrent use.
type Localizer interface {
	// Locale returns the locale as a BCP 47 tag, such as "de-AT".
	Locale() string
	// Translate returns the text of a message in the locale, its params filled in.
	Translate(m Message) string
}

// Localizers finds the localizer of a request. It is a component
// (registry.Provide[web.Localizers]) and safe for concurrent use.
type Localizers interface {
	Localizer(r *Request) Localizer
}

var localizerKey = NewKey("localizer", func(r *Request) (Localizer, error) {
	if r.app.Localizers == nil {
		return untranslated{}, nil
	}
	return r.app.Localizers.Localizer(r), nil
})

// Localizer returns what translates for the client, never nil. The locale is chosen once per
// request. In an application without translations it is "en", and texts are as they were written.
func (r *Request) Localizer() Localizer {
	l, err := localizerKey.Get(r)
	if err != nil || l == nil { // a panic of the factory, or a cancelled request
		return untranslated{}
	}
	return l
}

// Translate returns the text of a message in the locale of the request.
func (r *Request) Translate(m Message) string { return r.Localizer().Translate(m) }

// frameworkDomain is the domain of the framework's own texts.
const frameworkDomain = "mastaba"

// untranslated returns texts as they were written.
type untranslated struct{}

var _ Localizer = untranslated{}

func (untranslated) Locale() string             { return "en" }
func (untranslated) Translate(m Message) string { return m.String() }
