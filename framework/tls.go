package framework

import (
	"crypto/tls"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/rs/zerolog"
)

// tlsConfig makes the configuration of what the options say; nil: no TLS.
func tlsConfig(o *ServerOptions, log *zerolog.Logger) (*tls.Config, error) {
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

// certificateFiles is a certificate that follows its files. They are looked
// at before each handshake, which costs a few microseconds beside a
// handshake's hundreds, and needs no goroutine.
type certificateFiles struct {
	cert, key string
	log       *zerolog.Logger

	mu      sync.Mutex // guards the following
	current *tls.Certificate
	seen    [2]fs.FileInfo // of the files that were tried last
}

func (f *certificateFiles) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	seen, err := f.look()
	if err == nil && f.same(seen) {
		return f.current, nil
	}
	if err == nil {
		err = f.read()
	}
	// What could not be read, or does not fit together because one of the
	// files is still to be written, is tried again when it has changed.
	switch {
	case err == nil:
		f.log.Info().Str("certificate", f.cert).Msg("certificate loaded again")
	case f.seen != seen:
		f.log.Error().Err(err).Msg("certificate: the old one stays in use")
	}
	f.seen = seen
	return f.current, nil
}

// load reads the files for the first time.
func (f *certificateFiles) load() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	seen, err := f.look()
	if err != nil {
		return err
	}
	f.seen = seen
	return f.read()
}

// look tells how the files look from outside.
func (f *certificateFiles) look() (seen [2]fs.FileInfo, err error) {
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
		return fmt.Errorf("certificate %s with key %s: %w", f.cert, f.key, err)
	}
	f.current = &pair
	return nil
}
