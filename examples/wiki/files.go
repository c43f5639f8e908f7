package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/static"
	"github.com/mastaba-go/mastaba/views/web"
)

// filesAtOnce is how many files a form takes.
const filesAtOnce = 10

// addFiles declares what uploads, shows and replaces files.
func (w *wiki) addFiles(config *framework.Configurator) {
	registry.AddComponent(config, w) // for incoming.ReceiveFile
	get, edit := views.Method("GET"), views.Permission(mayEdit)
	config.AddView(views.On(w.showFile), get, views.Renderer("file.html"))
	config.AddView(views.OnInput(w.raw), get, views.Name("raw"))
	config.AddView(views.On(fileAsJSON), get, views.Name("json"), views.Renderer("json"))
	config.AddView(views.OnInput(w.restoreFile), views.Method("POST"), views.Name("restore"), edit)
	forms.Add(config, moveForm[*File], move[*File](w), views.Name("move"), edit, views.Renderer("move.html"))

	const rest = 1 << 20 // of the body: the other fields, and what is between the parts
	forms.Add(config, w.showUpload, w.upload, views.Name("upload"), edit, views.Renderer("upload.html"), views.BodyLimit(filesAtOnce*w.maxFile+rest))
	forms.Add(config, w.showReplace, w.replace, views.Name("replace"), edit, views.Renderer("upload.html"), views.BodyLimit(w.maxFile+rest))
}

// incoming is a file of a form. Its content is stored while it arrives.
type incoming struct {
	name, mediaType string
	size            int64
	content         uuid.UUID
}

var (
	_ forms.Receiver  = (*incoming)(nil)
	_ forms.Discarder = (*incoming)(nil)
)

// ReceiveFile stores the content.
func (in *incoming) ReceiveFile(r *web.Request, name, mediaType string, content io.Reader) (err error) {
	w, _ := registry.Lookup[*wiki](r.Registry())
	if in.content, err = uuid.NewV7(); err != nil {
		return err
	}
	if in.name, in.mediaType = name, mediaType; strings.EqualFold(path.Ext(name), ".svg") {
		in.mediaType = svg // which looks like any text
	}
	in.size, err = w.storeContent(r.Context(), in.content, content)
	return err
}

// DiscardFile removes the content of a form that has problems.
func (in *incoming) DiscardFile(r *web.Request) {
	w, _ := registry.Lookup[*wiki](r.Registry())
	in.drop(context.WithoutCancel(r.Context()), w, r)
}

func (in *incoming) drop(ctx context.Context, w *wiki, r *web.Request) {
	if err := w.dropContent(ctx, in.content); err != nil {
		r.Log().Warn().Err(err).Msg("the content of a refused upload stays until the sweep")
	}
}

// dropIfUndone removes the content if the transaction of the request fails.
func (in *incoming) dropIfUndone(r *framework.Request, w *wiki) {
	if unit, ok := transaction.From(r.Context()); ok {
		unit.AfterAbort(func(ctx context.Context) { in.drop(ctx, w, r) })
	}
}

// fill makes a file what has arrived.
func (in *incoming) fill(f *File) {
	f.Title, f.Type, f.Size, f.Content = strings.ToValidUTF8(path.Base(in.name), "_"), in.mediaType, in.size, in.content
}

// uploadInput is the form of new files in a folder.
type uploadInput struct {
	Files []incoming `form:"files" upload:"count=10 required"`
}

// replaceInput is the form of a new version of a file.
type replaceInput struct {
	File incoming `form:"file" upload:"required"`
}

// uploadPage is what upload.html shows.
type uploadPage struct {
	Form    *forms.Form
	MaxSize int64
	Most    int // files
}

func (w *wiki) showUpload(r *framework.Request, _ *Folder) (uploadPage, error) {
	return uploadPage{forms.Show(r, uploadInput{}), w.maxFile, filesAtOnce}, nil
}

func (w *wiki) showReplace(r *framework.Request, _ *File) (uploadPage, error) {
	return uploadPage{forms.Show(r, replaceInput{}), w.maxFile, 1}, nil
}

// upload puts the files into the folder. If a name is taken, the file gets a number.
func (w *wiki) upload(r *framework.Request, f *Folder, in uploadInput) (*framework.Response, error) {
	for i := range in.Files {
		in.Files[i].dropIfUndone(r, w)
	}
	author, err := r.UserID()
	if err != nil {
		return nil, err
	}
	ctx := sqltree.WithActor(r.Context(), userPrefix+author)
	to := r.Node()
	for i := range in.Files {
		file := &File{}
		in.Files[i].fill(file)
		name, err := freeName(ctx, f, fileName(in.Files[i].name))
		if err != nil {
			return nil, err
		}
		if err := w.tree.Create(ctx, f, name, file); errors.Is(err, sqltree.ErrExists) {
			return nil, problem("files", fmt.Sprintf("the folder has got another %q meanwhile", name))
		} else if err != nil {
			return nil, err
		}
		if err := w.keepFile(ctx, file, author); err != nil {
			return nil, err
		}
		if len(in.Files) == 1 {
			to = r.Node().At(name, file)
		}
	}
	if len(in.Files) == 1 {
		return done(r, to, "The file is stored.")
	}
	return done(r, to, fmt.Sprintf("%d files are stored.", len(in.Files)))
}

