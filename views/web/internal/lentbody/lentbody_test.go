package lentbody_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web/internal/lentbody"
)

type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

func lend(from io.Reader) (*lentbody.Body, *closing, *http.Request, *http.Request) {
	lender, borrower := httptest.NewRequest("POST", "/", nil), httptest.NewRequest("POST", "/", nil)
	body := &closing{Reader: from}
	return lentbody.Lend(body, lender, borrower), body, lender, borrower
}

func TestLent(t *testing.T) {
	t.Parallel()
	b, body, lender, borrower := lend(strings.NewReader("abc"))
	lender.Trailer = http.Header{"A": {"1"}}
	read, err := io.ReadAll(b)
	require.NoError(t, err)
	assert.Equal(t, "abc", string(read))
	assert.Equal(t, lender.Trailer, borrower.Trailer)
	require.NoError(t, b.Close())
	assert.True(t, body.closed)
}

func TestRevoked(t *testing.T) {
	t.Parallel()
	for _, before := range []int{0, 1} {
		b, body, lender, borrower := lend(strings.NewReader("abc"))
		lender.Trailer = http.Header{"A": {"1"}}
		_, err := io.CopyN(io.Discard, b, int64(before))
		require.NoError(t, err)
		used, reading := b.Revoke()
		assert.Equal(t, before > 0, used)
		assert.Nil(t, reading)
		_, err = b.Read(make([]byte, 1))
		require.ErrorContains(t, err, "can no longer be read")
		require.NoError(t, b.Close())
		assert.False(t, body.closed, "it belongs to the lender again")
		assert.Nil(t, borrower.Trailer)
		_, again := lentbody.Revoked{}.Read(nil)
		assert.Equal(t, err, again)
		require.NoError(t, lentbody.Revoked{}.Close())
	}
}

// A read in progress when the loan is revoked is reported by a channel.
func TestRevokedWhileReading(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		b, _, lender, borrower := lend(r)
		lender.Trailer = http.Header{"A": {"1"}}
		go func() { _, _ = io.ReadAll(b) }()
		synctest.Wait()
		used, reading := b.Revoke()
		assert.True(t, used)
		require.NotNil(t, reading)
		synctest.Wait()
		select {
		case <-reading:
			t.Error("it still reads")
		default:
		}
		require.NoError(t, w.Close())
		<-reading
		assert.Nil(t, borrower.Trailer)
	})
}

// A body may be lent twice: a read that outlives the inner loan changes nothing in the outer one,
// whose borrower goes on.
func TestRevokedWithinAnotherLoan(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		outer, _, lender, between := lend(r)
		middle := lentbody.Lend(outer, between, httptest.NewRequest("POST", "/", nil))
		inner := lentbody.Lend(middle, between, httptest.NewRequest("POST", "/", nil))
		lender.Trailer = http.Header{"A": {"1"}}
		go func() { _, _ = io.ReadAll(inner) }()
		synctest.Wait()
		_, reading := inner.Revoke()
		require.NoError(t, w.Close())
		between.Trailer = http.Header{"B": {"2"}} // while the read ends
		<-reading
		assert.Equal(t, http.Header{"B": {"2"}}, between.Trailer)
	})
}
