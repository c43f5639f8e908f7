package body_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web/internal/body"
)

func same(err error) error { return err }

func TestLimited(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		declared, limit int64
		want            string
		ok              bool
	}{
		"fits":               {6, 6, "abcdef", true},
		"unlimited":          {6, -1, "abcdef", true},
		"too long, declared": {6, 5, "", false},
		"too long":           {-1, 5, "abcde", false},
		"nothing allowed":    {-1, 0, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &body.Limited{Body: io.NopCloser(strings.NewReader("abcdef")), Declared: tc.declared, Limit: tc.limit, Convert: same}
			got, err := io.ReadAll(b)
			assert.Equal(t, tc.want, string(got))
			if tc.ok {
				require.NoError(t, err)
				return
			}
			beyond, isLimit := errors.AsType[*http.MaxBytesError](err)
			require.True(t, isLimit)
			assert.Equal(t, tc.limit, beyond.Limit)
			_, again := b.Read(make([]byte, 1))
			assert.Equal(t, err, again)
		})
	}
}

func TestLimitedConvertsErrors(t *testing.T) {
	t.Parallel()
	converted := errors.New("converted")
	b := &body.Limited{Body: io.NopCloser(iotest.ErrReader(errBroken)), Limit: 10, Convert: func(err error) error {
		assert.Equal(t, errBroken, err)
		return converted
	}}
	n, err := b.Read(nil)
	assert.Zero(t, n)
	require.NoError(t, err, "nothing was asked for")
	_, err = b.Read(make([]byte, 1))
	assert.Equal(t, converted, err)
}

func TestFind(t *testing.T) {
	t.Parallel()
	limited := &body.Limited{Body: http.NoBody}
	assert.Same(t, limited, body.Find(limited))
	assert.Same(t, limited, body.Find(body.Keep(body.Keep(limited, 1).Again(), 1).Again()))
	assert.Nil(t, body.Find(http.NoBody))
	assert.Nil(t, body.Find(nil))
}
