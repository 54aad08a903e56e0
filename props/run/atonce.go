package run

import (
	"cmp"
	"runtime"
	"sync"

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

// Each calls f with 0 to n-1, in so many goroutines at the same time.
func Each(workers, n int, f func(i int)) {
	next := make(chan int)
	var wait sync.WaitGroup
	for range min(workers, n) {
		wait.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wait.Wait()
}
