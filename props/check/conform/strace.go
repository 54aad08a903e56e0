package conform

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
)

// StraceError says why no process can be killed at its system calls on this machine.
type StraceError struct{ Reason string }

// Error is one line, as a test that is skipped says it.
func (e *StraceError) Error() string { return "conform: KillAtEach needs strace: " + e.Reason }

// canTrace tries strace on a program that does nothing: it may be there and not allowed to trace, as in some containers.
func canTrace(ctx context.Context) error {
	path, err := exec.LookPath("strace")
	if err != nil {
		return &StraceError{err.Error()}
	}
	out, err := exec.CommandContext(ctx, path, "-f", "-qq", "-o", "/dev/null", path, "-V").CombinedOutput()
	if err != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		return &StraceError{fmt.Sprintf("it cannot trace: %v: %s", err, first)}
	}
	return nil
}

// call is a system call that was begun.
type call struct{ thread, name, text string }

// begun is a line of strace -f about a call that begins: the thread, the call, and its result if there is one.
var begun = regexp.MustCompile(`^(\d+) +(\w+)(\(.*)$`)

// ending is what strace prints after the call.
var ending = regexp.MustCompile(` *(= [^=]*|<unfinished \.\.\.>)$`)

func callsIn(traced string) (calls []call) {
	for line := range strings.Lines(traced) {
		if m := begun.FindStringSubmatch(strings.TrimSuffix(line, "\n")); m != nil {
			calls = append(calls, call{m[1], m[2], m[2] + m[3]})
		}
	}
	return calls
}

// mostInAThread is the highest number of calls of that name in one thread.
func mostInAThread(calls []call, name string) (most int) {
	count := map[string]int{}
	for _, c := range calls {
		if c.name == name {
			count[c.thread]++
			most = max(most, count[c.thread])
		}
	}
	return most
}

// killedCall is the call that was killed, or empty if no thread came to one of that number.
func killedCall(calls []call, k Kill) string {
	count := map[string]int{}
	for _, c := range calls {
		if c.name == k.Name {
			if count[c.thread]++; count[c.thread] == k.Number {
				return ending.ReplaceAllString(c.text, "")
			}
		}
	}
	return ""
}
