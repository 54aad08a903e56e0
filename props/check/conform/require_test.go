package conform_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/props/check"
	"pkgdist/props/check/conform"
	"pkgdist/props/check/conform/record"
	"pkgdist/props/check/show"
)

// spy is a test that notes what it says and how it ends.
type spy struct {
	*testing.T
	log, fatal string
	reported   []record.Record
}

func (s *spy) Helper()           {}
func (s *spy) Log(args ...any)   { s.log += fmt.Sprint(args...) }
func (s *spy) Fatal(args ...any) { s.fatal += fmt.Sprint(args...); panic(s) }

func (s *spy) Attr(key, value string) {
	assert.Equal(s.T, record.Key, key)
	found, err := record.Parse(value)
	assert.NoError(s.T, err)
	s.reported = append(s.reported, found)
}

// ended is a test that requires of a ring what a model of a queue does. What it keeps is in a folder of its own.
func ended(t *testing.T, opt conform.Options[[]string, string], like ring) *spy {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	return endedHere(t, opt, like)
}

func endedHere(t *testing.T, opt conform.Options[[]string, string], like ring) *spy {
	s := &spy{T: t}
	func() {
		defer func() { recover() }()
		conform.RequireWithin(s, opt, letters, driving(like))
	}()
	return s
}

// onlyA puts the letter a, whatever it is asked for.
var onlyA = ring{wrap: 3, step: func(r *ring, step string) error {
	return errors.Join(r.do(strings.Replace(step, "b", "a", 1)), conform.Instead(strings.Replace(step, "b", "a", 1)))
}}

var whole = conform.Options[[]string, string]{}

func TestRequireStopsTheTestUnlessEverythingWasDriven(t *testing.T) {
	passed := ended(t, whole, right)
	assert.Equal(t, "driven: 1 trace, 12 steps, 12 of 12 transitions (100 %)", passed.log)
	assert.Empty(t, passed.fatal)
	assert.Contains(t, ended(t, whole, wrong).fatal, "the subject differs from the model, after 2 steps")
	assert.Contains(t, ended(t, conform.Options[[]string, string]{MaxStates: 2}, right).fatal, "not all: the model has more than 2 states; expected all of them")
	assert.Contains(t, ended(t, conform.Options[[]string, string]{MaxStates: -2}, right).fatal, "MaxStates is -2")
	assert.Contains(t, ended(t, whole, onlyA).fatal, "4 of 12 transitions (33 %); expected all of them. This was never taken to its end:\n   1. put b")
}

func TestRequireReportsWhatItFinds(t *testing.T) {
	for want, like := range map[record.Verdict]ring{record.Conforms: right, record.Differs: wrong, record.InPart: onlyA,
		record.Cannot:    {wrap: 3, step: func(*ring, string) error { return errors.New("no") }},
		record.Unseen:    {wrap: 3, observe: func(*ring) (view, error) { return view{}, errors.New("dark") }},
		record.Forbidden: {wrap: 3, step: func(*ring, string) error { return conform.Instead("jump") }},
	} {
		found := ended(t, whole, like).reported
		require.Len(t, found, 1, want)
		assert.Equal(t, want, found[0].Verdict)
		assert.Equal(t, []any{"Queue", 12, "transitions"}, []any{found[0].Model, found[0].All, found[0].Unit})
		assert.Equal(t, want == record.Conforms, len(found[0].Story) == 0, want)
		assert.Equal(t, want == record.Conforms || want == record.InPart, found[0].Page == "", want)
	}
	found := ended(t, whole, wrong).reported[0]
	assert.Equal(t, 2, found.Steps)
	assert.Equal(t, []string{"   1. put a", "        state [] -> [a]", "   2. put a", "        state [a] -> [a a]",
		`   => The model expects Length 2, and saw 0; Head a, and saw "".`, "", "smallest: the subject does not fail like this in any shorter trace"}, found.Story)
	traces := conform.Options[[]string, string]{Traces: []check.Trace[[]string, string]{{States: [][]string{{}}}}}
	assert.Equal(t, []record.Record{{Model: "Queue", Verdict: record.Conforms, Covered: 1, Unit: "traces", Story: []string{}}}, ended(t, traces, right).reported)
}

func TestATestReportsWhatItJudgesForItself(t *testing.T) {
	s := &spy{T: t}
	d := driving(wrong)
	d.Module = "example.com/ring"
	driven, err := conform.Drive(t.Context(), letters, d, whole)
	require.NoError(t, err)
	conform.Report(s, driven)
	for _, text := range []string{"put a", "take"} {
		log := conform.Log[[]string, string]{Lines: []conform.Line[[]string, string]{{Text: text, Step: func(step string) bool { return step == text }}}}
		x, err := conform.Explain(t.Context(), letters, log)
		require.NoError(t, err)
		conform.Report(s, x)
	}
	require.Len(t, s.reported, 3)
	assert.Equal(t, []any{"example.com/ring", record.Differs, ""}, []any{s.reported[0].Module, s.reported[0].Verdict, s.reported[0].Page})
	assert.Equal(t, record.Record{Model: "Queue", Verdict: record.Conforms, Covered: 1, All: 1, Unit: "lines", Story: []string{}}, s.reported[1])
	assert.Equal(t, []any{record.Refuted, 0, 1}, []any{s.reported[2].Verdict, s.reported[2].Covered, s.reported[2].All})
	assert.Equal(t, "refuted: nothing explains line 1: take", s.reported[2].Story[0])
}

