package bench

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
)

//go:embed go.sum
var embedded embed.FS

// staticLoad is a file to be served by a static view and by another server.
type staticLoad struct {
	name           string
	ours, other    http.Handler
	oursAt, target string
	headers        []string
}

// staticApp serves files at /static.
func staticApp(t testing.TB, files fs.FS, configure ...func(*framework.Configurator)) http.Handler {
	silent := zerolog.Nop()
	config := framework.New(framework.Options{Logger: &silent})
	config.AddStaticView("static", files)
	config.AddRoute("url", "/url")
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		path, err := r.StaticPath("static/" + r.URL.Query().Get("of"))
		return r.Text(path), err
	}), views.Route("url"))
	for _, fn := range configure {
		fn(config)
	}
	app, err := config.App()
	require.NoError(t, err)
	return app
}

// prose returns text of about size bytes, which compresses as text does.
func prose(size int) string {
	words := strings.Fields("the of and to in is that it was for on are as with his they at be this have from or one had by word but not what all were we when your can said there use an each which she do how their if will up other about out many then them these so some her would make like him into time has look two more write go see number no way could people my than first water been call who oil its now find ")
	random := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for b.Len() < size {
		word := words[random.IntN(len(words))]
		for range random.IntN(2) {
			word += words[random.IntN(len(words))]
		}
		b.WriteString(word + " ")
	}
	return b.String()
}

// staticLoads are files in memory, in the program and on the disk.
func staticLoads(t testing.TB) []staticLoad {
	text := prose(100_000)
	var small bytes.Buffer
	z := gzip.NewWriter(&small)
	_, err := z.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	dir := t.TempDir()
	for name, size := range map[string]int{"1KB.css": 1 << 10, "100KB.js": 100 << 10, "1MB.bin": 1 << 20} {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, bytes.Repeat([]byte("x"), size), 0o600))
		require.NoError(t, os.Chtimes(file, time.Unix(1_600_000_000, 0), time.Unix(1_600_000_000, 0)))
	}
	time.Sleep(200 * time.Millisecond) // files that changed just now are read for each request
	server := func(files fs.FS) http.Handler { return http.StripPrefix("/static/", http.FileServerFS(files)) }
	disk := os.DirFS(dir)
	coded := fstest.MapFS{"a.txt": {Data: []byte(text)}, "a.txt.gz": {Data: small.Bytes()}}
	compressing := staticApp(t, fstest.MapFS{"a.txt": {Data: []byte(text)}}, func(c *framework.Configurator) {
		c.AddTween("compress", tweens.Compress(tweens.CompressOptions{DisableZstd: true}))
	})
	tag := func(h http.Handler, target string) string {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		return w.Header().Get("Etag")
	}
	inProgram, onDisk := staticApp(t, embedded), staticApp(t, disk)
	at := httptest.NewRecorder()
	inProgram.ServeHTTP(at, httptest.NewRequest("GET", "/url?of=go.sum", nil))
	return []staticLoad{
		{"embedded", inProgram, server(embedded), "", "/static/go.sum", nil},
		{"embedded-versioned", inProgram, server(embedded), at.Body.String(), "/static/go.sum", nil},
		{"embedded-304", inProgram, server(embedded), "", "/static/go.sum", []string{"If-None-Match", tag(inProgram, "/static/go.sum")}},
		{"disk-1KB", onDisk, server(disk), "", "/static/1KB.css", nil},
		{"disk-100KB", onDisk, server(disk), "", "/static/100KB.js", nil},
		{"disk-1MB", onDisk, server(disk), "", "/static/1MB.bin", nil},
		{"disk-range", onDisk, server(disk), "", "/static/100KB.js", []string{"Range", "bytes=100-299"}},
		{"disk-304", onDisk, server(disk), "", "/static/100KB.js", []string{"If-Modified-Since", "Sun, 13 Sep 2020 12:26:40 GMT"}},
		{"missing", onDisk, server(disk), "", "/static/gone.js", nil},
		{"100KB-copy-vs-compress", staticApp(t, coded), compressing, "", "/static/a.txt", []string{"Accept-Encoding", "gzip"}},
	}
}

func (l staticLoad) request(target string) *http.Request {
	if target == "" {
		target = l.target
	}
	r := httptest.NewRequest("GET", target, nil)
	for i := 0; i < len(l.headers); i += 2 {
		r.Header.Set(l.headers[i], l.headers[i+1])
	}
	return r
}

// TestStaticResponses checks that both servers of each load send the same.
func TestStaticResponses(t *testing.T) {
	for _, l := range staticLoads(t) {
		got, want := httptest.NewRecorder(), httptest.NewRecorder()
		l.ours.ServeHTTP(got, l.request(l.oursAt))
		l.other.ServeHTTP(want, l.request(""))
		if l.name == "embedded-304" { // the other server has no tag, so it sends everything
			require.Equal(t, 304, got.Code)
			continue
		}
		require.Equal(t, want.Code, got.Code, l.name)
		if want.Code == 404 {
			continue
		}
		require.Equal(t, decoded(t, want), decoded(t, got), l.name)
	}
}

func decoded(t *testing.T, w *httptest.ResponseRecorder) string {
	if w.Header().Get("Content-Encoding") != "gzip" {
		return w.Body.String()
	}
	z, err := gzip.NewReader(w.Body)
	require.NoError(t, err)
	b, err := io.ReadAll(z)
	require.NoError(t, err)
	return string(b)
}

// BenchmarkStatic plays static views and http.FileServerFS in turn, and reports how many times as
// many requests a static view serves in the same time: the median, lowest and highest of the rounds.
// The last load compares a compressed copy with compression for each request.
func BenchmarkStatic(b *testing.B) {
	for _, l := range staticLoads(b) {
		b.Run(l.name, func(b *testing.B) {
			var ours, ratios []float64
			for b.Loop() {
				mine := nanoseconds(l.ours, []*http.Request{l.request(l.oursAt)})
				theirs := nanoseconds(l.other, []*http.Request{l.request("")})
				ours, ratios = append(ours, mine), append(ratios, theirs/mine)
			}
			b.ReportMetric(0, "ns/op") // says nothing: all rounds take the same time
			b.ReportMetric(median(ours), "ns")
			b.ReportMetric(median(ratios), "times")
			b.ReportMetric(slices.Min(ratios), "times-min")
			b.ReportMetric(slices.Max(ratios), "times-max")
		})
	}
}

// BenchmarkStaticConnection is BenchmarkStatic over a connection to a server of its own.
func BenchmarkStaticConnection(b *testing.B) {
	for _, l := range staticLoads(b) {
		b.Run(l.name, func(b *testing.B) {
			servers := []*httptest.Server{httptest.NewServer(l.ours), httptest.NewServer(l.other)}
			transport := &http.Transport{DisableCompression: true}
			defer transport.CloseIdleConnections()
			time := func(n int, target string) float64 {
				count, began := 0, now()
				for now()-began < 50*time.Millisecond {
					r := l.request(target)
					r.URL.Scheme, r.URL.Host, r.RequestURI = "http", servers[n].Listener.Addr().String(), ""
					w, err := transport.RoundTrip(r)
					require.NoError(b, err)
					_, err = io.Copy(io.Discard, w.Body)
					require.NoError(b, err)
					require.NoError(b, w.Body.Close())
					count++
				}
				return float64((now() - began).Nanoseconds()) / float64(count)
			}
			var ratios []float64
			for b.Loop() {
				mine := time(0, l.oursAt)
				ratios = append(ratios, time(1, "")/mine)
			}
			for _, s := range servers {
				s.Close()
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(median(ratios), "times")
		})
	}
}
