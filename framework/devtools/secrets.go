package devtools

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// secretWords are parts of the names of what the toolbar does not show.
var secretWords = []string{
	"authorization", "cookie", "token", "password", "passwd", "passphrase", "secret", "session", "csrf", "xsrf", "credential", "signature",
	"api-key", "api_key", "apikey", "nonce",
}

// secret reports whether values of that name are secret.
func secret(name string) bool {
	name = strings.ToLower(name)
	return name == "code" || slices.ContainsFunc(secretWords, func(word string) bool { return strings.Contains(name, word) })
}

// masked stands in place of a secret.
func masked(value string) string { return fmt.Sprintf("(not shown, %d bytes)", len(value)) }

// Bounds of what is kept of a header.
const (
	maxHeaders = 100
	maxValue   = 1 << 10
)

// shown returns the fields of a header, sorted by name, without secrets.
func shown(header http.Header) []fact {
	var facts []fact
	for name, values := range header {
		for _, value := range values {
			if secret(name) {
				value = masked(value)
			} else if name == "Referer" || name == "Location" {
				value = maskQuery(value)
			}
			facts = append(facts, fact{name, cut(value, maxValue)})
		}
	}
	slices.SortStableFunc(facts, func(a, b fact) int { return strings.Compare(a.Name, b.Name) })
	if len(facts) > maxHeaders {
		more := len(facts) - maxHeaders
		facts = append(facts[:maxHeaders:maxHeaders], fact{"…", fmt.Sprintf("%d more", more)})
	}
	return facts
}

// maskQuery masks the values of secret parameters in a URL. It keeps the order of the parameters.
func maskQuery(target string) string {
	path, query, found := strings.Cut(target, "?")
	if !found {
		return target
	}
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil && secret(plain) {
			pairs[i] = name + "=…"
		}
	}
	return path + "?" + strings.Join(pairs, "&")
}

// cut shortens a text to about n bytes.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "") + "…"
}
