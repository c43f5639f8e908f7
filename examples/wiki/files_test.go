package main

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// png is an image as far as its type goes.
const png = "\x89PNG\x0D\x0A\x1A\x0A and so on"

// uploadTo sends files to the form of a folder or file: field, name, content, and so on.
func uploadTo(b *frameworktest.Browser, path string, files ...string) *frameworktest.Response {
	token := b.Get(path).Status(http.StatusOK).Field("csrf_token")
	options := []frameworktest.RequestOption{frameworktest.Form("csrf_token", token), frameworktest.Header("Accept", "text/html")}
	for ; len(files) > 0; files = files[3:] {
		options = append(options, frameworktest.File(files[0], files[1], files[2]))
	}
	return b.Post(path, options...)
}

// pieces returns how many pieces the database has.
func pieces(t *testing.T, w *wiki) (n int) {
	t.Helper()
	require.NoError(t, w.db.Reader().QueryRowContext(t.Context(), `SELECT count(*) FROM wiki_chunks`).Scan(&n))
	return n
}

func TestUpload(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	bob := member(t, w, app, "bob", "")
	long := strings.Repeat("0123456789", pieceSize/5) // two pieces
	shown := uploadTo(bob, "/@@upload", "files", "My notes (1).txt", long).Status(http.StatusSeeOther).Follow()
	assert.Contains(t, shown.Body, "The file is stored.")
	assert.Contains(t, shown.Body, "<h1>My notes (1).txt</h1>")
	assert.Contains(t, shown.Body, "512.0 KB")
	assert.Contains(t, shown.Body, "bob")
	assert.Equal(t, 2, pieces(t, w))

	raw := bob.Get("/My-notes--1-.txt/@@raw").Status(http.StatusOK)
	assert.Equal(t, long, raw.Body)
	assert.Equal(t, "text/plain; charset=utf-8", raw.Header.Get("Content-Type"))
	assert.Equal(t, "nosniff", raw.Header.Get("X-Content-Type-Options"))
	assert.Contains(t, raw.Header.Get("Content-Security-Policy"), "sandbox")
	tag := raw.Header.Get("ETag")
	bob.Get("/My-notes--1-.txt/@@raw", frameworktest.Header("If-None-Match", tag)).Status(http.StatusNotModified)
	part := bob.Get("/My-notes--1-.txt/@@raw", frameworktest.Header("Range", "bytes=262140-262149"), frameworktest.Header("If-Range", tag)).Status(http.StatusPartialContent)
	assert.Equal(t, long[262140:262150], part.Body, "across two pieces")
	bob.Get("/My-notes--1-.txt/@@raw", frameworktest.Header("Range", "bytes=1-2"), frameworktest.Header("If-Range", `"other"`)).Status(http.StatusOK)
	bob.Get("/My-notes--1-.txt/@@raw", frameworktest.Header("Range", "bytes=9999999-")).Status(http.StatusRequestedRangeNotSatisfiable)
	head := bob.Request(http.MethodHead, "/My-notes--1-.txt/@@raw").Status(http.StatusOK)
	assert.Equal(t, "524280", head.Header.Get("Content-Length"))
	assert.Empty(t, head.Body)

	several := uploadTo(bob, "/@@upload", "files", "a.png", png, "files", "a.png", png+"2", "files", "empty", "").Status(http.StatusSeeOther).Follow()
	assert.Contains(t, several.Body, "3 files are stored.")
	assert.Equal(t, png+"2", bob.Get("/a-2.png/@@raw").Status(http.StatusOK).Body)
	assert.Empty(t, bob.Get("/empty/@@raw").Status(http.StatusOK).Body)
	assert.Contains(t, bob.Get("/@@search?q=notes").Status(http.StatusOK).Body, `<a href="/My-notes--1-.txt/">`)
	assert.Contains(t, bob.Get("/@@search?q=notes").Body, "(1).txt")
	assert.Contains(t, bob.Get("/a.png/@@json").Status(http.StatusOK).Body, `"type":"image/png"`)

	edit(bob, "/welcome", "1", "Welcome", "![A picture](a.png) and [notes](My-notes--1-.txt)").Status(http.StatusSeeOther)
	page := bob.Get("/welcome").Status(http.StatusOK).Body
	assert.Contains(t, page, `src="/a.png/@@raw"`)
	assert.Contains(t, page, `href="/My-notes--1-.txt"`)
}

