package framework_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/mastaba-go/mastaba/framework"
)

// BenchmarkServe sends requests over loopback, one after the other on one connection, and
// compares with a bare net/http that sends the same response.
func BenchmarkServe(b *testing.B) {
	requests := []struct{ name, text string }{
		{"get", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"},
		{"post", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + strings.Repeat("x", 1000)},
	}
	servers := []struct {
		name  string
		begin func(b *testing.B) (addr string, end func())
	}{
		{"bare", func(b *testing.B) (string, func()) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				w.Header()["Content-Type"] = plainText
				_, _ = w.Write(helloBytes)
			})}
			done := make(chan struct{})
			go func() { defer close(done); _ = server.Serve(l) }()
			return l.Addr().String(), func() { _ = server.Close(); <-done }
		}},
		{"serve", func(b *testing.B) (string, func()) {
			addr, stop := serve(b, bodies(b, framework.Options{}))
			return addr, func() {
				if err := stop(); err != nil {
					b.Error(err)
				}
			}
		}},
	}
	for _, request := range requests {
		for _, server := range servers {
			b.Run(request.name+"/"+server.name, func(b *testing.B) {
				addr, end := server.begin(b)
				defer end()
				c, err := net.Dial("tcp", addr)
				if err != nil {
					b.Fatal(err)
				}
				defer func() { _ = c.Close() }()
				r := bufio.NewReader(c)
				text := []byte(request.text)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := c.Write(text); err != nil {
						b.Fatal(err)
					}
					for { // the header, to its empty line
						line, err := r.ReadSlice('\n')
						if err != nil {
							b.Fatal(err)
						}
						if len(line) == 2 {
							break
						}
					}
					if _, err := r.Discard(len(helloBytes)); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
