package traversal_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
)

func TestFS(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	root := traversal.FS(fstest.MapFS{
		"docs/a b.txt": {Data: []byte("hello")},
		"docs/pipe":    {Mode: fs.ModeNamedPipe},
		"top.txt":      {},
	})
	got, err := listed(t, nil, root)
	require.NoError(t, err)
	assert.Equal(t, []string{"/docs (*traversal.Dir)", "/top.txt (*traversal.File)"}, got)

	n, err := noRules.Find(ctx, root, "docs/a%20b.txt")
	require.NoError(t, err)
	file := n.Resource().(*traversal.File)
	assert.Equal(t, "docs/a b.txt", file.Path())
	info, err := file.Stat()
	require.NoError(t, err)
	assert.EqualValues(t, 5, info.Size())
	f, err := file.Open()
	require.NoError(t, err)
	require.NoError(t, f.Close())
	up, _ := n.Parent()
	dir := up.Resource().(*traversal.Dir)
	assert.Equal(t, "docs", dir.Path())
	assert.Equal(t, root.FS(), dir.FS())
	assert.Equal(t, root.FS(), file.FS())
	info, err = root.Stat()
	require.NoError(t, err)
	assert.True(t, info.IsDir())
	got, err = listed(t, nil, up)
	require.NoError(t, err)
	assert.Equal(t, []string{"/docs/a%20b.txt (*traversal.File)"}, got, "a pipe is not a resource")

	for _, name := range []string{"", ".", "..", "/", "docs/a b.txt", "../x", "docs/", "/docs", "\xff", "docs\x00", "nope"} {
		_, err := root.Child(ctx, name)
		require.ErrorIs(t, err, traversal.ErrNotFound, "%q", name)
	}
	_, err = dir.Child(ctx, "pipe")
	require.ErrorIs(t, err, traversal.ErrNotFound)
	_, err = dir.Child(ctx, "../top.txt")
	require.ErrorIs(t, err, traversal.ErrNotFound)

	r, err := noRules.Traverse(ctx, root, "top.txt/edit")
	require.NoError(t, err)
	assert.Equal(t, "edit", r.ViewName(), "a file has no children")
}

func TestFSLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "real"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "real", "f"), nil, 0o600))
	for name, target := range map[string]string{"link": "real", "lost": "nowhere"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skip("no symbolic links here")
		}
	}
	got, err := listed(t, nil, traversal.FS(os.DirFS(dir)))
	require.NoError(t, err)
	assert.Equal(t, []string{"/link (*traversal.Dir)", "/real (*traversal.Dir)"}, got)
	n, err := noRules.Find(t.Context(), traversal.FS(os.DirFS(dir)), "link/f")
	require.NoError(t, err)
	assert.IsType(t, &traversal.File{}, n.Resource())
}

// brokenFS fails with another error than fs.ErrNotExist.
type brokenFS struct{}

func (brokenFS) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
}

func TestFSErrors(t *testing.T) {
	t.Parallel()
	_, err := walk(t, traversal.FS(brokenFS{}), traversal.Path{Escaped: "/a"})
	require.EqualError(t, err, `traverse "/a": child "a" of *traversal.Dir: open a: permission denied`)
	require.ErrorIs(t, err, fs.ErrPermission)
	_, err = listed(t, nil, traversal.FS(brokenFS{}))
	require.ErrorIs(t, err, fs.ErrPermission)
	require.False(t, errors.Is(err, traversal.ErrNotFound))
}
