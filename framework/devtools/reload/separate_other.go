//go:build !unix

package reload

import "os/exec"

func separate(*exec.Cmd) {}

func interruptible(uintptr) error { return nil }
