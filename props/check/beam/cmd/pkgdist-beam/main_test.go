package main

import (
	"flag"
	"os"
	"os/exec"
	"slices"
	"testing"

	beamsdk "github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/log"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props/check"
	"pkgdist/props/check/beam"
	"pkgdist/props/internal/testmodel"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

var (
	big    = flag.Bool("big", false, "compare every scenario under every named design that one machine explores in a minute, about")
	states = flag.Int64("states", 2_000_000, "with -big: how many states a scenario may have under a design to be compared")
)

// commandVariable has the tests be the command.
const commandVariable = "PKGDIST_BEAM_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(commandVariable) != "" {
		main()
	}
	flag.Parse()
	log.SetupLogging("error", "text")
	beamsdk.Init()
	temporary := testmodel.Must(os.MkdirTemp("", "pkgdist-")) // for what Prism leaves
	_ = os.Setenv("TMPDIR", temporary)
	code := m.Run()
	_ = os.RemoveAll(temporary)
	os.Exit(code)
}

// The command leaves nothing behind: Beam makes a file for each pipeline.
func TestNothingIsLeft(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	temporary := t.TempDir()
	command := exec.CommandContext(t.Context(), self, "check", "--scenario", "cannot-apply", "--design", "sms20", "--at-hand", "0")
	command.Env = append(os.Environ(), commandVariable+"=1", "TMPDIR="+temporary)
	printed, err := command.CombinedOutput()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit, "%s", printed)
	assert.Equal(t, exitViolated, exit.ExitCode(), "%s", printed)
	left, err := os.ReadDir(temporary)
	require.NoError(t, err)
	assert.Empty(t, left)
}

// Many machines find what one does, to the letter: counts, coverage, depths, verdicts and traces; in every division, under
// symmetry too, with pipelines and without.
func TestManyMachinesFindWhatOneDoes(t *testing.T) {
	most, designs, atHand := int64(1_500), []model.Design{model.SMS20, testmodel.Must(model.ParseDesign("repaired"))}, int64(1<<20)
	if *big {
		most, designs, atHand = *states, slices.Concat(model.Designs(), model.OtherDesigns()), 20_000
	}
	compared, symmetric, pipelines, partitions := 0, 0, 0, []int{1, 2, 4}
	for _, name := range scenario.Names() {
		if name == "company" {
			continue // it is for walks: nobody knows how many states it has
		}
		sc := testmodel.Must(scenario.Load(name))
		for _, d := range designs {
			for _, symmetry := range []bool{false, true} {
				size, err := run.Explore(t.Context(), sc, d, []string{"one-version-among-writers"}, check.Options{MaxStates: most, Symmetry: symmetry})
				require.NoError(t, err)
				if !size.Result.Complete() || symmetry && !size.System.Interchangeable() {
					continue
				}
				one, err := run.Explore(t.Context(), sc, d, nil, check.Options{Store: check.OnDisk, Symmetry: symmetry})
				require.NoError(t, err)
				hand := atHand
				if compared == 0 { // one of them by pipelines alone
					hand = 0
				}
				opt := beam.Options{Dir: t.TempDir(), Partitions: partitions[compared%len(partitions)], AtHand: hand, Figures: func(f beam.Figures) {
					if !f.AtHand {
						pipelines++
					}
				}}
				compared++
				if symmetry {
					symmetric++
				}
				many, err := explore(t.Context(), sc, question{Name: sc.Name, Text: string(sc.Text), Design: d.Name, Symmetry: symmetry}, opt)
				require.NoError(t, err)
				requireSame(t, sc.Name+"/"+d.Name, one, many)
				t.Logf("%s/%s, symmetry %t, %d partitions: %d states", sc.Name, d.Name, symmetry, opt.Partitions, many.Result.States)
			}
		}
	}
	t.Logf("%d searches compared, %d under symmetry, with %d pipelines", compared, symmetric, pipelines)
	assert.GreaterOrEqual(t, compared, 10)
	assert.Positive(t, symmetric)
	assert.Greater(t, pipelines, 10)
}

func requireSame(t *testing.T, name string, one, many *run.Run) {
	t.Helper()
	a, b := one.Result, many.Result
	require.Equal(t, a.Levels, b.Levels, name)
	require.Equal(t, []any{a.States, a.Steps, a.AtRest, a.Cut, a.Depth, a.Stopped}, []any{b.States, b.Steps, b.AtRest, b.Cut, b.Depth, b.Stopped}, name)
	require.Len(t, b.Rules, len(a.Rules), name)
	for i := range a.Rules {
		require.Equal(t, a.Rules[i].Fired, b.Rules[i].Fired, name)
		require.ElementsMatch(t, a.Rules[i].Blocked, b.Rules[i].Blocked, name)
	}
	require.Len(t, b.Verdicts, len(a.Verdicts), name)
	for i := range a.Verdicts {
		v, w := &a.Verdicts[i], &b.Verdicts[i]
		require.Equal(t, []any{v.Property.Name(), v.Outcome, v.Reason, v.Trace, v.Loop, v.Case}, []any{w.Property.Name(), w.Outcome, w.Reason, w.Trace, w.Loop, w.Case}, name)
	}
	require.Equal(t, one.Outcome(), many.Outcome(), name)
}
