package main

import (
	"mime"
	"path"
	"strings"
)

// class is how a kind of file is shown.
type class int

const (
	classUnknown class = iota // the content decides whether it is text
	classText
	classMarkdown
	classImage
	classMedia
	classBinary
)

// kind is what the name of a file says about its content.
type kind struct {
	Label string // for people: "Go source"
	Icon  string // name of the icon in the pages
	Type  string // media type of the raw file; "" for text/plain or unknown
	Class class
}

// kinds maps extensions to kinds. The system's table differs between machines and takes TypeScript
// for video. Source code is plain text to a browser.
var kinds = byExtension()

// named maps whole file names to kinds.
var named = map[string]kind{
	"makefile": {"Makefile", "code", "", classText}, "dockerfile": {"Dockerfile", "code", "", classText},
	"license": {"License", "doc", "", classText}, "copying": {"License", "doc", "", classText},
	"readme": {"Text", "doc", "", classText}, "changes": {"Text", "doc", "", classText},
	"go.mod": {"Go module", "code", "", classText}, "go.sum": {"Checksums", "data", "", classText},
}

func byExtension() map[string]kind {
	index := map[string]kind{}
	for _, k := range []struct {
		kind
		extensions string
	}{
		{kind{"Markdown", "doc", "text/markdown; charset=utf-8", classMarkdown}, "md markdown mdown"},
		{kind{"Text", "doc", "", classText}, "txt text rst adoc org log"},
		{kind{"Go source", "code", "", classText}, "go"},
		{kind{"Go assembly", "code", "", classText}, "s"},
		{kind{"JavaScript", "code", "text/javascript; charset=utf-8", classText}, "js mjs cjs jsx"},
		{kind{"TypeScript", "code", "", classText}, "ts mts cts tsx"},
		{kind{"Python source", "code", "", classText}, "py pyi"},
		{kind{"C source", "code", "", classText}, "c h"},
		{kind{"C++ source", "code", "", classText}, "cc cpp cxx hh hpp"},
		{kind{"Rust source", "code", "", classText}, "rs"},
		{kind{"Java source", "code", "", classText}, "java kt scala"},
		{kind{"Ruby source", "code", "", classText}, "rb"},
		{kind{"PHP source", "code", "", classText}, "php"},
		{kind{"Shell script", "code", "", classText}, "sh bash zsh fish bat cmd ps1"},
		{kind{"SQL", "code", "", classText}, "sql"},
		{kind{"Template", "code", "", classText}, "tmpl gotmpl jinja pt mako vue svelte"},
		{kind{"Patch", "code", "", classText}, "diff patch"},
		{kind{"Style sheet", "code", "text/css; charset=utf-8", classText}, "css"},
		{kind{"Style sheet", "code", "", classText}, "scss sass less"},
		{kind{"Web page", "code", "text/html; charset=utf-8", classText}, "html htm"},
		{kind{"Web page", "code", "application/xhtml+xml", classText}, "xhtml"},
		{kind{"XML", "data", "application/xml", classText}, "xml xsd xsl rss atom"},
		{kind{"JSON", "data", "application/json", classText}, "json"},
		{kind{"Source map", "data", "application/json", classText}, "map"},
		{kind{"JSON lines", "data", "", classText}, "jsonl ndjson json5"},
		{kind{"YAML", "data", "", classText}, "yaml yml"},
		{kind{"Configuration", "data", "", classText}, "toml ini cfg conf env properties lock"},
		{kind{"Table", "data", "text/csv; charset=utf-8", classText}, "csv"},
		{kind{"Table", "data", "text/tab-separated-values; charset=utf-8", classText}, "tsv"},
		{kind{"PNG image", "image", "image/png", classImage}, "png"},
		{kind{"JPEG image", "image", "image/jpeg", classImage}, "jpg jpeg"},
		{kind{"GIF image", "image", "image/gif", classImage}, "gif"},
		{kind{"WebP image", "image", "image/webp", classImage}, "webp"},
		{kind{"AVIF image", "image", "image/avif", classImage}, "avif"},
		{kind{"SVG image", "image", "image/svg+xml", classImage}, "svg"},
		{kind{"Icon", "image", "image/x-icon", classImage}, "ico"},
		{kind{"Bitmap", "image", "image/bmp", classImage}, "bmp"},
		{kind{"MP3 audio", "media", "audio/mpeg", classMedia}, "mp3"},
		{kind{"Audio", "media", "audio/ogg", classMedia}, "ogg oga opus"},
		{kind{"Audio", "media", "audio/flac", classMedia}, "flac"},
		{kind{"Audio", "media", "audio/wav", classMedia}, "wav"},
		{kind{"Audio", "media", "audio/mp4", classMedia}, "m4a"},
		{kind{"MP4 video", "media", "video/mp4", classMedia}, "mp4 m4v"},
		{kind{"WebM video", "media", "video/webm", classMedia}, "webm"},
		{kind{"PDF", "doc", typePDF, classBinary}, "pdf"},
		{kind{"Zip archive", "archive", "application/zip", classBinary}, "zip jar whl"},
		{kind{"Archive", "archive", "application/gzip", classBinary}, "gz tgz"},
		{kind{"Archive", "archive", "application/octet-stream", classBinary}, "tar xz bz2 zst 7z rar"},
		{kind{"WebAssembly", "file", "application/wasm", classBinary}, "wasm"},
		{kind{"Font", "file", "font/woff2", classBinary}, "woff2"},
		{kind{"Font", "file", "font/woff", classBinary}, "woff"},
		{kind{"Font", "file", "font/ttf", classBinary}, "ttf"},
		{kind{"Font", "file", "font/otf", classBinary}, "otf"},
		{kind{"Program", "file", "application/octet-stream", classBinary}, "exe dll so dylib a o"},
		{kind{"Data", "file", "application/octet-stream", classBinary}, "bin dat db sqlite"},
	} {
		for extension := range strings.FieldsSeq(k.extensions) {
			index["."+extension] = k.kind
		}
	}
	return index
}

const typePDF = "application/pdf"

// kindOf returns the kind of a file by its name.
func kindOf(name string) kind {
	name = strings.ToLower(name)
	if k, ok := named[name]; ok {
		return k
	}
	extension := path.Ext(name)
	if k, ok := kinds[extension]; ok {
		return k
	}
	k := kind{Icon: "file"}
	if mediaType := mime.TypeByExtension(extension); !strings.HasPrefix(mediaType, "text/") {
		k.Type = mediaType
	}
	return k
}