// runAgain is what a failing test says of its kept file.
var runAgain = regexp.MustCompile(`run it again: CHECK_REPLAY=(\S+) go test -count=1 -run '\^(\w+)\$' (\S+)`)

func TestAFailureIsKeptAndDrivenAgain(t *testing.T) {
	failed := ended(t, whole, wrong).fatal
	said := runAgain.FindStringSubmatch(failed)
	require.Len(t, said, 4, failed)
	assert.Equal(t, []string{t.Name(), "pkgdist/props/check/conform"}, said[2:])
	kept := said[1]
	page, err := os.ReadFile(strings.Replace(kept, ".txtar", ".html", 1))
	require.NoError(t, err)
	assert.Contains(t, string(page), "conforms to Queue")
	assert.Contains(t, string(page), "The model expects Length 2, and saw 0")

	t.Setenv("CHECK_REPLAY", kept)
	again := endedHere(t, whole, wrong).fatal
	assert.Contains(t, again, "the subject differs from the model, after 2 steps")
	assert.Contains(t, again, "driven: 1 trace, 2 steps")
	assert.Contains(t, endedHere(t, whole, right).log, "is not reproduced: driven: 1 trace, 2 steps")

	// A file of another model is none of this one, and a step that is not possible ends it.
	dir := t.TempDir()
	for name, want := range map[string]string{
		"-- property --\nconforms to Stack\n-- steps --\nput a\n":       `is of the property "conforms to Stack", and what is driven here is "conforms to Queue"`,
		"-- property --\nconforms to Queue\n-- steps --\nput a\nshut\n": "is not reproduced: check: step 2, shut, is not possible",
	} {
		file := filepath.Join(dir, "kept.txtar")
		require.NoError(t, os.WriteFile(file, []byte(name), 0o666))
		t.Setenv("CHECK_REPLAY", file)
		assert.Contains(t, endedHere(t, whole, wrong).log, want)
	}
	t.Setenv("CHECK_REPLAY", filepath.Join(dir, "none.txtar"))
	assert.Contains(t, endedHere(t, whole, wrong).fatal, "none.txtar: cannot be read")
}

// idle is a model in which a call may be refused, which changes nothing, and which begins in two states.
var idle = check.Model[int, string]{
	Init: func() []int { return []int{0, 5} },
	Steps: func(s int, yield func(string, int)) {
		yield("ask", s)
		yield("add", s+1)
	},
	Constraint: func(s *int) bool { return *s < 7 },
}

// A kept file is read back as a trace from each initial state, with the steps that change nothing.
func TestAKeptFileIsReadAsTraces(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kept.txtar")
	read := func(m check.Model[int, string], steps string) ([]check.Trace[int, string], error) {
		require.NoError(t, os.WriteFile(file, []byte("-- property --\nany\n-- steps --\n"+steps), 0o666))
		return conform.ReadKept(m, file)
	}
	traces, err := read(idle, "ask\nadd\nask\n")
	require.NoError(t, err)
	steps := []string{"ask", "add", "ask"}
	assert.Equal(t, []check.Trace[int, string]{{States: []int{0, 0, 1, 1}, Steps: steps}, {States: []int{5, 5, 6, 6}, Steps: steps}}, traces)
	traces, err = read(idle, "add\nadd\nadd\n")
	require.NoError(t, err)
	assert.Equal(t, []check.Trace[int, string]{{States: []int{0, 1, 2, 3}, Steps: []string{"add", "add", "add"}}}, traces)

	_, err = read(idle, "add\nfly\n")
	var impossible *check.ReplayError
	require.ErrorAs(t, err, &impossible)
	assert.Equal(t, []any{1, "fly"}, []any{impossible.At, impossible.Text})
	m := idle
	m.Format = func(step string) string { return step }
	m.Parse = func(text string) (string, error) {
		if text == "fly" {
			return "", errors.New("nobody flies")
		}
		return strings.ToLower(text), nil
	}
	_, err = read(m, "ADD\nfly\n")
	assert.ErrorContains(t, err, "step 2, fly, no longer exists: nobody flies")
	traces, err = read(m, "ADD\n")
	require.NoError(t, err)
	assert.Len(t, traces, 2)
	_, err = conform.ReadKept(idle, file+"x")
	var wrong *show.FileError
	assert.ErrorAs(t, err, &wrong)
}

// Walks may be driven in a check of rapid, which makes failures small by itself.
func TestRequireTakesARapidTest(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		trace := check.Trace[[]string, string]{States: [][]string{{}, {"a"}}, Steps: []string{"put a"}}
		conform.RequireWithin(rt, conform.Options[[]string, string]{Traces: []check.Trace[[]string, string]{trace}}, letters, driving(right))
	})
}
