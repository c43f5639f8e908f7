package security

import (
	"fmt"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// maxCredentials is the number of bytes that the credentials of an Authorization header may have.
const maxCredentials = 8192

// authorization returns the credentials that the Authorization header has for a scheme, in lower
// case (RFC 9110, 11.6.2: scheme, spaces, credentials). sent is false if the header is missing or
// for another scheme. Several headers are ambiguous: they count as sent, with empty credentials.
func authorization(r *web.Request, scheme string) (credentials string, sent bool) {
	lines := r.Request.Header["Authorization"]
	if len(lines) == 0 {
		return "", false
	}
	if len(lines) > 1 {
		for _, line := range lines {
			if _, ok := cutScheme(line, scheme); ok {
				return "", true
			}
		}
		return "", false
	}
	credentials, sent = cutScheme(lines[0], scheme)
	if len(credentials) > maxCredentials {
		return "", sent
	}
	return credentials, sent
}

// varyOnAuthorization keeps caches from giving the response to a client with other credentials, or
// with none. RFC 9111, section 3.5, keeps shared caches from storing the response to a request with
// credentials, but neither from giving a stored response without a user to a request with them, nor
// a browser from keeping that of another user.
func varyOnAuthorization(_ *web.Request, resp *web.Response) error {
	resp.AddVary("Authorization")
	return nil
}

// cutScheme returns the credentials of a header for a scheme; false if it is for another scheme.
func cutScheme(line, scheme string) (credentials string, ok bool) {
	word, rest, _ := strings.Cut(line, " ")
	if !strings.EqualFold(word, scheme) {
		return "", false
	}
	return strings.Trim(rest, " "), true
}

// checkRealm returns an error if a realm cannot be a quoted string of a challenge.
func checkRealm(of, realm string) error {
	for i := range len(realm) {
		if c := realm[i]; c < ' ' || c >= 0x7f {
			return fmt.Errorf("security.%s: invalid realm %q: want printable ASCII, such as \"wiki\"", of, realm)
		}
	}
	if realm == "" {
		return fmt.Errorf("security.%s: the realm is empty: want a name for what the credentials open, such as \"wiki\"", of)
	}
	return nil
}

var quoting = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// quoted returns a text as a quoted string (RFC 9110, 5.6.4).
func quoted(text string) string { return `"` + quoting.Replace(text) + `"` }