// TestUploadsAreHarmless: nothing that somebody uploads runs in the wiki.
func TestUploadsAreHarmless(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	bob := member(t, w, app, "bob", "")
	uploadTo(bob, "/@@upload",
		"files", "page.html", "<html><script>alert(1)</script>", "files", "drawing.svg", `<svg xmlns="http://www.w3.org/2000/svg"/>`,
		"files", "paper.pdf", "%PDF-1.7", "files", "archive.zip", "PK\x03\x04").Status(http.StatusSeeOther)
	for name, want := range map[string][2]string{
		"page.html":   {"application/octet-stream", "attachment"},
		"drawing.svg": {"image/svg+xml", "attachment"},
		"archive.zip": {"application/octet-stream", "attachment"},
		"paper.pdf":   {"application/pdf", "inline"},
	} {
		raw := bob.Get("/" + name + "/@@raw").Status(http.StatusOK)
		assert.Equal(t, want[0], raw.Header.Get("Content-Type"), name)
		kind, _, _ := strings.Cut(raw.Header.Get("Content-Disposition"), ";")
		assert.Equal(t, want[1], kind, name)
		assert.Contains(t, raw.Header.Get("Content-Security-Policy"), "default-src 'none'", name)
	}
	for uploaded, want := range map[string]string{
		"../../etc/passwd": "passwd", "@@edit": "edit", "-": "file", "...": "file", "ü b.x": "ü-b.x", "a\x00b": "a-b", "\xff.txt": "txt",
		strings.Repeat("a", 300) + ".txt": strings.Repeat("a", 70) + ".txt", "a." + strings.Repeat("b", 300): "a." + strings.Repeat("b", 19),
	} {
		assert.Equal(t, want, fileName(uploaded), "%q", uploaded)
	}
}

// TestUploadIsRefused: nothing of it stays.
func TestUploadIsRefused(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	w.maxFile = pieceSize + 10
	bob := member(t, w, app, "bob", "")
	large := strings.Repeat("x", pieceSize+11)
	refused := uploadTo(bob, "/@@upload", "files", "fine.txt", "fine", "files", "large.txt", large, "files", "also.txt", "fine").Status(http.StatusRequestEntityTooLarge)
	assert.Contains(t, refused.Body, "the file is larger than 256.0 KB")
	assert.Contains(t, refused.Body, `type="file"`)
	uploadTo(bob, "/@@upload", "files", "fits.txt", large[1:]).Status(http.StatusSeeOther)
	assert.Equal(t, 2, pieces(t, w), "those of the file that fits")
	assert.Contains(t, uploadTo(bob, "/@@upload").Status(http.StatusUnprocessableEntity).Body, "expected a file")
	bob.Get("/fine.txt").Status(http.StatusNotFound)
	bob.Post("/@@upload", frameworktest.File("files", "a", "b")).Status(http.StatusBadRequest) // without the token
	app.Post("/@@upload", frameworktest.File("files", "a", "b"), frameworktest.Header("Accept", "text/plain")).Status(http.StatusForbidden)
	assert.Equal(t, 2, pieces(t, w))

	body := "--x\r\nContent-Disposition: form-data; name=\"csrf_token\"\r\n\r\n" + bob.Get("/@@upload").Field("csrf_token") +
		"\r\n--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"cut.txt\"\r\n\r\nthe client left"
	bob.Post("/@@upload", frameworktest.Body("multipart/form-data; boundary=x", body)).Status(http.StatusBadRequest)
	bob.Get("/cut.txt").Status(http.StatusNotFound)
	assert.Equal(t, 2, pieces(t, w))
}

