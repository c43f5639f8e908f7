//go:build !unix

package cputime

import "time"

var began = time.Now()

// Used returns the time that has passed, since this system does not count CPU time.
func Used() time.Duration { return time.Since(began) }