// replace gives a file a new content. The versions before remain.
func (w *wiki) replace(r *framework.Request, f *File, in replaceInput) (*framework.Response, error) {
	in.File.dropIfUndone(r, w)
	in.File.fill(f)
	return w.changeFile(r, f, "The file has a new version.")
}

// restoreFile gives a file the content that it had at a version. This is a new version.
func (w *wiki) restoreFile(r *framework.Request, f *File, in struct{ Version int64 }) (*framework.Response, error) {
	version, err := w.fileVersion(r.Context(), f, in.Version)
	if err != nil {
		return nil, err
	}
	f.Title, f.Type, f.Size, f.Content = version.Title, version.Type, version.Size, version.Content
	return w.changeFile(r, f, "The file is as it was.")
}

func (w *wiki) changeFile(r *framework.Request, f *File, message string) (*framework.Response, error) {
	author, err := r.UserID()
	if err != nil {
		return nil, err
	}
	ctx := sqltree.WithActor(r.Context(), userPrefix+author)
	if err := w.tree.Update(ctx, f); errors.Is(err, sqltree.ErrConflict) {
		return nil, transaction.MarkRetryable(err)
	} else if err != nil {
		return nil, err
	}
	if err := w.keepFile(ctx, f, author); err != nil {
		return nil, err
	}
	return done(r, r.Node(), message)
}

// freeName returns a name that the folder does not have: name, or with a number before its
// extension.
func freeName(ctx context.Context, f *Folder, name string) (string, error) {
	extension := path.Ext(name)
	stem := strings.TrimSuffix(name, extension)
	for n := 1; n < 100; n++ {
		try := name
		if n > 1 {
			try = fmt.Sprintf("%s-%d%s", stem, n, extension)
		}
		if _, err := f.Descend(ctx, []string{try}); errors.Is(err, traversal.ErrNotFound) {
			return try, nil
		} else if err != nil {
			return "", err
		}
	}
	return "", problem("files", fmt.Sprintf("the folder has too many files with the name %q", name))
}

// fileName makes a name for addresses of that of an uploaded file: "My photo.png" is My-photo.png.
func fileName(uploaded string) string {
	name := strings.Map(func(c rune) rune {
		if unicode.In(c, unicode.L, unicode.M, unicode.N) || strings.ContainsRune("._-", c) {
			return c
		}
		return '-'
	}, strings.ToValidUTF8(path.Base(uploaded), "-"))
	name = strings.TrimLeftFunc(name, func(c rune) bool { return !unicode.In(c, unicode.L, unicode.N) })
	extension := []rune(path.Ext(name))
	stem := []rune(strings.TrimSuffix(name, string(extension)))
	if len(extension) > 20 {
		extension = extension[:20]
	}
	if len(stem) > 70 { // a number has to fit in as well
		stem = stem[:70]
	}
	if name = string(stem) + string(extension); !names.MatchString(name) {
		return "file"
	}
	return name
}

// filePage is what file.html shows.
type filePage struct {
	*File
	Versions []FileVersion // newest first, at most 50
}

func (w *wiki) showFile(r *framework.Request, f *File) (filePage, error) {
	versions, err := w.fileVersions(r.Context(), 50, `file = $1 ORDER BY version DESC`, f.ID().String())
	return filePage{f, versions}, err
}

// raw is the content of a file, or of an earlier version of it.
func (w *wiki) raw(r *framework.Request, f *File, in struct{ Version int64 }) (*framework.Response, error) {
	version := FileVersion{Title: f.Title, Type: f.Type, Size: f.Size, Content: f.Content, Made: f.Modified()}
	if in.Version != 0 {
		var err error
		if version, err = w.fileVersion(r.Context(), f, in.Version); err != nil {
			return nil, err
		}
	}
	contentType := version.Type
	switch {
	case mediaTypes[contentType] == "":
		contentType = "application/octet-stream"
	case contentType == "text/plain":
		contentType = "text/plain; charset=utf-8"
	}
	response, err := static.Content(r, w.openContent(r.Context(), version.Content, version.Size), version.Title, version.Made, static.FileOptions{
		ContentType: contentType, Attachment: mediaTypes[version.Type] == "" || version.Type == svg, Filename: version.Title,
		ETag: `"` + version.Content.String() + `"`, CacheControl: "private, no-cache", // the permission is checked each time
	})
	if err != nil {
		return nil, err
	}
	setSafety(response, version.Type)
	return response, nil
}

// fileJSON is a file for programs.
type fileJSON struct {
	Name     string    `json:"name"`
	Version  int64     `json:"version"`
	Modified time.Time `json:"modified"`
	Title    string    `json:"title"`
	Type     string    `json:"type"`
	Size     int64     `json:"size"`
}

func fileAsJSON(_ *framework.Request, f *File) (fileJSON, error) {
	return fileJSON{f.Name(), f.Version(), f.Modified(), f.Title, f.Type, f.Size}, nil
}
