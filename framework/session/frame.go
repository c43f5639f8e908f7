package session

import (
	"errors"
	"time"

	"github.com/mastaba-go/mastaba/framework/internal/cookies"
)

// A frame is the plain text of a cookie: a version, the two stamps in seconds, then the values,
// each as a name and a JSON text. All numbers are uvarints, and lengths precede texts:
//
//	01 created renewed (len(name) name len(text) text)*
//
// A value that nobody asks for is not decoded.
const frameVersion = 1

var errFrame = errors.New("malformed session")

// appendFrame appends the frame of a session to dst.
func appendFrame(dst []byte, created, renewed time.Time, entries []entry) []byte {
	dst = cookies.AppendTime(append(dst, frameVersion), created)
	dst = cookies.AppendTime(dst, renewed)
	for _, e := range entries {
		if !e.deleted {
			dst = cookies.AppendText(dst, e.name)
			dst = cookies.AppendText(dst, e.text)
		}
	}
	return dst
}

// frameLen returns an upper limit of the length of a frame.
func frameLen(entries []entry) int {
	n := 1 + 2*cookies.MaxNumberLen
	for _, e := range entries {
		if !e.deleted {
			n += entryLen(e)
		}
	}
	return n
}

// entryLen returns what a value takes in a frame.
func entryLen(e entry) int { return cookies.TextLen(e.name) + cookies.TextLen(e.text) }

// parseFrame takes a frame apart, and appends its values to entries. They are parts of the frame.
func parseFrame(frame string, entries []entry) (created, renewed time.Time, _ []entry, err error) {
	if frame == "" || frame[0] != frameVersion {
		return created, renewed, nil, errFrame
	}
	in := cookies.Reader{Rest: frame[1:]}
	created, renewed = in.Time(), in.Time()
	for in.Rest != "" {
		entries = append(entries, entry{name: in.Text(), text: in.Text()})
	}
	if in.Failed {
		return created, renewed, nil, errFrame
	}
	return created, renewed, entries, nil
}
