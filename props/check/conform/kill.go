package conform

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"pkgdist/props/check"
	"pkgdist/props/check/show"
)

// Killing is how a process is killed at each of its system calls, and what is held against the model then.
type Killing[S any, T comparable] struct {
	// Command is the subject: it works in a folder, which is empty at first, and ends by itself with exit code 0.
	Command func(ctx context.Context, folder string) *exec.Cmd
	// Calls are the names of the system calls before which it is killed, as strace knows them: write, renameat, unlinkat.
	Calls []string
	// Log starts the subject again after it was killed, and is what was observed: of the run that was killed, whose standard
	// output is given, and of what the subject shows now.
	Log func(ctx context.Context, folder string, k Kill) (Log[S, T], error)
	// Bound is how long a run of the process may take; 0 is a minute.
	Bound time.Duration
	// Module is the path of the module whose code it is, as that of a Driver.
	Module string
}

// Kill is a run of the subject that was killed before a system call had any effect.
type Kill struct {
	Name   string // of the system call; empty for the run in which nothing was killed
	Number int    // how many calls of that name its thread had begun, with this one
	Call   string // with its arguments, as strace prints it
	Output string // what the process had printed
}

func (k Kill) String() string {
	if k.Name == "" {
		return "not killed"
	}
	return fmt.Sprintf("killed at %s number %d: %s", k.Name, k.Number, k.Call)
}

// Refusal is a kill after which the model does not allow what is observed.
type Refusal[S any, T comparable] struct {
	Kill        Kill
	Explanation *Explanation[S, T] // refuted or undecided
}

// Killed is what KillAtEach found.
type Killed[S any, T comparable] struct {
	Calls    int // of these names, that the subject makes when it is not killed
	Kills    int // after which the subject was started again and observed
	Refusals []Refusal[S, T]
	// Missed is how many calls there was no kill at. strace counts the calls of each thread by itself, so that a call which is
	// the second of its thread is missed if another thread comes to a second call first.
	Missed int

	model, module string // what was killed, for Report
}

// Complete reports whether the subject was killed at every call, and the model allows what was observed each time.
func (k *Killed[S, T]) Complete() bool { return k.Kills > 0 && k.Missed == 0 && len(k.Refusals) == 0 }

// String is the figures in a line, and the first refusal.
func (k *Killed[S, T]) String() string {
	text := fmt.Sprintf("killed at %d of %s: %s refused", k.Kills, show.Count(k.Calls, "system call", "system calls"), show.Count(len(k.Refusals), "outcome is", "outcomes are"))
	if k.Missed > 0 {
		text += fmt.Sprintf(". %s not tried, as several threads make them; runtime.LockOSThread keeps them in one", show.Count(k.Missed, "call was", "calls were"))
	}
	if len(k.Refusals) > 0 {
		text += fmt.Sprintf("\n%v\n%v", k.Refusals[0].Kill, k.Refusals[0].Explanation)
	}
	return text
}

// killBound is how long a run of a process may take: strace makes it some ten times slower.
const killBound = time.Minute

// KillAtEach runs the subject in a process of its own, once undisturbed and then once for each of its system calls of the
// named kinds, killed before that call has any effect, and has Explain judge what is observed each time. It needs strace: if
// there is none, or if it may not trace, the error is a *StraceError.
//
// A subject that makes these calls in one thread, by runtime.LockOSThread in its main function, is killed at every one.
func KillAtEach[S any, T comparable](ctx context.Context, m check.Model[S, T], k Killing[S, T]) (*Killed[S, T], error) {
	if k.Command == nil || k.Log == nil || len(k.Calls) == 0 {
		return nil, errors.New("conform: the killing has no Command, no Log or no Calls; expected all three")
	}
	if k.Bound < 0 {
		return nil, fmt.Errorf("conform: Bound is %v; expected a time, or 0 for %v", k.Bound, killBound)
	}
	k.Bound = cmp.Or(k.Bound, killBound)
	if err := canTrace(ctx); err != nil {
		return nil, err
	}
	result := &Killed[S, T]{model: m.Name, module: k.Module}
	whole, err := killOnce(ctx, m, k, "", 0, result)
	if err != nil {
		return nil, err
	}
	result.Calls = len(whole)
	for _, name := range k.Calls {
		for n := 1; n <= mostInAThread(whole, name); n++ {
			if _, err := killOnce(ctx, m, k, name, n, result); err != nil {
				return nil, err
			}
		}
	}
	result.Missed = max(result.Calls-result.Kills, 0)
	return result, nil
}

// killOnce runs the subject in a folder of its own, kills it at a call, and judges what is observed then. A run in which it did
// not come to that call is none to judge.
func killOnce[S any, T comparable](ctx context.Context, m check.Model[S, T], k Killing[S, T], name string, n int, result *Killed[S, T]) ([]call, error) {
	folder, err := os.MkdirTemp("", "killed")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	kill := Kill{Name: name, Number: n}
	calls, err := k.trace(ctx, folder, &kill)
	if err != nil || name != "" && kill.Call == "" {
		return calls, err
	}
	log, err := k.Log(ctx, folder, kill)
	if err != nil {
		return nil, fmt.Errorf("conform: %v: the subject was not observed: %w", kill, err)
	}
	x, err := Explain(ctx, m, log)
	if err != nil {
		return nil, err
	}
	if x.Outcome != Explained {
		result.Refusals = append(result.Refusals, Refusal[S, T]{kill, x})
	}
	if name != "" {
		result.Kills++
	}
	return calls, nil
}

// trace runs the subject under strace. It returns the calls that were begun, and sets what was killed.
func (k *Killing[S, T]) trace(ctx context.Context, folder string, kill *Kill) ([]call, error) {
	ctx, cancel := context.WithTimeout(ctx, k.Bound)
	defer cancel()
	traced, err := os.CreateTemp("", "strace")
	if err != nil {
		return nil, err
	}
	traced.Close()
	defer os.Remove(traced.Name())
	args := []string{"-f", "-qq", "-o", traced.Name(), "-e", "trace=" + strings.Join(k.Calls, ",")}
	if kill.Name != "" {
		args = append(args, "-e", fmt.Sprintf("inject=%s:signal=SIGKILL:when=%d", kill.Name, kill.Number))
	}
	subject := k.Command(ctx, folder)
	cmd := exec.CommandContext(ctx, "strace", append(append(args, "--", subject.Path), subject.Args[1:]...)...)
	cmd.Dir, cmd.Env, cmd.Stdin = subject.Dir, subject.Env, subject.Stdin
	var output, complaints strings.Builder
	cmd.Stdout, cmd.Stderr = &output, &complaints
	alone(cmd)
	failed := cmd.Run()
	if ctx.Err() != nil {
		return nil, fmt.Errorf("conform: %v: the subject did not end within %v: %w", kill, k.Bound, ctx.Err())
	}
	text, err := os.ReadFile(traced.Name())
	if err != nil {
		return nil, err
	}
	calls := callsIn(string(text))
	kill.Output, kill.Call = output.String(), killedCall(calls, *kill)
	if failed != nil && kill.Call == "" {
		return nil, fmt.Errorf("conform: the subject fails without being killed: %w: %s", failed, complaints.String())
	}
	return calls, nil
}
