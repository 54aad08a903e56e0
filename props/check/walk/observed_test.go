package walk_test

import (
	"flag"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// observer stands in for a test, so that one that has to fail can be looked at.
type observer struct {
	testing.TB
	failed bool
	log    strings.Builder
}

func (o *observer) Failed() bool                      { return o.failed }
func (o *observer) Fail()                             { o.failed = true }
func (o *observer) FailNow()                          { o.failed = true; runtime.Goexit() }
func (o *observer) Logf(format string, args ...any)   { fmt.Fprintf(&o.log, format+"\n", args...) }
func (o *observer) Errorf(format string, args ...any) { o.Logf(format, args...); o.Fail() }
func (o *observer) Fatalf(format string, args ...any) { o.Logf(format, args...); o.FailNow() }

// observe runs rapid.Check with the seed, for up to so many walks, and returns what it would have told a test.
func observe(t *testing.T, seed, checks int, property func(*rapid.T)) *observer {
	t.Helper()
	for name, value := range map[string]string{"seed": strconv.Itoa(seed), "checks": strconv.Itoa(checks), "nofailfile": "true"} {
		f := flag.Lookup("rapid." + name)
		before := f.Value.String()
		require.NoError(t, f.Value.Set(value))
		defer f.Value.Set(before)
	}
	o, done := &observer{TB: t}, make(chan bool)
	go func() {
		defer close(done)
		rapid.Check(o, property)
	}()
	<-done
	return o
}
