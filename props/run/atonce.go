package run

import (
	"cmp"
	"runtime"

	"pkgdist/props/check"
)

// AtOnce divides what opt allows among searches that are made at the same time:
// it returns how many there are, one for each worker, and the options of each.
func AtOnce(opt check.Options) (int, check.Options) {
	n := cmp.Or(opt.Workers, runtime.GOMAXPROCS(0))
	opt.Workers, opt.Progress = 1, nil
	if opt.MaxMemory > 0 {
		opt.MaxMemory = max(1, opt.MaxMemory/int64(n))
	}
	return n, opt
}
