package cookies

import "encoding/base64"

var encoding = base64.RawURLEncoding

const invalid = 0x80

// digits has the value of each digit of base64url (RFC 4648, section 5), and invalid for other bytes.
var digits = func() (table [256]byte) {
	for i := range table {
		table[i] = invalid
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	for i := range len(alphabet) {
		table[alphabet[i]] = byte(i)
	}
	return table
}()

// EncodedLen returns the length of the text of n bytes.
func EncodedLen(n int) int { return encoding.EncodedLen(n) }

// DecodedLen returns how many bytes a text of that length stands for.
func DecodedLen(n int) int { return encoding.DecodedLen(n) }

// Encode returns bytes as base64url without padding.
func Encode(b []byte) string { return encoding.EncodeToString(b) }

// AppendEncode appends bytes as base64url without padding.
func AppendEncode(dst, b []byte) []byte { return encoding.AppendEncode(dst, b) }

// Decode decodes the only text that Encode returns for some bytes, into dst. It returns false for any
// other text, such as one with padding, line breaks or bits that do not count, or if dst has not
// exactly the length of those bytes. It takes half the time that encoding/base64 does.
func Decode(dst []byte, text string) bool {
	if len(text)%4 == 1 || len(dst) != DecodedLen(len(text)) {
		return false
	}
	for len(text) >= 4 && len(dst) >= 3 {
		a, b, c, d := digits[text[0]], digits[text[1]], digits[text[2]], digits[text[3]]
		if (a|b|c|d)&invalid != 0 {
			return false
		}
		dst[0], dst[1], dst[2] = a<<2|b>>4, b<<4|c>>2, c<<6|d
		text, dst = text[4:], dst[3:]
	}
	switch {
	case len(text) >= 3 && len(dst) >= 2:
		a, b, c := digits[text[0]], digits[text[1]], digits[text[2]]
		dst[0], dst[1] = a<<2|b>>4, b<<4|c>>2
		return (a|b|c)&invalid == 0 && c&3 == 0
	case len(text) >= 2 && len(dst) >= 1:
		a, b := digits[text[0]], digits[text[1]]
		dst[0] = a<<2 | b>>4
		return (a|b)&invalid == 0 && b&15 == 0
	}
	return true
}
