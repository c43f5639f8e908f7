package payload_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web/internal/payload"
)

func TestJSONIsThatOfMarshal(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]any{
		"nil": nil, "text": "a<b>\n", "ends in a line break": "\n", "number": 1.5, "list": []int{1, 2},
		"struct": struct{ A, B string }{"x", "\u2028"}, "raw": json.RawMessage("[1]"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, err := json.Marshal(v)
			require.NoError(t, err)
			got, err := payload.JSON(v)
			require.NoError(t, err)
			assert.Equal(t, len(want), got.Len())
			assert.Equal(t, string(want), written(t, got))
			got.Release()
		})
	}
}

func TestAnErrorLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	for range 100 {
		_, err := payload.JSON([]any{"begun", func() {}})
		require.Error(t, err)
		got, err := payload.JSON("whole")
		require.NoError(t, err)
		assert.Equal(t, `"whole"`, written(t, got))
		got.Release()
	}
}

func TestKeptBytesAreNeverUsedAgain(t *testing.T) {
	t.Parallel()
	var wait sync.WaitGroup
	for _, letter := range "abcd" {
		wait.Go(func() {
			text := strings.Repeat(string(letter), 50)
			want := `"` + text + `"`
			var kept [][]byte
			for i := range 500 {
				b, err := payload.JSON(text)
				if !assert.NoError(t, err) {
					return
				}
				if i%3 == 0 {
					kept = append(kept, b.Keep())
				}
				assert.Equal(t, want, written(t, b))
				b.Release()
			}
			for _, k := range kept {
				assert.Equal(t, want, string(k))
			}
		})
	}
	wait.Wait()
}

func TestBytes(t *testing.T) {
	t.Parallel()
	var none *payload.Bytes
	assert.Zero(t, none.Len())
	assert.Nil(t, none.Keep())
	assert.Empty(t, written(t, none))
	none.Release()

	data := []byte("own")
	own := payload.Of(data)
	own.Release() // has no effect: the memory is the caller's
	assert.Equal(t, "own", written(t, own))
	assert.Same(t, &data[0], &own.Keep()[0])
}

func written(t *testing.T, b *payload.Bytes) string {
	var w bytes.Buffer
	_, err := b.Write(&w)
	require.NoError(t, err)
	return w.String()
}
