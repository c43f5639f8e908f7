//go:build go1.27

package server

import "net/http"

// limitHeaderLines limits the lines of a request's header; zero means net/http's default.
func limitHeaderLines(s *http.Server, lines int) { s.MaxHeaderValueCount = lines }
