package frameworktest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Transcript sends the requests of a text, one a line, and compares the responses with what the
// line says. If any differ, it ends the test with the lines as they should be and as they are.
//
//	app.Transcript(`
//		GET /wiki/Front                           -> 200 "Welcome"
//		alice POST /wiki/Front/edit title=Saqqara -> 303 /wiki/Front/
//		bob GET /wiki/Front/edit                  -> 403, denied by entry 2 of /wiki
//		GET /wiki "Accept: text/html" Host:b.test -> 400   # a comment
//	`)
//
// On the left are the user, as for [As], or nobody; the method; the path, exactly as it is sent;
// and fields of a form (name=value) and headers (Name:value). On the right are the status and, as
// far as they matter, the Location, a part of the body in quotes and, after a comma, why the
// security policy denied a permission. The reason may be given up to a colon in it. Words with
// blanks are written as Go strings. What the right side does not mention is not compared.
//
// options apply to every request, before those of the line.
func (a *App) Transcript(text string, options ...RequestOption) {
	a.t.Helper()
	play(a.t, text, func(x exchange) *Response {
		a.t.Helper()
		if len(x.filled) > 0 {
			a.t.Fatalf("transcript: %s %s: %q is neither a field (name=value) nor a header (Name:value); only Browse fills fields from pages",
				x.method, x.target, x.filled[0])
		}
		all := slices.Concat(options, x.options)
		if x.user != "" {
			all = append(all, As(x.user))
		}
		return a.Request(x.method, x.target, all...)
	})
}

// Browse is Transcript with a [Browser] for each name: the users are not those of the security
// policy, but people who log in, and keep their cookies from line to line. A line without a name
// has a browser of its own, without cookies. A field without a value has the one that the last page
// with such a field gave it, as the hidden field of a CSRF token has:
//
//	app.Browse(`
//		alice GET /login                                               -> 200
//		alice POST /login csrf_token user=alice "password=open sesame" -> 303 /
//		alice POST /logout csrf_token                                  -> 400  # no page since the login
//	`)
func (a *App) Browse(text string, options ...RequestOption) {
	a.t.Helper()
	browsers, pages := map[string]*Browser{}, map[string][]*Response{}
	play(a.t, text, func(x exchange) *Response {
		a.t.Helper()
		b := browsers[x.user]
		if b == nil {
			b = a.Browser()
		}
		for _, name := range x.filled {
			value, ok := lastField(pages[x.user], name)
			if !ok {
				a.t.Fatalf("transcript: %s %s: no page that %q got has a field %q (a field with a value is name=value, a header Name:value)",
					x.method, x.target, x.user, name)
			}
			x.options = append(x.options, Form(name, value))
		}
		got := b.Request(x.method, x.target, slices.Concat(options, x.options)...)
		if x.user != "" {
			browsers[x.user] = b
			pages[x.user] = append(pages[x.user], got)
		}
		return got
	})
}

// lastField returns the value that the last page with a field of that name gave it.
func lastField(pages []*Response, name string) (value string, ok bool) {
	for _, page := range slices.Backward(pages) {
		if value, ok = page.field(name); ok {
			return value, true
		}
	}
	return "", false
}

// exchange is a line of a transcript.
type exchange struct {
	user, method, target string
	options              []RequestOption
	filled               []string // fields without a value
	want                 outcome
}

// outcome is the right side of a line; "" is not compared.
type outcome struct {
	status                 int
	location, body, reason string
}

// play plays a transcript.
func play(t T, text string, send func(exchange) *Response) {
	t.Helper()
	var report strings.Builder
	lines, wrong := 0, 0
	for n, line := range strings.Split(text, "\n") {
		words, err := splitWords(line)
		if err == nil && len(words) == 0 {
			continue
		}
		var x exchange
		if err == nil {
			x, err = parseExchange(words)
		}
		if err != nil {
			t.Fatalf("transcript, line %d: %v:\n%s", n+1, err, strings.TrimSpace(line))
		}
		lines++
		left, _, _ := strings.Cut(strings.TrimSpace(line), "->")
		got := send(x)
		if x.want.accepts(got) {
			fmt.Fprintf(&report, "  %s\n", strings.TrimSpace(line))
			continue
		}
		wrong++
		fmt.Fprintf(&report, "- %s\n+ %s-> %s\n", strings.TrimSpace(line), left, x.want.describe(got))
	}
	if wrong > 0 {
		t.Fatalf("transcript: %d of %d lines differ (- wanted, + got):\n%s", wrong, lines, report.String())
	}
}

