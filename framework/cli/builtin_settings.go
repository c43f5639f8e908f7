package cli

import (
	"slices"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
)

// builtin returns the settings of the framework: those that the program applies, and those that
// packages read and declare themselves.
func builtin() []Setting {
	all := slices.Clone(own)
	for _, declared := range [][]registry.SettingInfo{framework.Settings(), views.Settings()} {
		for _, s := range declared {
			all = append(all, Setting{Name: s.Name, Default: s.Default, Usage: s.Usage})
		}
	}
	return all
}

// own are the settings that the program applies.
var own = []Setting{
	{Name: "addr", Default: "", Usage: `address to listen on: "host:port" or "unix:/path" (127.0.0.1:6543)`},
	{Name: "cert_file", Default: "", Usage: "TLS certificate chain, a PEM file; reloaded when it changes"},
	{Name: "key_file", Default: "", Usage: "private key of the certificate, a PEM file"},
	{Name: "health", Default: false, Usage: "respond to /healthz and /readyz"},
	{Name: "drain_delay", Default: time.Duration(0), Usage: "how long serve keeps accepting connections after SIGTERM while /readyz fails (0s)"},
	{Name: "drain_timeout", Default: time.Duration(0), Usage: "grace period for requests in flight after that (20s)"},
	{Name: "stop_timeout", Default: time.Duration(0), Usage: "time limit of the OnStop hooks after that (5s)"},
	{Name: "trusted_proxies", Default: []string(nil), Usage: "addresses and networks whose forwarding headers are trusted"},
	{Name: "allowed_hosts", Default: []string(nil), Usage: "hosts that serve responds to: example.com, *.example.com, example.com:8443 (all)"},
	{Name: "max_body", Default: int64(0), Usage: "size limit of request bodies, in bytes (10 MiB)"},
	{Name: "heap_floor", Default: int64(0), Usage: "minimum heap size of serve before a collection, in bytes (32 MiB; -1: Go's default)"},
	{Name: "dev_hosts", Default: []string(nil), Usage: "host names that serve --dev responds to, besides localhost and IP addresses"},
	{Name: "log_level", Default: "", Usage: "trace, debug, info, warn or error (serve: info, with --dev debug; else warn)"},
	{Name: "log_format", Default: "", Usage: "json or console (serve: json, unless standard error is a terminal; else console)"},
}
