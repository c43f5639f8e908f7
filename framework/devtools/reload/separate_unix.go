//go:build unix

package reload

import (
	"os/exec"
	"syscall"
)

// separate gives a process a group of its own, so that Ctrl-C reaches the supervisor alone, which
// then ends the process as it should be ended: once.
func separate(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
