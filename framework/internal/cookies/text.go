package cookies

import (
	"encoding/base64"
	"encoding/binary"
)

var encoding = base64.RawURLEncoding

// invalid marks bytes that are not digits.
const invalid = 1 << 15

// ones and tens have the value of each digit of base64url (RFC 4648, section 5): as the second
// digit of two, and as the first.
var ones, tens = func() (ones, tens [256]uint16) {
	for i := range ones {
		ones[i], tens[i] = invalid, invalid
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	for i := range len(alphabet) {
		ones[alphabet[i]], tens[alphabet[i]] = uint16(i), uint16(i)<<6
	}
	return ones, tens
}()

// EncodedLen returns the length of the text of n bytes.
func EncodedLen(n int) int { return encoding.EncodedLen(n) }

// DecodedLen returns how many bytes a text of that length stands for.
func DecodedLen(n int) int { return encoding.DecodedLen(n) }

// Encode returns bytes as base64url without padding.
func Encode(b []byte) string { return encoding.EncodeToString(b) }

// AppendEncode appends bytes as base64url without padding.
func AppendEncode(dst, b []byte) []byte { return encoding.AppendEncode(dst, b) }

// Decode decodes the only text that Encode returns for some bytes, into dst. It returns false for
// any other text, such as one with padding, line breaks or bits that do not count, or if dst has
// not exactly the length of those bytes. Unlike encoding/base64, it makes no copy
// of the text.
func Decode(dst []byte, text string) bool {
	if len(text)%4 == 1 || len(dst) != DecodedLen(len(text)) {
		return false
	}
	n, m := 0, 0
	for ; len(dst)-m >= 8 && len(text)-n >= 8; n, m = n+8, m+6 { // eight digits, with two bytes to spare
		t, b := text[n:n+8], dst[m:m+8]
		p, q, r, s := tens[t[0]]|ones[t[1]], tens[t[2]]|ones[t[3]], tens[t[4]]|ones[t[5]], tens[t[6]]|ones[t[7]]
		if (p|q|r|s)&invalid != 0 {
			return false
		}
		binary.BigEndian.PutUint64(b, uint64(p)<<52|uint64(q)<<40|uint64(r)<<28|uint64(s)<<16)
	}
	for ; len(dst)-m >= 3; n, m = n+4, m+3 {
		t, b := text[n:n+4], dst[m:m+3]
		p, q := tens[t[0]]|ones[t[1]], tens[t[2]]|ones[t[3]]
		if (p|q)&invalid != 0 {
			return false
		}
		b[0], b[1], b[2] = byte(p>>4), byte(p<<4|q>>8), byte(q)
	}
	switch t, b := text[n:], dst[m:]; len(b) {
	case 2:
		p, q := tens[t[0]]|ones[t[1]], tens[t[2]]
		b[0], b[1] = byte(p>>4), byte(p<<4|q>>8)
		return (p|q)&invalid == 0 && q&0xff == 0
	case 1:
		p := tens[t[0]] | ones[t[1]]
		b[0] = byte(p >> 4)
		return p&invalid == 0 && p&0xf == 0
	}
	return true
}