func TestReplace(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	bob, carol := member(t, w, app, "bob", ""), member(t, w, app, "carol", "")
	uploadTo(bob, "/@@upload", "files", "a.txt", "one").Status(http.StatusSeeOther)
	shown := uploadTo(carol, "/a.txt/@@replace", "file", "b.txt", "two").Status(http.StatusSeeOther).Follow().Body
	assert.Contains(t, shown, "The file has a new version.")
	assert.Contains(t, shown, "Version 1")
	assert.Equal(t, "two", bob.Get("/a.txt/@@raw").Body)
	assert.Equal(t, "one", bob.Get("/a.txt/@@raw?version=1").Status(http.StatusOK).Body)
	bob.Get("/a.txt/@@raw?version=-1").Status(http.StatusNotFound)
	send(bob, "/a.txt", "/a.txt/@@restore", "version", "1").Status(http.StatusSeeOther)
	assert.Equal(t, "one", bob.Get("/a.txt/@@raw").Body)
	send(bob, "/a.txt/@@move", "/a.txt/@@move", "name", "c.txt", "folder", "/").Status(http.StatusSeeOther)
	bob.Get("/a.txt").Status(http.StatusFound)
	assert.Equal(t, "one", bob.Get("/c.txt/@@raw?version=3").Body)
}

// TestSweep: what was deleted goes when the audit log has forgotten it, and not before.
func TestSweep(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	bob := member(t, w, app, "bob", "")
	uploadTo(bob, "/@@upload", "files", "a.txt", "one", "files", "b.txt", "two").Status(http.StatusSeeOther)
	left := uuid.Must(uuid.NewV7())
	_, err := w.storeContent(t.Context(), left, strings.NewReader("nobody wants this"))
	require.NoError(t, err)
	file := resourceAt(t, w, "a.txt").(*File)
	require.NoError(t, w.tree.Delete(t.Context(), file, sqltree.DeleteOptions{}))

	sweep := func() {
		last, err := w.sweep(t.Context(), "")
		require.NoError(t, err)
		assert.Empty(t, last)
	}
	sweep()
	assert.Equal(t, 3, pieces(t, w))
	require.NoError(t, w.dropLeftContents(t.Context(), time.Now().Add(time.Minute)))
	assert.Equal(t, 2, pieces(t, w))

	entries, err := w.tree.Audit(t.Context(), sqltree.AuditOptions{Limit: 1})
	require.NoError(t, err)
	require.NoError(t, w.tree.Undo(t.Context(), entries[0].Seq))
	sweep()
	assert.Equal(t, "one", bob.Get("/a.txt/@@raw").Status(http.StatusOK).Body)

	require.NoError(t, w.tree.Delete(t.Context(), file, sqltree.DeleteOptions{}))
	forget(t, w)
	sweep()
	assert.Equal(t, 1, pieces(t, w))
	assert.Equal(t, "two", bob.Get("/b.txt/@@raw").Status(http.StatusOK).Body)
}

// forget empties the audit log, as a thousand changes would.
func forget(t *testing.T, w *wiki) {
	t.Helper()
	_, err := w.db.Writer().ExecContext(t.Context(), `DELETE FROM tree_audit`)
	require.NoError(t, err)
}

// resourceAt returns a resource of the root.
func resourceAt(t *testing.T, w *wiki, name string) sqltree.Resource {
	t.Helper()
	root, err := w.tree.Root(context.WithoutCancel(t.Context()), "/")
	require.NoError(t, err)
	found, err := root.(*Folder).Descend(t.Context(), []string{name})
	require.NoError(t, err)
	require.Len(t, found, 1)
	return found[0].(sqltree.Resource)
}

// TestWords: search knows words, not markup; breadcrumbs have titles; a quiet feed has a time.
func TestWords(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	bob := member(t, w, app, "bob", "")
	send(bob, "/@@newfolder", "/@@newfolder", "name", "docs", "title", "Some documents").Status(http.StatusSeeOther)
	send(bob, "/docs/@@newpage", "/docs/@@newpage", "name", "a", "title", "A", "text", "a **bold** [link](https://example.com/target)").Status(http.StatusSeeOther)
	assert.Contains(t, bob.Get("/@@search?q=link").Status(http.StatusOK).Body, "a bold <mark>link</mark>")
	assert.Contains(t, bob.Get("/@@search?q=target").Body, "No page has all of these words.")
	assert.Contains(t, bob.Get("/docs/a").Status(http.StatusOK).Body, `<a href="/docs/">Some documents</a>`)

	_, err := w.db.Writer().ExecContext(t.Context(), `DELETE FROM wiki_revisions`) // long ago
	require.NoError(t, err)
	assert.Contains(t, bob.Get("/docs/@@atom").Status(http.StatusOK).Body, "<updated>"+read(t, bob, "/docs/a").Modified.Format(time.RFC3339)+"</updated>")
}
