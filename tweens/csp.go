package tweens

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// CSP is a Content-Security-Policy (CSP Level 3): directives and their sources.
//
//	tweens.CSP{
//		"default-src": {"'self'"},
//		"script-src":  {tweens.Nonce, "'strict-dynamic'"},
//		"img-src":     {"'self'", "https://images.example.com", "data:"},
//	}
//
// Do not change it after passing it to SecurityHeaders.
type CSP map[string][]string

var _ fmt.Stringer = CSP(nil)

// Nonce as a source of script-src or style-src allows the inline scripts and styles with the nonce
// of the request: <script nonce="…">. See CSPNonce.
const Nonce = "'nonce'"

// DefaultCSP returns the policy that SecurityHeaders uses without a CSP: pages load everything from
// the application's own origin, nothing inline and no plugins; <base> and forms stay on it too. The
// map is new at each call: to allow more, add to it.
//
// Chromium applies form-action to the redirects after a form too: if a form logs in at another
// site, that site needs to be named there.
func DefaultCSP() CSP {
	return CSP{
		"default-src": {"'self'"}, "base-uri": {"'self'"}, "form-action": {"'self'"}, "object-src": {"'none'"},
	}
}

// CSPNonce returns the nonce of the request, for the nonce attribute of inline scripts and styles.
// It is random, the same for the whole request, and needs no escaping. It has an effect if the
// policy of the response contains Nonce. The first call makes it, in a view, a renderer or
// SecurityHeaders. A page with a nonce must not be cached for others: with the nonce of one page,
// an attacker's script runs in it.
func CSPNonce(r *web.Request) string { return web.CSPNonce(r) }

// String returns the policy as it is sent, default-src first and the other directives sorted. Nonce
// stands where the nonce goes.
func (p CSP) String() string {
	names := slices.Sorted(maps.Keys(p))
	if at := slices.Index(names, "default-src"); at > 0 {
		names = slices.Insert(slices.Delete(names, at, at+1), 0, "default-src")
	}
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = strings.Join(append([]string{name}, p[name]...), " ")
	}
	return strings.Join(parts, "; ")
}

// check returns what is wrong with the policy.
func (p CSP) check() (errs []error) {
	for _, name := range slices.Sorted(maps.Keys(p)) {
		for _, err := range checkDirective(name, p[name]) {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errs
}

// The directives, by the kind of their values.
var (
	fetchDirectives = []string{
		"child-src", "connect-src", "default-src", "fenced-frame-src", "font-src", "frame-src", "img-src", "manifest-src",
		"media-src", "object-src", "prefetch-src", "script-src", "script-src-attr", "script-src-elem", "style-src",
		"style-src-attr", "style-src-elem", "worker-src", "base-uri", "form-action", "frame-ancestors",
	}
	bareDirectives  = []string{"upgrade-insecure-requests", "block-all-mixed-content"}
	otherDirectives = []string{"sandbox", "report-to", "report-uri", "require-trusted-types-for", "trusted-types", "webrtc"}
	keywords        = []string{
		"'none'", "'self'", "'unsafe-inline'", "'unsafe-eval'", "'wasm-unsafe-eval'", "'strict-dynamic'", "'unsafe-hashes'",
		"'report-sample'", "'inline-speculation-rules'", "'trusted-types-eval'", "'unsafe-allow-redirects'",
		"'report-sha256'", "'report-sha384'", "'report-sha512'",
	}
)

func checkDirective(name string, values []string) (errs []error) {
	for _, v := range values {
		if v == "" || !isVisible(v) || strings.ContainsAny(v, ";, ") {
			errs = append(errs, fmt.Errorf("invalid source %q: want visible ASCII without spaces, commas and semicolons; "+
				"each source is an element of its own", v))
		}
	}
	if errs != nil {
		return errs
	}
	switch {
	case slices.Contains(bareDirectives, name):
		if len(values) > 0 {
			return []error{errors.New("takes no values: want nil")}
		}
	case slices.Contains(otherDirectives, name):
		if len(values) == 0 && name != "sandbox" {
			return []error{errors.New("no values")}
		}
	case slices.Contains(fetchDirectives, name):
		return checkSources(name, values)
	default:
		err := fmt.Errorf("unknown directive %q", name)
		if nearest := registry.Nearest(name, slices.Concat(fetchDirectives, bareDirectives, otherDirectives)); nearest != "" {
			err = fmt.Errorf("%w: did you mean %q?", err, nearest)
		}
		return []error{err}
	}
	return nil
}

// checkSources checks a source list.
func checkSources(name string, sources []string) (errs []error) {
	if len(sources) == 0 {
		return []error{errors.New(`no sources: want "'none'" to allow nothing`)}
	}
	if len(sources) > 1 && slices.Contains(sources, "'none'") {
		errs = append(errs, errors.New("'none' with other sources has no effect: leave one of them out"))
	}
	for _, source := range sources {
		if why := badSource(name, source); why != "" {
			errs = append(errs, fmt.Errorf("invalid source %q: %s", source, why))
		}
	}
	return errs
}

// badSource returns what is wrong with a source, "" if nothing is.
func badSource(directive, source string) string {
	switch {
	case source == Nonce:
		if !strings.HasPrefix(directive, "script-src") && !strings.HasPrefix(directive, "style-src") && directive != "default-src" {
			return "a nonce works only in script-src, style-src and default-src"
		}
	case strings.HasPrefix(source, "'nonce-"):
		return "a nonce that is always the same protects from nothing: want tweens.Nonce"
	case strings.HasPrefix(source, "'sha256-"), strings.HasPrefix(source, "'sha384-"), strings.HasPrefix(source, "'sha512-"):
		sum := strings.TrimSuffix(source[len("'sha256-"):], "'")
		if _, err := base64.StdEncoding.DecodeString(sum); err != nil || !strings.HasSuffix(source, "'") {
			return "want the hash in base64, as in 'sha256-…='"
		}
	case strings.HasPrefix(source, "'"):
		if !slices.Contains(keywords, source) {
			return "unknown keyword: want one of " + strings.Join(keywords, ", ")
		}
	case slices.Contains(keywords, "'"+source+"'"), source == "nonce":
		return fmt.Sprintf("without quotes it is a host: want \"'%s'\"", source)
	case strings.ContainsAny(source, `"<>\^{|}@#?`+"`"):
		return "want a scheme such as data:, or a host such as https://cdn.example.com"
	}
	return ""
}

// isVisible reports whether s consists of visible ASCII characters and spaces.
func isVisible(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c > '~' })
}
