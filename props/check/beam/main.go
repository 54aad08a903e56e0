package beam

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/log"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners"

	// The file systems that Beam knows beside the local one and Google's, which its own packages bring.
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem/memfs"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem/s3"

	"pkgdist/props/check"
)

// Flags are the flags of a command that explores. Those of Beam and of its runners, such as --runner, stand beside them.
type Flags struct {
	Options
	Timeout time.Duration
}

// AddFlags adds the flags to those of the program.
func AddFlags() *Flags {
	f := &Flags{}
	flag.StringVar(&f.Dir, "dir", "", "Folder for the states, on a file system that all workers reach: a path, or one such as gs://bucket/folder. A run that was cut or killed goes on there when the command is given again. (default: with the runner prism a temporary one)")
	flag.IntVar(&f.Partitions, "partitions", 4, "Parts into which the states are divided.")
	flag.Int64Var(&f.AtHand, "at-hand", 4096, "Levels of no more states are expanded without a pipeline.")
	flag.IntVar(&f.Attempts, "attempts", 3, "How often a pipeline is tried that fails.")
	flag.DurationVar(&f.PipelineTimeout, "pipeline-timeout", 0, "Give a pipeline up that takes longer, and try it again, for a runner that waits for a worker that has died. (default: no limit)")
	flag.Int64Var(&f.MaxStates, "max-states", 0, "End at the end of the level with which there are more states. (default: no limit)")
	flag.DurationVar(&f.Timeout, "timeout", 0, "End at the end of the level in which so much time has passed, such as 10m. (default: no limit)")
	return f
}

// Init has the process be a worker, if it was started as one, and does not return then. Else it makes the options ready. The
// flags have to be parsed, and each search registered. Done is to be called at the end.
func (f *Flags) Init(ctx context.Context) (within context.Context, done func(), err error) {
	log.SetupLogging("warn", "text") // else each pipeline says what it does in lines
	beam.Init()
	within, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(within, stop) // a second Ctrl-C ends the program at once
	cancel := func() {}
	if f.Timeout > 0 {
		within, cancel = context.WithTimeout(within, f.Timeout)
	}
	done = func() { cancel(); stop() }
	if cmp.Or(*runners.Runner, "prism") != "prism" {
		return within, done, nil
	}
	temporary, remove, err := temporaryFolder()
	if err != nil {
		return nil, nil, err
	}
	f.Dir = cmp.Or(f.Dir, filepath.Join(temporary, "states"))
	return within, func() { cancel(); stop(); remove() }, nil
}

// temporaryFolder makes a folder in which all temporary files are from now on: Prism leaves one for each pipeline.
func temporaryFolder() (path string, remove func(), err error) {
	if path, err = os.MkdirTemp("", "pkgdist-"); err != nil {
		return "", nil, err
	}
	return path, func() { _ = os.RemoveAll(path) }, errors.Join(os.Setenv("TMPDIR", path), os.Setenv("TMP", path)) // TMP is its name on Windows
}

// The exit codes, which are those of the command pkgdist.
const (
	exitHolds        = 0
	exitViolated     = 1
	exitUsage        = 2
	exitInconclusive = 3
)

// Main is the main function of a program that explores one model: it explores what is made of the arguments that are no flags,
// prints the verdicts and the story of each violation, and exits with 0 if everything holds, 1 if something is violated, 3 if
// neither is known, and 2 for what cannot be done.
func Main[S any, T comparable](name string, make func(arguments string) (check.Model[S, T], []check.Property[S], check.Options, error)) {
	flags := AddFlags()
	search := Register(name, make)
	flag.Parse()
	ctx, done, err := flags.Init(context.Background())
	if err == nil {
		var r *check.Result[S, T]
		if r, err = search.Explore(ctx, strings.Join(flag.Args(), " "), flags.Options); err == nil {
			done()
			os.Exit(tell(r))
		}
		done()
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(exitUsage)
}

// tell prints the result, and returns the exit code.
func tell[S any, T comparable](r *check.Result[S, T]) (code int) {
	fmt.Println(r)
	for i := range r.Verdicts {
		switch v := &r.Verdicts[i]; v.Outcome {
		case check.Violated:
			code = exitViolated
			fmt.Printf("\n%v\n", v)
		case check.Inconclusive:
			if code != exitViolated {
				code = exitInconclusive
			}
		}
	}
	return code
}
