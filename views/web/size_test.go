package web

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
)

// 320 bytes are a size class, and every class less saves a request about five
// nanoseconds; objects beyond 512 bytes take a slower path of the allocator.
func TestRequestFitsIntoItsSizeClass(t *testing.T) {
	t.Parallel()
	assert.LessOrEqual(t, unsafe.Sizeof(Request{}), uintptr(320))
	t.Logf("Request %d, of it Match %d, Result %d, Response %d", unsafe.Sizeof(Request{}), unsafe.Sizeof(Match{}), unsafe.Sizeof(Request{}.result), unsafe.Sizeof(Response{}))
}
