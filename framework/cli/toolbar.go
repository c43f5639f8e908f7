package cli

import (
	"cmp"
	"net"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/devtools"
)

// loopback reports whether only this machine reaches the server. A proxy may be what listens to a
// unix socket, so that does not count.
func (p *program) loopback() bool {
	o := p.server()
	addr := cmp.Or(o.Addr, "127.0.0.1:6543")
	if o.Listener != nil {
		tcp, ok := o.Listener.Addr().(*net.TCPAddr)
		return ok && tcp.IP.IsLoopback()
	}
	if strings.HasPrefix(addr, "unix:") {
		return false
	}
	host, _, err := net.SplitHostPort(addr)
	return err == nil && (host == "localhost" || net.ParseIP(host).IsLoopback())
}

// showToolbar begins to show an application in the toolbar, and returns what ends it.
func (p *program) showToolbar(app *framework.App) (end func()) {
	log, addr := p.env.Logger, p.server().Addr
	if !p.loopback() {
		log.Warn().Str("addr", addr).Msg("--dev on an address that is not loopback: no toolbar, and errors show stacks and requests to everyone who can reach the address")
		return func() {}
	}
	p.toolbar.Show(app)
	end, err := p.toolbar.Start()
	if err != nil {
		log.Warn().Err(err).Msg("the toolbar has no flight recorder")
	}
	log.Info().Str("path", devtools.Prefix).Msg("the toolbar shows the requests of this application")
	return end
}
