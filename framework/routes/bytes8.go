package routes

import "math/bits"

// Paths are read eight bytes at a time, as a number whose lowest byte comes first.

const (
	ones  = 0x0101010101010101
	lows  = 0x7f * ones // all but the highest bit of each byte
	highs = 0x80 * ones
)

// load8 returns the eight bytes of text that begin at i.
func load8(text string, i int) uint64 {
	s := text[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// load4 returns the four bytes of text that begin at i.
func load4(text string, i int) uint32 {
	s := text[i : i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// zeros returns a number in which exactly those bytes have their highest bit set that are zero in
// x, and no other bit is set.
func zeros(x uint64) uint64 { return ^((x&lows + lows) | x) & highs }

// plainASCII reports whether text is ASCII without NUL, as nearly all paths are.
func plainASCII(text string) bool {
	if len(text) < 8 {
		for i := 0; i < len(text); i++ {
			if text[i] == 0 || text[i] >= 0x80 {
				return false
			}
		}
		return true
	}
	odd := uint64(0)
	for i := 0; i+8 <= len(text); i += 8 {
		x := load8(text, i)
		odd |= x | (x - ones) // the highest bit is set in bytes that have it, and in the first zero byte
	}
	x := load8(text, len(text)-8)
	return (odd|x|(x-ones))&highs == 0
}

// split sets starts to the offsets of the path's segments, and one more: a byte past its end. It
// stops when starts is full, and returns how many segments it found.
func split(path string, starts []int32) (count int) {
	i := 0
	for ; i+8 <= len(path); i += 8 {
		for slashes := zeros(load8(path, i) ^ '/'*ones); slashes != 0; slashes &= slashes - 1 {
			starts[count] = int32(i + bits.TrailingZeros64(slashes)/8 + 1)
			if count++; count == len(starts) {
				return count
			}
		}
	}
	for ; i < len(path); i++ {
		if path[i] != '/' {
			continue
		}
		starts[count] = int32(i + 1)
		if count++; count == len(starts) {
			return count
		}
	}
	starts[count] = int32(len(path) + 1)
	return count
}
