//go:build unix

package reload

import (
	"os/exec"
	"syscall"
)

// separate gives a process a group of its own, so that Ctrl-C reaches the supervisor alone, which
// then ends the process as it should be ended: once.
func separate(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// interruptible makes Close end a read from an inherited pipe. Such a pipe is in blocking mode, in
// which os.File reads without the poller, and only data or the other side end a read.
func interruptible(fd uintptr) error { return syscall.SetNonblock(int(fd), true) }
