package cookies

import (
	"encoding/binary"
	"time"
)

// AppendNumber appends a number to a frame: the plain content of a cookie. Numbers are uvarints,
// and lengths precede texts, so a frame is shorter than JSON and costs less to take apart.
func AppendNumber(dst []byte, n uint64) []byte { return binary.AppendUvarint(dst, n) }

// AppendTime appends a time in whole seconds. Times before 1970 become that.
func AppendTime(dst []byte, t time.Time) []byte {
	return binary.AppendUvarint(dst, uint64(max(t.Unix(), 0)))
}

// AppendText appends a text.
func AppendText(dst []byte, text string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

// MaxNumberLen is the most bytes that a number or a time takes in a frame.
const MaxNumberLen = binary.MaxVarintLen64

// TextLen returns how many bytes a text takes in a frame.
func TextLen(text string) int {
	n := len(text)
	length := 1 + n
	for ; n >= 0x80; n >>= 7 {
		length++
	}
	return length
}

// Reader takes a frame apart. The texts are parts of it. After the first malformed part, Failed is
// true, Rest is "", and all further parts are zero.
type Reader struct {
	Rest   string
	Failed bool
}

func (r *Reader) fail() { r.Failed, r.Rest = true, "" }

// Number cuts off a number.
func (r *Reader) Number() uint64 {
	if s := r.Rest; s != "" && s[0] < 0x80 { // nearly always
		r.Rest = s[1:]
		return uint64(s[0])
	}
	var n uint64
	for i, s := 0, r.Rest; i < len(s) && i < MaxNumberLen; i++ {
		if i == MaxNumberLen-1 && s[i] > 1 {
			break // it has more than 64 bits
		}
		n |= uint64(s[i]&0x7f) << (7 * i)
		if s[i] < 0x80 {
			r.Rest = s[i+1:]
			return n
		}
	}
	r.fail()
	return 0
}

// maxTime is the last second of the year 9999.
const maxTime = 253402300799

// Seconds cuts off a time, as the seconds since 1970. One after the year 9999 is malformed.
func (r *Reader) Seconds() int64 {
	n := r.Number()
	if n > maxTime {
		r.fail()
		return 0
	}
	return int64(n)
}

// Time cuts off a time, as Seconds does.
func (r *Reader) Time() time.Time { return time.Unix(r.Seconds(), 0) }

// Text cuts off a text.
func (r *Reader) Text() string {
	n := r.Number()
	if n > uint64(len(r.Rest)) {
		r.fail()
		return ""
	}
	text := r.Rest[:n]
	r.Rest = r.Rest[n:]
	return text
}
