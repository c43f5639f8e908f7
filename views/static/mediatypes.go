package static

import (
	"mime"
	"path"
	"strings"
)

// mediaTypes are the types of files on the web. They do not depend on the machine, unlike those of
// package mime, which also reads the tables of the system.
var mediaTypes = map[string]string{
	".aac": "audio/aac", ".apng": "image/apng", ".atom": "application/atom+xml", ".avif": "image/avif",
	".bin": "application/octet-stream", ".bmp": "image/bmp", ".br": "application/octet-stream", ".css": "text/css",
	".csv": "text/csv", ".eot": "application/vnd.ms-fontobject", ".epub": "application/epub+zip", ".flac": "audio/flac",
	".gif": "image/gif", ".gz": "application/gzip", ".htm": "text/html", ".html": "text/html", ".ico": "image/vnd.microsoft.icon",
	".ics": "text/calendar", ".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".js": "text/javascript", ".json": "application/json",
	".jsonld": "application/ld+json", ".m4a": "audio/mp4", ".map": "application/json", ".md": "text/markdown",
	".mjs": "text/javascript", ".mp3": "audio/mpeg", ".mp4": "video/mp4", ".oga": "audio/ogg", ".ogg": "audio/ogg",
	".ogv": "video/ogg", ".opus": "audio/ogg", ".otf": "font/otf", ".pdf": "application/pdf", ".png": "image/png",
	".rss": "application/rss+xml", ".rtf": "application/rtf", ".svg": "image/svg+xml", ".svgz": "image/svg+xml", ".tar": "application/x-tar",
	".tif": "image/tiff", ".tiff": "image/tiff", ".ttf": "font/ttf", ".txt": "text/plain", ".vtt": "text/vtt",
	".wasm": "application/wasm", ".wav": "audio/wav", ".weba": "audio/webm", ".webm": "video/webm",
	".webmanifest": "application/manifest+json", ".webp": "image/webp", ".woff": "font/woff", ".woff2": "font/woff2",
	".xhtml": "application/xhtml+xml", ".xml": "application/xml", ".zip": "application/zip", ".zst": "application/zstd",
}

const unknownType = "application/octet-stream"

// typeOf returns the Content-Type for the name of a file. Text is UTF-8.
func typeOf(name string) string {
	ext := strings.ToLower(path.Ext(name))
	t, ok := mediaTypes[ext]
	if !ok && ext != "" {
		t, _, _ = strings.Cut(mime.TypeByExtension(ext), ";")
	}
	switch {
	case t == "":
		return unknownType
	case strings.HasPrefix(t, "text/"):
		return t + "; charset=utf-8"
	}
	return t
}
