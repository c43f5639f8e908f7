package framework

import (
	"errors"
	"fmt"
	"net"
	"strings"
)

// ServerOptionError says which of the ServerOptions is wrong.
type ServerOptionError struct {
	Field string // "Addr"
	Err   error
}

var _ error = (*ServerOptionError)(nil)

// Error names the field.
func (e *ServerOptionError) Error() string { return "ServerOptions." + e.Field + ": " + e.Err.Error() }

// Unwrap returns what is wrong with it.
func (e *ServerOptionError) Unwrap() error { return e.Err }

// Check returns all by which the options are wrong on every machine, joined, each a
// [*ServerOptionError]; nil if there is nothing. It looks at no file, socket or port:
// those belong to the machine that serves. Serve begins with it.
func (o *ServerOptions) Check() error {
	var wrong []error
	refuse := func(field string, err error) { wrong = append(wrong, &ServerOptionError{field, err}) }
	if o.Listener == nil && o.Addr != "" {
		if err := checkAddr(o.Addr); err != nil {
			refuse("Addr", fmt.Errorf("%q is neither HOST:PORT nor unix:PATH: %w", o.Addr, err))
		}
	}
	switch {
	case o.CertFile != "" && o.KeyFile == "":
		refuse("CertFile", fmt.Errorf("%q: a certificate and its key go together, and the file of the key is missing", o.CertFile))
	case o.CertFile == "" && o.KeyFile != "":
		refuse("KeyFile", fmt.Errorf("%q: a certificate and its key go together, and the file of the certificate is missing", o.KeyFile))
	}
	if o.MaxHeader < 0 {
		refuse("MaxHeader", fmt.Errorf("%d: a header cannot be unbounded", o.MaxHeader))
	}
	return errors.Join(wrong...)
}

func checkAddr(addr string) error {
	if path, local := strings.CutPrefix(addr, "unix:"); local {
		if path == "" {
			return errors.New("the path is empty")
		}
		return nil
	}
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	return err
}
