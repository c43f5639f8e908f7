package static

import (
	"strings"
	"unicode/utf8"
)

// Disposition returns a Content-Disposition (RFC 6266) with a file name, for responses other than
// those of [File] and [Content]: "attachment" makes the browser save what it gets, and "inline"
// show it. A name that is not plain ASCII is given twice: as it looks to old clients, and exactly
// (RFC 8187). Folders, control characters and invalid UTF-8 are removed from the name.
func Disposition(kind, name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	plain, exact := true, make([]byte, 0, len(name))
	ascii := make([]byte, 0, len(name))
	for _, c := range name {
		switch {
		case c < ' ' || c == 0x7f || c == utf8.RuneError:
			c = '_'
		case c > 0x7f:
			plain = false
		case c == '%': // some clients decode it
			plain = false
		}
		exact = utf8.AppendRune(exact, c)
		switch {
		case c > 0x7f || c == '%':
			ascii = append(ascii, '_')
		case c == '"':
			ascii = append(ascii, '\\', '"')
		default:
			ascii = append(ascii, byte(c))
		}
	}
	if len(exact) == 0 {
		return kind
	}
	header := kind + `; filename="` + string(ascii) + `"`
	if !plain {
		header += "; filename*=UTF-8''" + extended(exact)
	}
	return header
}

// extended escapes a value as RFC 8187 section 3.2 does.
func extended(text []byte) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range text {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.WriteString(string([]byte{'%', hex[c>>4], hex[c&15]}))
		}
	}
	return b.String()
}
