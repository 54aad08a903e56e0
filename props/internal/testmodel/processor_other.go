//go:build !unix

package testmodel

import "time"

// ProcessorTime is 0: the system is not asked for it.
func ProcessorTime() time.Duration { return 0 }
