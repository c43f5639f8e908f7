package header_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
)

func FuzzCanonical(f *testing.F) {
	for _, name := range []string{"Content-Type", "content-type", "ETag", "Etag", "X-1-a", "", "-", "A b", "é", "a\nB", "SOAPAction", "X--Y"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		assert.Equal(t, http.CanonicalHeaderKey(name), header.Canonical(name))
	})
}
