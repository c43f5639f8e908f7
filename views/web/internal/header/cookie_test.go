package header_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
)

func TestWithCookie(t *testing.T) {
	t.Parallel()
	lines := []string{"a=1", "b=1; Path=/", "a=1; Path=/x", "a=1; Domain=example.com", "no cookie;"}
	for name, tt := range map[string]struct {
		cookie http.Cookie
		want   []string
	}{
		"another name": {http.Cookie{Name: "c", Value: "2"}, append(lines[:5:5], "c=2")},
		"the same":     {http.Cookie{Name: "a", Value: "2"}, []string{lines[1], lines[2], lines[3], lines[4], "a=2"}},
		"of a path":    {http.Cookie{Name: "a", Value: "2", Path: "/x"}, []string{lines[0], lines[1], lines[3], lines[4], "a=2; Path=/x"}},
		"of a domain": {http.Cookie{Name: "a", Value: "2", Domain: ".example.com"},
			[]string{lines[0], lines[1], lines[2], lines[4], "a=2; Domain=example.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, header.WithCookie(lines, &tt.cookie))
		})
	}
}
