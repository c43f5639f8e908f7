package security

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"unicode/utf8"

	"github.com/mastaba-go/mastaba/views/web"
)

// Certificate returns an Identifier for TLS client certificates. find returns the user of one, by
// its subject or its alternative names, the zero User if it is not known. The certificate becomes
// the Credentials of the [User], unless find sets them.
//
// Only a certificate counts that the server has verified against its ClientCAs:
// tls.Config.ClientAuth must be VerifyClientCertIfGiven or RequireAndVerifyClientCert. With the
// other settings a client may send any certificate that it likes, so it is ignored.
//
// Caches cannot see the certificate in any header, so responses over TLS to requests whose user was
// looked up are private (web.Response.KeepPrivate), anonymous ones included.
func Certificate(find func(r *web.Request, cert *x509.Certificate) (User, error)) Identifier {
	return &certificate{find: find}
}

type certificate struct {
	find func(r *web.Request, cert *x509.Certificate) (User, error)
}

var _ Identifier = (*certificate)(nil)

func (c *certificate) Err() error {
	if c.find == nil {
		return errors.New("security.Certificate: the function is nil: want one that finds the user of a certificate")
	}
	return nil
}

func (c *certificate) Identify(r *web.Request) (User, error) {
	if err := c.Err(); err != nil {
		return User{}, err
	}
	if r.TLS == nil {
		return User{}, nil
	}
	r.AddResponseCallback(keepPrivate)
	if len(r.TLS.VerifiedChains) == 0 || len(r.TLS.VerifiedChains[0]) == 0 {
		return User{}, nil
	}
	cert := r.TLS.VerifiedChains[0][0]
	user, err := c.find(r, cert)
	if err != nil || user.ID == "" {
		return User{}, err
	}
	if user.Scheme == "" {
		user.Scheme = "certificate"
	}
	if user.Credentials == nil {
		user.Credentials = cert
	}
	return user, nil
}

// keepPrivate keeps the response out of shared caches.
func keepPrivate(_ *web.Request, resp *web.Response) error {
	resp.KeepPrivate()
	return nil
}

// ProxyHeader returns an Identifier for a header in which a trusted proxy names the user that it
// has authenticated, such as "X-Remote-User". It counts only in connections from one of
// framework.Options.TrustedProxies: anybody else could write any name there. Such a proxy must set
// the header or remove it, in every request. Two of these headers in one request are ignored.
//
// Responses to requests of such proxies whose user was looked up vary on the header. They are
// private too (web.Response.KeepPrivate), since caches in front of the proxy do not see what it
// adds.
func ProxyHeader(header string) Identifier {
	return &proxyHeader{header: http.CanonicalHeaderKey(header)}
}

type proxyHeader struct{ header string }

var _ Identifier = (*proxyHeader)(nil)

func (p *proxyHeader) Err() error {
	if !isHeaderName(p.header) {
		return fmt.Errorf("security.ProxyHeader: invalid header name %q: want for example X-Remote-User", p.header)
	}
	return nil
}

func (p *proxyHeader) Identify(r *web.Request) (User, error) {
	if !r.FromTrustedProxy() {
		return User{}, nil
	}
	r.AddResponseCallback(p.keepApart)
	name, ok := onlyValue(r, p.header)
	if !ok || !utf8.ValidString(name) {
		return User{}, nil
	}
	return User{ID: name, Scheme: "header"}, nil
}

func (p *proxyHeader) keepApart(_ *web.Request, resp *web.Response) error {
	resp.AddVary(p.header)
	resp.KeepPrivate()
	return nil
}
