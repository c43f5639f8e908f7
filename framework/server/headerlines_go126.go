//go:build !go1.27

package server

import "net/http"

// limitHeaderLines does nothing: this version of net/http does not count them.
func limitHeaderLines(*http.Server, int) {}
