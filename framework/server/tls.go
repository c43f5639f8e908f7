package server

import (
	"crypto/tls"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/rs/zerolog"
)

// tlsConfig returns the TLS configuration of the options; nil means no TLS.
func tlsConfig(o *Options, log *zerolog.Logger) (*tls.Config, error) {
	if o.CertFile == "" {
		return o.TLS.Clone(), nil
	}
	files := &certificateFiles{cert: o.CertFile, key: o.KeyFile, log: log}
	if err := files.load(); err != nil {
		return nil, err
	}
	config := &tls.Config{}
	if o.TLS != nil {
		config = o.TLS.Clone()
	}
	config.Certificates, config.GetCertificate = nil, files.get
	return config, nil
}

// certificateFiles is a certificate that is reloaded when its files change. It checks them
// before each handshake, which costs a few microseconds next to a handshake's hundreds and
// needs no goroutine.
type certificateFiles struct {
	cert, key string
	log       *zerolog.Logger

	mu      sync.Mutex // guards the following
	current *tls.Certificate
	seen    [2]fs.FileInfo // of the files at the last attempt to load them
}

func (f *certificateFiles) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	seen, err := f.stat()
	if err == nil && f.same(seen) {
		return f.current, nil
	}
	if err == nil {
		err = f.read()
	}
	// Files that cannot be read, or do not match because one of them is still to be
	// written, are tried again when they have changed.
	switch {
	case err == nil:
		f.log.Info().Str("certificate", f.cert).Msg("certificate reloaded")
	case f.seen != seen:
		f.log.Error().Err(err).Msg("certificate not reloaded, the old one stays in use")
	}
	f.seen = seen
	return f.current, nil
}

// load reads the files for the first time.
func (f *certificateFiles) load() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	seen, err := f.stat()
	if err != nil {
		return err
	}
	f.seen = seen
	return f.read()
}

func (f *certificateFiles) stat() (seen [2]fs.FileInfo, err error) {
	for i, name := range []string{f.cert, f.key} {
		if seen[i], err = os.Stat(name); err != nil {
			return [2]fs.FileInfo{}, fmt.Errorf("certificate: %w", err)
		}
	}
	return seen, nil
}

func (f *certificateFiles) same(seen [2]fs.FileInfo) bool {
	for i, info := range seen {
		old := f.seen[i]
		if old == nil || !os.SameFile(old, info) || !old.ModTime().Equal(info.ModTime()) || old.Size() != info.Size() {
			return false
		}
	}
	return true
}

func (f *certificateFiles) read() error {
	pair, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return fmt.Errorf("certificate %q with key %q: %w", f.cert, f.key, err)
	}
	f.current = &pair
	return nil
}
