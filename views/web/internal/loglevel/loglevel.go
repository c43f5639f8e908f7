// Package loglevel decides which errors are logged, and how.
package loglevel

import (
	"net/http"

	"github.com/rs/zerolog"
)

// Of returns the level of an error whose response has a status, and what to call it. known says
// that the status is its own. zerolog.NoLevel stands for an error that is not logged.
func Of(status int, known, panicked bool) (level zerolog.Level, message string) {
	if known && !panicked && (status < 500 || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout) {
		return zerolog.NoLevel, ""
	}
	level, message = zerolog.ErrorLevel, "internal error"
	switch {
	case panicked:
		message = "panic"
	case status < 500:
		level = zerolog.WarnLevel // an error view made something else of it
	}
	return level, message
}
