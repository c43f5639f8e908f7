package cli

import "time"

// builtin are the settings of the framework.
var builtin = []Setting{
	{Name: "addr", Default: "", Usage: `where serve listens: "host:port" or "unix:/path" (127.0.0.1:6543)`},
	{Name: "cert_file", Default: "", Usage: "certificate for TLS, PEM; read again when it changes"},
	{Name: "key_file", Default: "", Usage: "its key"},
	{Name: "health", Default: false, Usage: "serve answers /healthz and /readyz"},
	{Name: "drain_delay", Default: time.Duration(0), Usage: "how long serve goes on after SIGTERM, not ready (0s)"},
	{Name: "drain_timeout", Default: time.Duration(0), Usage: "bound for requests under way after that (20s)"},
	{Name: "stop_timeout", Default: time.Duration(0), Usage: "bound for OnStop hooks after that (5s)"},
	{Name: "trusted_proxies", Default: []string(nil), Usage: "addresses and networks whose forwarding headers are believed"},
	{Name: "max_body", Default: int64(0), Usage: "bytes that the body of a request may have (10 MiB)"},
	{Name: "heap_floor", Default: int64(0), Usage: "bytes of garbage that serve lets gather at the least (32 MiB; negative: as Go does)"},
	{Name: "log_level", Default: "", Usage: "trace, debug, info, warn, error (serve: info, with --dev debug; else warn)"},
	{Name: "log_format", Default: "", Usage: "json or console (json when serving, unless a terminal shows it; else console)"},
	{Name: "debug_notfound", Default: false, Usage: "log, at level debug, why no view answered"},
	{Name: "debug_authorization", Default: false, Usage: "log, at level debug, each decision of the security policy"},
}
