package explore_test

import (
	"context"
	"os"

	"pkgdist/props/check"
	"pkgdist/props/check/explore"
)

// A page on which a person walks two people and their lock. It is there until the context ends.
func ExampleServe() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // a program would wait for Ctrl-C: signal.NotifyContext

	bothInside := check.Never("both-inside", func(s *room) bool { return s.At[0] == "inside" && s.At[1] == "inside" })
	if err := explore.Serve(ctx, os.Stderr, mutex(), bothInside); err != nil {
		panic(err)
	}
	// Output:
}
