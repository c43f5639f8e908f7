package static

import (
	"bytes"
	"net/url"
	"path"
	"strings"
)

// A style sheet refers to other files by url(…), quoted or not, and by @import "…". The scanner
// below knows as much of CSS as is needed to find those: comments, strings with their escapes, and
// where a word begins. It looks into no string other than that of an @import, and leaves alone what
// it does not understand.
//
// Followed are references to files beside the sheet: relative paths, with whatever query and
// fragment ("font.eot?#iefix"). Not followed are URLs with a scheme or host ("data:…", "//cdn/x"),
// those that begin with a slash (a mount point may precede it), and fragments ("#filter").

// reference is a part of a style sheet, body[start:end], that is the path of a file.
type reference struct {
	start, end int
	target     string // the name of the file in the static view
}

// references finds the references of the style sheet called name, in their order.
func references(name string, body []byte) (refs []reference) {
	s := scanner{body: body}
	for {
		start, end, ok := s.next()
		if !ok {
			return refs
		}
		if r, ok := referenceAt(name, body, start, end); ok {
			refs = append(refs, r)
		}
	}
}

// referenceAt interprets body[start:end], a URL.
func referenceAt(name string, body []byte, start, end int) (reference, bool) {
	text := string(body[start:end])
	if at := strings.IndexAny(text, "?#"); at >= 0 {
		text = text[:at]
	}
	first, _, _ := strings.Cut(text, "/")
	if text == "" || text[0] == '/' || strings.ContainsAny(text, "\\\x00") || strings.Contains(first, ":") {
		return reference{}, false
	}
	decoded, err := url.PathUnescape(text)
	if err != nil || strings.HasSuffix(decoded, "/") {
		return reference{}, false
	}
	target, ok := join(name, decoded)
	return reference{start, start + len(text), target}, ok
}

// rewritten returns the style sheet with the version in each reference of which version returns
// one.
func rewritten(body []byte, refs []reference, version func(target string) string) []byte {
	var out bytes.Buffer
	at := 0
	for _, ref := range refs {
		v := version(ref.target)
		if v == "" {
			continue
		}
		text := string(body[ref.start:ref.end])
		folder := text[:strings.LastIndexByte(text, '/')+1]
		out.Write(body[at:ref.start])
		out.WriteString(folder + url.PathEscape(versioned(path.Base(ref.target), v)))
		at = ref.end
	}
	if at == 0 {
		return body
	}
	out.Write(body[at:])
	return out.Bytes()
}

// scanner finds the URLs in a style sheet.
type scanner struct {
	body      []byte
	at        int
	importing bool // an @import was read, and not yet its URL
}

// next returns where the next URL is.
func (s *scanner) next() (start, end int, ok bool) {
	for s.at < len(s.body) {
		switch c := s.body[s.at]; {
		case c == '/' && s.has("/*"):
			stop := bytes.Index(s.body[s.at+2:], []byte("*/"))
			if stop < 0 {
				return 0, 0, false
			}
			s.at += stop + 4
		case c == '"' || c == '\'':
			start, end, ok = s.quoted()
			if importing := s.importing; ok && importing {
				s.importing = false
				return start, end, true
			}
		case c == ';' || c == '{':
			s.importing = false
			s.at++
		case c == '@' && s.has("@import"):
			s.importing = true
			s.at += len("@import")
		case isWord(c) || c == '\\':
			word := s.word()
			if strings.EqualFold(word, "url") && s.has("(") {
				s.at++
				if start, end, ok = s.function(); ok {
					s.importing = false
					return start, end, true
				}
			}
		default:
			s.at++
		}
	}
	return 0, 0, false
}

func (s *scanner) has(text string) bool {
	return len(s.body)-s.at >= len(text) && strings.EqualFold(string(s.body[s.at:s.at+len(text)]), text)
}

// word reads a word, with its escapes.
func (s *scanner) word() string {
	start := s.at
	for s.at < len(s.body) && (isWord(s.body[s.at]) || s.body[s.at] == '\\') {
		if s.body[s.at] == '\\' {
			s.at++
		}
		s.at++
	}
	s.at = min(s.at, len(s.body))
	return string(s.body[start:s.at])
}

func isWord(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c >= 0x80
}

// quoted reads a string and returns where its content is. It is not ok if it does not end on its
// line.
func (s *scanner) quoted() (start, end int, ok bool) {
	quote := s.body[s.at]
	s.at++
	start = s.at
	for s.at < len(s.body) {
		switch s.body[s.at] {
		case quote:
			end = s.at
			s.at++
			return start, end, true
		case '\n':
			return 0, 0, false
		case '\\':
			s.at++
		}
		s.at++
	}
	s.at = len(s.body)
	return 0, 0, false
}

// function reads the rest of a url(, and returns where the URL is.
func (s *scanner) function() (start, end int, ok bool) {
	s.space()
	if s.at < len(s.body) && (s.body[s.at] == '"' || s.body[s.at] == '\'') {
		start, end, ok = s.quoted()
		return start, end, ok
	}
	stop := bytes.IndexByte(s.body[s.at:], ')')
	if stop < 0 {
		s.at = len(s.body)
		return 0, 0, false
	}
	start, end = s.at, s.at+stop
	s.at = end + 1
	for end > start && isSpace(s.body[end-1]) {
		end--
	}
	return start, end, !bytes.ContainsAny(s.body[start:end], "\"'( \t\r\n")
}

func (s *scanner) space() {
	for s.at < len(s.body) && isSpace(s.body[s.at]) {
		s.at++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }
