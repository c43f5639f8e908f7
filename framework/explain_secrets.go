package framework

import (
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// secretWords are parts of the names of what an explanation does not repeat. "key" and "auth" alone
// would hide too much.
var secretWords = []string{
	"authorization", "cookie", "token", "password", "passwd", "passphrase", "secret", "session", "csrf", "credential", "signature",
	"api-key", "api_key", "apikey",
}

// secret reports whether the values of headers, parameters and markers of that name are secret.
func secret(name string) bool {
	name = strings.ToLower(name)
	return name == "code" || slices.ContainsFunc(secretWords, func(word string) bool { return strings.Contains(name, word) })
}

// hidden stands in an explanation in place of a secret.
const hidden = "(not shown)"

// leastSecret is the length from which a secret is hidden wherever it occurs. Shorter ones are
// hidden where they are expected: their text may occur for other reasons.
const leastSecret = 6

// hideSecrets removes the secrets of the request from everything that was gathered: errors and
// decisions may quote them. hr is the request as Explain received it.
func (x *explainer) hideSecrets(hr *http.Request) {
	x.out.Target = hideInQuery(x.out.Target)
	x.out.Outcome.Location = hideInQuery(x.out.Outcome.Location)
	values := x.secrets(hr)
	for _, route := range x.out.Routes {
		for i, param := range route.Params {
			if secret(param.Name) {
				values = append(values, param.Value)
				route.Params[i].Value = hidden
			}
		}
	}
	slices.SortFunc(values, func(a, b string) int { return len(b) - len(a) }) // so that none is replaced in part
	var pairs []string
	for _, value := range values {
		for _, written := range []string{value, url.QueryEscape(value), url.PathEscape(value)} {
			if len(value) >= leastSecret {
				pairs = append(pairs, written, hidden)
			}
		}
	}
	if len(pairs) > 0 {
		replaceTexts(reflect.ValueOf(x.out).Elem(), strings.NewReplacer(pairs...))
	}
}

// secrets returns the secret values of the headers and parameters of the request.
func (x *explainer) secrets(hr *http.Request) (values []string) {
	for name, lines := range hr.Header {
		if secret(name) {
			values = append(values, lines...)
		}
	}
	for _, line := range hr.Header["Authorization"] {
		_, credentials, _ := strings.Cut(line, " ")
		values = append(values, credentials)
	}
	for _, cookie := range hr.Cookies() {
		values = append(values, cookie.Value)
	}
	if _, password, ok := hr.BasicAuth(); ok {
		values = append(values, password)
	}
	params := func(all map[string][]string) {
		for name, these := range all {
			if secret(name) {
				values = append(values, these...)
			}
		}
	}
	params(hr.URL.Query())
	params(x.request.PostForm)
	return values
}

// hideInQuery hides the values of secret parameters in the query of a URL.
func hideInQuery(target string) string {
	path, query, ok := strings.Cut(target, "?")
	if !ok {
		return target
	}
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		escaped, _, _ := strings.Cut(pair, "=")
		if name, err := url.QueryUnescape(escaped); err != nil || secret(name) {
			pairs[i] = escaped + "=" + hidden
		}
	}
	return path + "?" + strings.Join(pairs, "&")
}

// replaceTexts replaces in all texts within v.
func replaceTexts(v reflect.Value, by *strings.Replacer) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(by.Replace(v.String()))
	case reflect.Pointer:
		if !v.IsNil() {
			replaceTexts(v.Elem(), by)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			replaceTexts(v.Field(i), by)
		}
	case reflect.Slice:
		for i := range v.Len() {
			replaceTexts(v.Index(i), by)
		}
	}
}
