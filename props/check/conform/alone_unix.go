//go:build unix

package conform

import (
	"os/exec"
	"syscall"
)

// alone makes the command and whatever it starts end with its context: without strace, the subject would go on.
func alone(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = grace // for what it has printed
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
