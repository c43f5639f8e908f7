package server

import (
	"errors"
	"fmt"
	"net"
	"strings"
)

// OptionError is an invalid field of Options.
type OptionError struct {
	Field string // the field's name, such as "Addr"
	Err   error
}

var _ error = (*OptionError)(nil)

// Error names the field.
func (e *OptionError) Error() string { return "server.Options." + e.Field + ": " + e.Err.Error() }

// Unwrap returns what is wrong with the field.
func (e *OptionError) Unwrap() error { return e.Err }

// leastHeaderLines is the least MaxHeaderLines.
const leastHeaderLines = 64

// Check returns everything that makes the options invalid on any machine, joined, each an
// [*OptionError]; nil if they are valid. It opens no file, socket or port. Serve calls it
// first.
func (o *Options) Check() error {
	var invalid []error
	reject := func(field string, err error) { invalid = append(invalid, &OptionError{field, err}) }
	if o.Listener == nil && o.Addr != "" {
		if err := checkAddr(o.Addr); err != nil {
			reject("Addr", fmt.Errorf("invalid address %q: %w (want HOST:PORT or unix:PATH)", o.Addr, err))
		}
	}
	switch {
	case o.CertFile != "" && o.KeyFile == "":
		reject("CertFile", fmt.Errorf("certificate %q without a key: give both files or neither", o.CertFile))
	case o.CertFile == "" && o.KeyFile != "":
		reject("KeyFile", fmt.Errorf("key %q without a certificate: give both files or neither", o.KeyFile))
	}
	if o.MaxHeader < 0 {
		reject("MaxHeader", fmt.Errorf("invalid limit %d: the header must have a limit; 0 means 64 KiB", o.MaxHeader))
	}
	if o.MaxHeaderLines != 0 && o.MaxHeaderLines < leastHeaderLines {
		reject("MaxHeaderLines", fmt.Errorf("invalid limit %d: want at least %d, or 0 for 500", o.MaxHeaderLines, leastHeaderLines))
	}
	return errors.Join(invalid...)
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
	if invalid, ok := errors.AsType[*net.AddrError](err); ok {
		return errors.New(invalid.Err) // without the address, which the caller names
	}
	return err
}
