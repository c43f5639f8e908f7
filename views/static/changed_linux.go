package static

import (
	"io/fs"
	"syscall"
)

// changed returns when the system noticed the last change of a file, in nanoseconds, which no
// program can set; 0 if the file is not one of the system.
func changed(info fs.FileInfo) int64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return s.Ctim.Nano()
	}
	return 0
}
