package devtools

import (
	"bytes"
	"mime"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// Inject puts markup before the end of the body of an HTML page, and lets the page load scripts,
// styles and events of its own host, whatever its Content-Security-Policy says of them. Other
// responses, and pages that are streamed or encoded, stay as they are. It reports whether the markup
// is in.
func Inject(resp *web.Response, markup string) bool {
	kind, _, err := mime.ParseMediaType(resp.ContentType())
	if err != nil || kind != "text/html" || resp.Header("Content-Encoding") != "" {
		return false
	}
	body, ok := resp.Body()
	at := bytes.LastIndex(body, []byte("</body>"))
	if !ok || at < 0 {
		return false
	}
	resp.SetBytes(slices.Concat(body[:at], []byte(markup), body[at:]))
	for _, name := range []string{"Content-Security-Policy", "Content-Security-Policy-Report-Only"} {
		policies := resp.HeaderValues(name)
		resp.DelHeader(name)
		for _, policy := range policies {
			for _, directive := range []string{"script-src", "style-src", "connect-src"} {
				policy = allowSelf(policy, directive)
			}
			resp.AddHeader(name, policy)
		}
	}
	return true
}

// allowSelf adds the own host to a directive of a policy (CSP Level 3). A directive that is missing
// has the sources of default-src.
func allowSelf(policy, directive string) string {
	parts := strings.Split(policy, ";")
	fallback := -1
	for i, part := range parts {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		switch strings.ToLower(words[0]) {
		case directive:
			parts[i] = " " + strings.Join(withSelf(words), " ")
			return strings.TrimSpace(strings.Join(parts, ";"))
		case "default-src":
			fallback = i
		}
	}
	if fallback < 0 {
		return policy // everything is allowed
	}
	words := strings.Fields(parts[fallback])
	words[0] = directive
	return strings.TrimRight(policy, "; ") + "; " + strings.Join(withSelf(words), " ")
}

// withSelf adds the own host to the words of a directive.
func withSelf(words []string) []string {
	words = slices.DeleteFunc(words, func(w string) bool { return strings.EqualFold(w, "'none'") || strings.EqualFold(w, "'strict-dynamic'") })
	if slices.ContainsFunc(words, func(w string) bool { return w == "*" || strings.EqualFold(w, "'self'") }) {
		return words
	}
	return append(words, "'self'")
}
