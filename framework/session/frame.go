package session

import (
	"encoding/binary"
	"errors"
	"time"
)

// A frame is the plain text of a cookie: a version, the two stamps in seconds, then the values,
// each as a name and a JSON text. All numbers are uvarints, and lengths precede texts:
//
//	01 created renewed (len(name) name len(text) text)*
//
// It is shorter than JSON and costs less to take apart: a value that nobody asks for is not decoded.
const frameVersion = 1

var errFrame = errors.New("malformed session")

// appendFrame appends the frame of a session to dst.
func appendFrame(dst []byte, created, renewed time.Time, entries []entry) []byte {
	dst = append(dst, frameVersion)
	dst = binary.AppendUvarint(dst, uint64(max(created.Unix(), 0)))
	dst = binary.AppendUvarint(dst, uint64(max(renewed.Unix(), 0)))
	for _, e := range entries {
		if !e.deleted {
			dst = appendText(dst, e.name)
			dst = appendText(dst, e.text)
		}
	}
	return dst
}

func appendText(dst []byte, text string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(text)))
	return append(dst, text...)
}

// frameLen returns an upper limit of the length of a frame.
func frameLen(entries []entry) int {
	n := 1 + 2*binary.MaxVarintLen64
	for _, e := range entries {
		if !e.deleted {
			n += entryLen(e)
		}
	}
	return n
}

// entryLen returns what a value takes in a frame.
func entryLen(e entry) int {
	return uvarintLen(len(e.name)) + len(e.name) + uvarintLen(len(e.text)) + len(e.text)
}

func uvarintLen(n int) int {
	length := 1
	for ; n >= 0x80; n >>= 7 {
		length++
	}
	return length
}

// parseFrame takes a frame apart. The entries share one copy of it.
func parseFrame(plain []byte) (created, renewed time.Time, entries []entry, err error) {
	if len(plain) == 0 || plain[0] != frameVersion {
		return created, renewed, nil, errFrame
	}
	rest := string(plain[1:])
	stamps := [2]uint64{}
	for i := range stamps {
		if stamps[i], rest, err = cutNumber(rest); err != nil || stamps[i] > maxStamp {
			return created, renewed, nil, errFrame
		}
	}
	for rest != "" {
		var e entry
		if e.name, rest, err = cutText(rest); err != nil {
			return created, renewed, nil, err
		}
		if e.text, rest, err = cutText(rest); err != nil {
			return created, renewed, nil, err
		}
		if entries == nil {
			entries = make([]entry, 0, 8)
		}
		entries = append(entries, e)
	}
	return time.Unix(int64(stamps[0]), 0), time.Unix(int64(stamps[1]), 0), entries, nil
}

// maxStamp is the last second of the year 9999.
const maxStamp = 253402300799

// cutNumber cuts a uvarint off a frame.
func cutNumber(s string) (n uint64, rest string, err error) {
	for i, shift := 0, uint(0); i < len(s) && shift < 64; i, shift = i+1, shift+7 {
		n |= uint64(s[i]&0x7f) << shift
		if s[i] < 0x80 {
			return n, s[i+1:], nil
		}
	}
	return 0, "", errFrame
}

// cutText cuts a text off a frame.
func cutText(s string) (text, rest string, err error) {
	n, rest, err := cutNumber(s)
	if err != nil || n > uint64(len(rest)) {
		return "", "", errFrame
	}
	return rest[:n], rest[n:], nil
}
