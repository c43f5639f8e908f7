package main

import (
	"fmt"
	"io"
	"net"

	"github.com/mastaba-go/mastaba/framework/cli"
)

// announcement is what the first start prints: how somebody becomes the administrator.
type announcement struct {
	to    io.Writer
	token string // "" if there is nothing to print
	tls   bool   // this server speaks TLS
	https bool   // people reach it by https: by its own TLS, or by that of a proxy
}

// announce returns what a start prints.
func announce(env *cli.Env, token string) announcement {
	certificate, _ := env.Settings["cert_file"].(string)
	return announcement{to: env.Stderr, token: token, tls: certificate != "", https: certificate != "" || cli.Value[bool](env, "https")}
}

// started prints it, once the server has an address.
func (a announcement) started(at net.Addr) {
	if a.token != "" {
		fmt.Fprintf(a.to, "Nobody has an account yet. Become the administrator, once, at %s\n", a.link(at))
	}
}

// link returns the link that the browser of this machine can open. What only a proxy knows is in
// capital letters.
func (a announcement) link(at net.Addr) string {
	scheme, host := "http", "ADDRESS-OF-THE-WIKI"
	if a.https {
		scheme = "https"
	}
	tcp, isTCP := at.(*net.TCPAddr)
	switch {
	case a.https && !a.tls || !isTCP: // behind a proxy
	case tcp.IP.IsUnspecified():
		host = fmt.Sprintf("localhost:%d", tcp.Port)
	default:
		host = tcp.String()
	}
	return fmt.Sprintf("%s://%s%s?token=%s", scheme, host, joinPath, a.token)
}
