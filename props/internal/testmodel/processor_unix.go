//go:build unix

package testmodel

import (
	"syscall"
	"time"
)

// ProcessorTime is the time that the process has had of all processors.
func ProcessorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
