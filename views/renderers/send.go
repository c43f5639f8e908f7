package renderers

import (
	"io"

	"github.com/mastaba-go/mastaba/views/web"
)

// send makes what write writes the body: now, or for a stream while it is sent.
func send(resp *web.Response, stream bool, write func(line func([]byte) error) error) error {
	if !stream {
		return resp.SetWritten(func(w io.Writer) error {
			return write(func(b []byte) error {
				_, err := w.Write(b)
				return err
			})
		})
	}
	resp.SetStream(func(w web.StreamWriter) error {
		return write(func(b []byte) error {
			if _, err := w.Write(b); err != nil {
				return err
			}
			return w.Flush()
		})
	})
	return nil
}