// word is a word of a line; a quoted one is never a sign.
type word struct {
	text   string
	quoted bool
}

// splitWords splits a line at blanks; Go strings are one word each. A comment ends it. After a
// comma that ends a word, the rest is one word.
func splitWords(line string) (words []word, err error) {
	for {
		line = strings.TrimSpace(line)
		switch {
		case line == "", strings.HasPrefix(line, "#"):
			return words, nil
		case line[0] == '"':
			quoted, err := strconv.QuotedPrefix(line)
			if err != nil {
				return nil, fmt.Errorf("a string without an end")
			}
			text, _ := strconv.Unquote(quoted)
			words, line = append(words, word{text, true}), line[len(quoted):]
		case line[0] == ',':
			reason, _, _ := strings.Cut(line[1:], " #")
			return append(words, word{text: ","}, word{text: strings.TrimSpace(reason)}), nil
		default:
			end := strings.IndexAny(line, " \t")
			if end < 0 {
				end = len(line)
			}
			if at := strings.Index(line[:end], ","); at > 0 && seen(words, "->") {
				end = at
			}
			words, line = append(words, word{text: line[:end]}), line[end:]
		}
	}
}

// seen reports whether a sign is among the words.
func seen(words []word, sign string) bool { return slices.Contains(words, word{text: sign}) }

// parseExchange reads a line.
func parseExchange(words []word) (x exchange, err error) {
	arrow := slices.Index(words, word{text: "->"})
	path := slices.IndexFunc(words, func(w word) bool { return strings.HasPrefix(w.text, "/") || strings.Contains(w.text, "://") })
	switch {
	case arrow < 0:
		return x, fmt.Errorf("no ->")
	case path != 1 && path != 2 || path > arrow:
		return x, fmt.Errorf("want [USER] METHOD PATH before the ->")
	}
	x.method, x.target = words[path-1].text, words[path].text
	if path == 2 {
		x.user = words[0].text
	}
	for _, w := range words[path+1 : arrow] {
		name, value, isHeader := strings.Cut(w.text, ":")
		field, content, isField := strings.Cut(w.text, "=")
		switch {
		case isHeader && (!isField || len(name) < len(field)):
			x.options = append(x.options, Header(name, strings.TrimSpace(value)))
		case isField:
			x.options = append(x.options, Form(field, content))
		default:
			x.filled = append(x.filled, w.text)
		}
	}
	x.want, err = parseOutcome(words[arrow+1:])
	return x, err
}

func parseOutcome(words []word) (o outcome, err error) {
	if len(words) == 0 {
		return o, fmt.Errorf("no status")
	}
	if o.status, err = strconv.Atoi(words[0].text); err != nil || o.status < 100 || o.status > 999 {
		return o, fmt.Errorf("invalid status %q", words[0].text)
	}
	for i := 1; i < len(words); i++ {
		switch w := words[i]; {
		case w.quoted:
			o.body = w.text
		case w.text == ",":
			o.reason = words[i+1].text
			return o, nil
		default:
			o.location = w.text
		}
	}
	return o, nil
}

// accepts reports whether a response is as wanted.
func (o outcome) accepts(got *Response) bool {
	reason := got.denied()
	return got.Code == o.status &&
		(o.location == "" || got.Header.Get("Location") == o.location) &&
		strings.Contains(got.Body, o.body) &&
		(o.reason == "" || reason == o.reason || strings.HasPrefix(reason, o.reason+":"))
}

// describe returns a response as a right side has it. It shows the body only if a part of it was
// wanted, or if it may say what the error is.
func (o outcome) describe(got *Response) string {
	text := strconv.Itoa(got.Code)
	if location := got.Header.Get("Location"); location != "" {
		text += " " + location
	}
	reason := got.denied()
	unexpected := got.Code != o.status && got.Code >= http.StatusBadRequest && reason == ""
	if o.body != "" || unexpected || got.Code >= http.StatusInternalServerError {
		body := got.Body
		if len(body) > 200 {
			body = body[:200] + "…"
		}
		text += " " + strconv.Quote(body)
	}
	if reason != "" {
		text += ", " + reason
	}
	return text
}

// denied returns why the security policy denied the permission for the view, "" if it did not.
func (r *Response) denied() string {
	if d, ok := r.Denied(); ok {
		return cmp.Or(d.Why(), d.String())
	}
	return ""
}
