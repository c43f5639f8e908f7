package conditional

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// A tag is the version, then, for one of several representations, "-" and a hash of what
// distinguishes it. If-Match compares the version alone, since all representations change together.

// mostVersion is how long a version may be that stands in tags as it is.
const mostVersion = 64

// token returns a version as it stands in tags: as it is if it consists of a few plain characters,
// else as a hash.
func token(version string) string {
	if len(version) > mostVersion || strings.Trim(version, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._") != "" {
		return "~" + digest(version)
	}
	return version
}

// digest returns 16 characters for a text.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return strings.ReplaceAll(base64.RawURLEncoding.EncodeToString(sum[:12]), "-", ".")
}

// versionOf returns the token in the tag of a representation.
func versionOf(opaque string) string {
	version, _, _ := strings.Cut(opaque, "-")
	return version
}
