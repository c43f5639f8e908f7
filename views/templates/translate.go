package templates

import (
	"fmt"

	"github.com/mastaba-go/mastaba/views/web"
)

// translating are the functions that take a domain from the options of their file. Where there is
// one, the parser calls the variant whose name ends with inDomain.
var translating = []string{"t", "tn", "tc"}

const inDomain = "_in_domain"

// t translates a text, or a web.Message, with the values of its ${markers}: t "Hello ${name}"
// "name" .Name.
func (e *executor) t(text any, params ...any) (string, error) { return e.tIn("", text, params...) }

// tn translates a text for a number: tn "one file" "${n} files" .Count.
func (e *executor) tn(one, many string, n any, params ...any) (string, error) {
	return e.tnIn("", one, many, n, params...)
}

// tc is t for a text with a context: tc "month" "May".
func (e *executor) tc(context, text string, params ...any) (string, error) {
	return e.tcIn("", context, text, params...)
}

func (e *executor) tIn(domain string, text any, params ...any) (string, error) {
	switch text := text.(type) {
	case string:
		return e.translate(web.Message{ID: text, Domain: domain}, params)
	case web.Message:
		return e.translate(text, params)
	}
	return "", fmt.Errorf("a %T is not a text: want a string or a web.Message", text)
}

func (e *executor) tnIn(domain, one, many string, n any, params ...any) (string, error) {
	count := 0
	if _, err := fmt.Sscan(fmt.Sprint(n), &count); err != nil {
		return "", fmt.Errorf("a %T is not a number of things", n)
	}
	return e.translate(web.Message{ID: one, Plural: many, N: count, Domain: domain}, append([]any{"n", n}, params...))
}

func (e *executor) tcIn(domain, context, text string, params ...any) (string, error) {
	return e.translate(web.Message{ID: text, Context: context, Domain: domain}, params)
}

func (e *executor) translate(m web.Message, params []any) (string, error) {
	if len(params) > 0 {
		values, err := pairsOf(params, "the values of a text")
		if err != nil {
			return "", err
		}
		for name, value := range m.Params {
			if _, given := values[name]; !given {
				values[name] = value
			}
		}
		m.Params = values
	}
	if e.r == nil {
		return m.String(), nil // without a request there is no language
	}
	return e.r.Translate(m), nil
}
