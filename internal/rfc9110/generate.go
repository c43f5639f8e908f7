package rfc9110

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
)

// headerNames are the headers of generated requests.
var headerNames = []string{
	"Accept-Encoding", "If-Match", "If-Unmodified-Since", "If-None-Match", "If-Modified-Since", "Range", "If-Range",
}

// Generate returns a random request for a resource, with tags, dates and ranges near those that it
// serves, and many odd ones.
func Generate(random *rand.Rand, o Resource) Request {
	g := generator{random, o}
	q := Request{"GET", http.Header{}}
	if g.chance(20) {
		q.Method = "HEAD"
	}
	add := func(percent int, name string, lines func() []string) {
		if g.chance(percent) {
			q.Header[name] = lines()
		}
	}
	add(70, "Accept-Encoding", g.codings)
	add(12, "If-Match", g.tags)
	add(15, "If-Unmodified-Since", g.dates)
	add(30, "If-None-Match", g.tags)
	add(30, "If-Modified-Since", g.dates)
	add(45, "Range", g.ranges)
	add(30, "If-Range", g.ifRange)
	return q
}

type generator struct {
	*rand.Rand
	o Resource
}

func (g generator) chance(percent int) bool { return g.IntN(100) < percent }

func (g generator) one(of ...string) string { return of[g.IntN(len(of))] }

// list returns elements as the lines of a header, sometimes two, sometimes with empty elements.
func (g generator) list(elements []string) []string {
	if len(elements) > 1 && g.chance(30) {
		at := 1 + g.IntN(len(elements)-1)
		return []string{g.joined(elements[:at]), g.joined(elements[at:])}
	}
	return []string{g.joined(elements)}
}

func (g generator) joined(elements []string) string {
	text := strings.Join(elements, g.one(", ", ",", " ,\t", ",, ,"))
	if g.chance(5) {
		text = "," + text + " ,"
	}
	return text
}

func (g generator) codings() []string {
	if g.chance(5) {
		return []string{""}
	}
	elements := make([]string, 1+g.IntN(4))
	for i := range elements {
		elements[i] = g.one("gzip", "gzip", "zstd", "zstd", "br", "identity", "*", "x-gzip", "GZIP", "Zstd", "deflate")
		if g.chance(60) {
			elements[i] += g.one(";q=", "; q=", ";Q=", " ; q=") + g.one("0", "0", "0.", "0.0", "0.000", "0.001", "0.3", "0.5", "1", "1.0", "1.000", "2", "x", "-1", "")
		}
		if g.chance(2) {
			elements[i] = "gzip;level=1"
		}
	}
	return g.list(elements)
}

func (g generator) tag() string {
	tag := g.o.ETag
	switch g.IntN(6) {
	case 0:
		tag = codedTag(tag, "gzip")
	case 1:
		tag = codedTag(tag, "zstd")
	case 2:
		tag = g.one(`"other"`, `W/"other"`, `""`, `"a,b"`, `"x,y-gzip"`, `"-gzip"`, `"é"`, `"other-zstd"`)
	}
	if tag == "" {
		return `"none"`
	}
	if g.chance(15) && tag[0] == '"' {
		tag = "W/" + tag
	}
	return tag
}

func (g generator) tags() []string {
	switch g.IntN(20) {
	case 0:
		return []string{"*"}
	case 1:
		return []string{g.one("", "", ",", "nonsense", `"open`)}
	}
	elements := make([]string, 1+g.IntN(3))
	for i := range elements {
		elements[i] = g.tag()
	}
	return g.list(elements)
}

func (g generator) date() string {
	at := g.o.Modified
	if at.IsZero() {
		at = time.Unix(1_700_000_000, 0)
	}
	at = at.Add([]time.Duration{0, 0, 0, time.Second, -time.Second, time.Hour, -time.Hour, 200_000 * time.Hour, -200_000 * time.Hour}[g.IntN(9)]).UTC()
	switch g.IntN(12) {
	case 0:
		return at.Format("Monday, 02-Jan-06 15:04:05 GMT")
	case 1:
		return at.Format(time.ANSIC)
	case 2:
		return g.one("", "nonsense", "0", "2023-11-14T22:13:20Z", at.Format("Mon, 2 January 2006 15:04:05 GMT"))
	}
	return at.Format(http.TimeFormat)
}

func (g generator) dates() []string {
	if g.chance(5) {
		return []string{g.date(), g.date()}
	}
	return []string{g.date()}
}

func (g generator) ifRange() []string {
	if g.chance(50) {
		return []string{g.tag()}
	}
	return []string{g.date()}
}

func (g generator) ranges() []string {
	switch g.IntN(25) {
	case 0:
		return []string{g.one("lines=1-2", "none=", "items=0-")}
	case 1:
		return []string{g.one("bytes=", "bytes=-", "bytes=x", "bytes=5-2", "bytes=,", "bytes=--1", "bytes=1-2-3", "bytes=0-1,x", "bytes=+1-2")}
	}
	elements := make([]string, 1)
	if g.chance(40) {
		elements = make([]string, 2+g.IntN(3))
	}
	size := len(g.o.Body)
	for i := range elements {
		from := g.IntN(size + 2)
		switch g.IntN(8) {
		case 0:
			elements[i] = fmt.Sprintf("%d-", from)
		case 1:
			elements[i] = fmt.Sprintf("-%d", g.IntN(size+3))
		case 2:
			elements[i] = g.one("-0", "-00", "0-0", "0-", "-1", "99999999-", fmt.Sprintf("%d-", size), fmt.Sprintf("0-%d", size), fmt.Sprintf("-%d", size+1))
		case 3:
			elements[i] = g.one("-99999999999999999999", "0-99999999999999999999", "99999999999999999999-", "18446744073709551616-18446744073709551617")
		default:
			elements[i] = fmt.Sprintf("%d-%d", from, from+g.IntN(1+size/4))
		}
	}
	return []string{g.one("bytes=", "bytes=", "bytes=", "bytes=", "Bytes=", "BYTES=") + strings.Join(elements, g.one(",", ", ", " , "))}
}
