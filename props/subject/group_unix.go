//go:build unix

package subject

import (
	"os/exec"
	"syscall"
	"time"
)

// grouped makes an interruption reach the tests that the command has started, and not go test alone, and ends those that do not
// heed it. The function that it returns is called when the command has ended.
func grouped(cmd *exec.Cmd) (ended func()) {
	var late *time.Timer
	kill := func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		late = time.AfterFunc(patience, kill)
		return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
	}
	return func() {
		if late != nil && late.Stop() {
			kill()
		}
	}
}
