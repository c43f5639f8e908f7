package static

import (
	"path"
	"strings"
)

// versionDigits is the length of the version in a name.
const versionDigits = 10

// versioned returns the name of a file with a version before its last extension:
// "css/app.3f2a91cd07.css", or at its end if it has none.
func versioned(name, version string) string {
	folder, base := path.Split(name)
	at := strings.LastIndexByte(base, '.')
	if at <= 0 {
		at = len(base)
	}
	return folder + base[:at] + "." + version + base[at:]
}

// unversioned splits a name that versioned may have made.
func unversioned(name string) (plain, version string, ok bool) {
	folder, base := path.Split(name)
	stem, ext, found := cutLast(base)
	if !found {
		return "", "", false
	}
	if isVersion(ext) && stem != "" && !strings.Contains(stem, ".") {
		return folder + stem, ext, true
	}
	stem, version, found = cutLast(stem)
	if !found || stem == "" || !isVersion(version) {
		return "", "", false
	}
	return folder + stem + "." + ext, version, true
}

func cutLast(s string) (before, after string, ok bool) {
	at := strings.LastIndexByte(s, '.')
	if at < 0 {
		return s, "", false
	}
	return s[:at], s[at+1:], true
}

func isVersion(s string) bool {
	return len(s) == versionDigits && strings.Trim(s, "0123456789abcdef") == ""
}
