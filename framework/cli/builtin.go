package cli

import "time"

// builtin are the settings of the framework.
var builtin = []Setting{
	{Name: "addr", Default: "", Usage: `address to listen on: "host:port" or "unix:/path" (127.0.0.1:6543)`},
	{Name: "cert_file", Default: "", Usage: "TLS certificate chain, a PEM file; reloaded when it changes"},
	{Name: "key_file", Default: "", Usage: "private key of the certificate, a PEM file"},
	{Name: "health", Default: false, Usage: "respond to /healthz and /readyz"},
	{Name: "drain_delay", Default: time.Duration(0), Usage: "how long serve still accepts connections after SIGTERM, not ready (0s)"},
	{Name: "drain_timeout", Default: time.Duration(0), Usage: "grace period for requests in flight after that (20s)"},
	{Name: "stop_timeout", Default: time.Duration(0), Usage: "time limit of the OnStop hooks after that (5s)"},
	{Name: "trusted_proxies", Default: []string(nil), Usage: "addresses and networks whose forwarding headers are trusted"},
	{Name: "max_body", Default: int64(0), Usage: "size limit of request bodies, in bytes (10 MiB)"},
	{Name: "heap_floor", Default: int64(0), Usage: "minimum heap size of serve before a collection, in bytes (32 MiB; -1: Go's default)"},
	{Name: "log_level", Default: "", Usage: "trace, debug, info, warn or error (serve: info, with --dev debug; else warn)"},
	{Name: "log_format", Default: "", Usage: "json or console (serve: json, unless standard error is a terminal; else console)"},
	{Name: "debug_notfound", Default: false, Usage: "log, at level debug, why no view matched"},
	{Name: "debug_authorization", Default: false, Usage: "log, at level debug, each decision of the security policy"},
}
