package requestid_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web/internal/requestid"
)

func TestNew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := map[string]bool{}
		for range 1000 {
			text := requestid.New()
			assert.False(t, seen[text])
			seen[text] = true
			assert.True(t, requestid.Valid(text))
			id, err := uuid.Parse(text)
			require.NoError(t, err)
			assert.EqualValues(t, 7, id.Version())
			assert.Equal(t, uuid.RFC4122, id.Variant())
			seconds, nanoseconds := id.Time().UnixTime()
			assert.Equal(t, time.Now().UnixMilli(), seconds*1000+nanoseconds/1e6)
		}
		before := requestid.New()
		time.Sleep(time.Millisecond)
		assert.Less(t, before, requestid.New(), "ids are sorted by time")
	})
}

func TestValid(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]bool{
		"":                       false,
		"a":                      true,
		"Root=1-67891233-abc/+@": true,
		"a b":                    false,
		"a\nb":                   false,
		`a"b`:                    false,
		"ä":                      false,
		strings.Repeat("a", 128): true,
		strings.Repeat("a", 129): false,
	} {
		assert.Equal(t, want, requestid.Valid(id), "%q", id)
	}
}
