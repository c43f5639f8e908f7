// Package problem renders errors as pages, as JSON (RFC 9457) and as text.
package problem

import (
	"cmp"
	"encoding/json"
	"html"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Problem is what a client learns of an error. Only Status is required.
type Problem struct {
	Status     int
	Title      string // "" for the text of the status
	Detail     string
	Type       string // a URI
	Instance   string // a URI
	RequestID  string
	Lang       string         // of the texts; "" for en
	Extensions map[string]any // further members of the JSON
}

// StatusText returns the text of a status.
func StatusText(code int) string {
	if text := http.StatusText(code); text != "" {
		return text
	}
	return "Status " + strconv.Itoa(code)
}

func (p *Problem) title() string {
	if p.Title != "" {
		return p.Title
	}
	return StatusText(p.Status)
}

// statusLines holds the first line of each status: all of the text of most errors.
var statusLines = func() (lines [600]string) {
	for code := range lines {
		lines[code] = strconv.Itoa(code) + " " + StatusText(code) + "\n"
	}
	return lines
}()

// Text renders the problem as plain text.
func (p *Problem) Text() string {
	var text string
	if p.Status < len(statusLines) && p.Title == "" {
		text = statusLines[p.Status]
	} else {
		text = strconv.Itoa(p.Status) + " " + p.title() + "\n"
	}
	if p.Detail != "" {
		text += "\n" + p.Detail + "\n"
	}
	if p.RequestID != "" {
		text += "\nrequest " + p.RequestID + "\n"
	}
	return text
}

// HTML renders the problem as a page.
func (p *Problem) HTML() string {
	title := strconv.Itoa(p.Status) + " " + html.EscapeString(p.title())
	var b strings.Builder
	b.WriteString("<!doctype html>\n<html lang=\"" + html.EscapeString(cmp.Or(p.Lang, "en")) + "\">\n<head><meta charset=\"utf-8\"><title>")
	b.WriteString(title)
	b.WriteString("</title></head>\n<body>\n<h1>")
	b.WriteString(title)
	b.WriteString("</h1>\n")
	if p.Detail != "" {
		b.WriteString("<p>" + html.EscapeString(p.Detail) + "</p>\n")
	}
	if p.RequestID != "" {
		b.WriteString("<p>Request <code>" + html.EscapeString(p.RequestID) + "</code></p>\n")
	}
	b.WriteString("</body>\n</html>\n")
	return b.String()
}

// JSON renders the problem as a JSON object: the members of the RFC in its order, then the
// extensions sorted by name.
func (p *Problem) JSON() []byte {
	b := []byte{'{'}
	member := func(name string, value any) {
		text, err := json.Marshal(value)
		if err != nil {
			return // an extension that cannot be marshalled must not hide the error itself
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		key, _ := json.Marshal(name)
		b = append(append(append(b, key...), ':'), text...)
	}
	optional := func(name, value string) {
		if value != "" {
			member(name, value)
		}
	}
	optional("type", p.Type)
	member("title", p.title())
	member("status", p.Status)
	optional("detail", p.Detail)
	optional("instance", p.Instance)
	optional("request_id", p.RequestID)
	for _, name := range slices.Sorted(maps.Keys(p.Extensions)) {
		switch name {
		case "type", "title", "status", "detail", "instance":
		case "request_id":
			if p.RequestID == "" {
				member(name, p.Extensions[name])
			}
		default:
			member(name, p.Extensions[name])
		}
	}
	return append(b, '}', '\n')
}

// Join returns members together with those that replace them. It changes neither.
func Join(members, with map[string]any) map[string]any {
	if len(with) == 0 {
		return members
	}
	joined := make(map[string]any, len(members)+len(with))
	maps.Copy(joined, members)
	maps.Copy(joined, with)
	return joined
}
