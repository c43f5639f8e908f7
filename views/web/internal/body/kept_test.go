package body_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web/internal/body"
)

var errBroken = errors.New("broken")

func TestKeptIsReadAgain(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		memory, read int64
		text         string
		onDisk       bool
	}{
		"nothing was read": {10, 0, "abcdef", false},
		"a part was read":  {10, 3, "abcdef", false},
		"all was read":     {6, 6, "abcdef", false},
		"a part on disk":   {2, 5, "abcdef", true},
		"all on disk":      {0, 6, "abcdef", true},
		"empty":            {0, 6, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := body.Keep(io.NopCloser(iotest.OneByteReader(strings.NewReader(tc.text))), tc.memory)
			_, err := io.Copy(io.Discard, io.LimitReader(k, tc.read))
			require.NoError(t, err)
			assert.Equal(t, tc.onDisk, k.OnDisk())
			again, err := io.ReadAll(k.Again())
			require.NoError(t, err)
			assert.Equal(t, tc.text, string(again))
			require.NoError(t, k.Close())
		})
	}
}

func TestKeptReadMemory(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "abc", "abcdef"} {
		k := body.Keep(io.NopCloser(strings.NewReader(text)), 4)
		read, err := k.ReadMemory(int64(len(text) - 1)) // the client may say anything
		require.NoError(t, err)
		assert.Equal(t, text[:min(4, len(text))], string(read))
		assert.Equal(t, text == "", k.IsEmpty())
		again, err := io.ReadAll(k.Again())
		require.NoError(t, err)
		assert.Equal(t, text, string(again))
	}
}

func TestKeptFailsWhereReadingFailed(t *testing.T) {
	t.Parallel()
	from := io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(errBroken), strings.NewReader("def"))
	k := body.Keep(io.NopCloser(from), 1)
	_, err := io.ReadAll(k)
	require.ErrorIs(t, err, errBroken)
	require.ErrorIs(t, k.Err(), errBroken)
	_, err = k.Read(make([]byte, 1))
	require.ErrorIs(t, err, errBroken, "it stays")
	again, err := io.ReadAll(k.Again())
	require.ErrorIs(t, err, errBroken)
	assert.Equal(t, "abc", string(again))
	require.NoError(t, k.Close())
}

// The test changes the environment, so it does not run in parallel.
func TestKeptWithoutRoomOnDisk(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/missing")
	t.Setenv("TMP", t.TempDir()+"/missing") // on Windows
	k := body.Keep(io.NopCloser(strings.NewReader("abcdef")), 3)
	_, err := io.ReadAll(k)
	var failed *os.PathError
	require.ErrorAs(t, err, &failed)
	_, again := io.ReadAll(k.Again())
	assert.Equal(t, err, again)
	require.NoError(t, k.Close())
}

func TestKeptRemovesItsFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	k := body.Keep(io.NopCloser(strings.NewReader("abcdef")), 3)
	_, err := io.ReadAll(k)
	require.NoError(t, err)
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 1)
	info, err := files[0].Info()
	require.NoError(t, err)
	assert.Zero(t, info.Mode()&0o077, "only the owner may read what a client sent")
	require.NoError(t, k.Close())
	files, err = os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, files)
	_, err = io.ReadAll(k.Again())
	require.ErrorIs(t, err, os.ErrClosed)
}

type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

func TestClosingClosesTheBody(t *testing.T) {
	t.Parallel()
	from := &closing{Reader: strings.NewReader("abc")}
	k := body.Keep(from, 3)
	require.NoError(t, k.Close())
	assert.False(t, from.closed)
	require.NoError(t, k.Again().Close())
	assert.True(t, from.closed)
}

// However a body is cut into memory, file and rest, reading it again yields the same.
func FuzzKept(f *testing.F) {
	f.Add([]byte("abcdef"), 2, 4)
	f.Fuzz(func(t *testing.T, text []byte, memory, read int) {
		memory, read = memory&0xff, read&0xff
		k := body.Keep(io.NopCloser(bytes.NewReader(text)), int64(memory))
		_, _ = io.CopyN(io.Discard, k, int64(read))
		again, err := io.ReadAll(k.Again())
		if err != nil || !bytes.Equal(again, text) {
			t.Fatalf("%q, %v, want %q", again, err, text)
		}
		if err := k.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
