package explore

import (
	"errors"
	"runtime"
	"sync"
	"time"
)

const (
	// patience is how long a request waits for its answer before it is told that the work goes on: what a person takes for
	// at once is 100 ms, and the rest of it is for the way and for a machine that has other work.
	patience = 40 * time.Millisecond
	// mostJobs bounds what is being worked on, or waits to be: each takes some kilobytes.
	mostJobs = 4096
	// keptFor is how long an answer waits to be fetched that nobody waits for.
	keptFor = 30 * time.Second
)

// errBusy says that there is too much to do.
var errBusy = errors.New("too many requests at once; ask again in a moment")

// jobs are the requests being worked on. Equal ones are one job, and so many are worked on at once as there are CPUs.
type jobs struct {
	slots chan struct{}

	mu      sync.Mutex
	pending map[string]*job
}

// A job is the work for a request. Its answer is there when done is closed.
type job struct {
	done   chan struct{}
	answer []byte
	err    error
}

func newJobs() *jobs {
	return &jobs{slots: make(chan struct{}, runtime.GOMAXPROCS(0)), pending: map[string]*job{}}
}

// do is the answer to a request, or false if it is still being worked on: ask again with the same key.
func (j *jobs) do(key string, work func() ([]byte, error)) (answer []byte, err error, done bool) {
	one, err := j.find(key, work)
	if err != nil {
		return nil, err, true
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-one.done:
		j.forget(key, one)
		return one.answer, one.err, true
	case <-timer.C:
		return nil, nil, false
	}
}

// find is the job of a request, which is begun if nobody has.
func (j *jobs) find(key string, work func() ([]byte, error)) (*job, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if one := j.pending[key]; one != nil {
		return one, nil
	}
	if len(j.pending) >= mostJobs {
		return nil, errBusy
	}
	one := &job{done: make(chan struct{})}
	j.pending[key] = one
	go func() {
		j.slots <- struct{}{}
		defer func() { <-j.slots }()
		one.err = guarded(func() (err error) {
			one.answer, err = work()
			return err
		})
		close(one.done)
		time.AfterFunc(keptFor, func() { j.forget(key, one) })
	}()
	return one, nil
}

// forget drops a job that is done, so that the next request like it is worked on anew.
func (j *jobs) forget(key string, one *job) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.pending[key] == one {
		delete(j.pending, key)
	}
}
