//go:build !unix

package subject

import "os/exec"

// grouped does nothing here: an interruption ends go test, and tests that hang may go on.
func grouped(*exec.Cmd) (ended func()) { return func() {} }
