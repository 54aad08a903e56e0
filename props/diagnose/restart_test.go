package diagnose

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/model"
)

// restarted is a run in which a component is restarted, and the step of that.
func restarted(seed int, fault model.Fault) (r *run, step int) {
	r = rapid.Custom(func(t *rapid.T) *run {
		scope := scopeOf(2, 1, rapid.Bool().Draw(t, "ordered"))
		scope.Faults[fault] = 1
		return drawRun(t, model.SMS20, scope, 120)
	}).Example(seed)
	return r, slices.IndexFunc(r.trace.Steps, func(s model.Step) bool { return strings.HasSuffix(model.RuleNames()[s.Rule], "-crash") })
}

// A restart leaves no line. Whether the log ends just after it or goes on, nothing is certain that is not so.
func TestARestartIsNotMistaken(t *testing.T) {
	logs, wrong := 0, rates{}
	for _, fault := range []model.Fault{model.ManagerCrash, model.DespoolerCrash} {
		for seed := range times(30, 150) {
			whole, crash := restarted(seed, fault)
			if crash < 0 {
				continue
			}
			after := 0
			for end := 1; end <= len(whole.lines) && after < times(3, 6); end++ {
				if whole.lines[end-1].step < crash {
					continue
				}
				after++
				r := *whole
				r.lines = whole.lines[:end]
				for _, c := range r.cases() {
					logs++
					d := diagnosedCase(t, c)
					if truth := r.truth(c); wrong.count(d, truth, true) {
						t.Errorf("seed %d, %v, %d lines: %v, and it is %s", seed, fault, end, names(d.Found), truth.Name)
					}
				}
			}
		}
	}
	t.Logf("%d logs: %v", logs, wrong)
	assert.Positive(t, wrong.right)
}

// Distribution Manager was restarted while it decompressed version 2, and writes nothing of it. Then nobody decompresses while Despooler
// stores version 3, though a package thread that had not ended would, for it would have told that it wrote its row.
func TestAThreadThatIsGoneIsNoWriter(t *testing.T) {
	lines := []string{received(1), stored(1), applied, decompresses, recorded(1, 1), copyBegins, copyDone, done, received(2), stored(2), applied, decompresses}
	d := diagnosedCase(t, excerpt(t, followedBy(lines, received(3))...))
	require.True(t, d.Complete)
	assert.Nil(t, d.Certain(), "%v", names(d.Found))
	assert.Equal(t, []string{"two-writers", "two-writers-met"}, names(d.Undisturbed))
	assert.Equal(t, []string{"two-writers", "two-writers-met", "file-overlooked", "announcement-lost", "unfinished"}, names(d.Found))
	// It was alive: it tells so later.
	d = diagnosedCase(t, excerpt(t, followedBy(lines, received(3), stored(3), recorded(2, 3), copyBegins)...))
	require.True(t, d.Complete)
	assert.Nil(t, d.Undisturbed)
	assert.Equal(t, []string{"two-writers"}, names(d.Found))
}

// As long as it is not known whether a restart explains the log too, nothing is said.
func TestALimitLeavesItOpenWhetherARestartExplainsTheLog(t *testing.T) {
	c := excerpt(t, one...)
	reasons := ""
	for n := 1; ; n++ {
		d, err := Diagnose(t.Context(), c, Options{MaxCandidates: n, Limit: unhurried.Limit})
		require.NoError(t, err)
		if d.Undecided == "" {
			assert.Equal(t, []string{"arrived"}, names(d.Found))
			break
		}
		assert.Empty(t, d.Found)
		reasons += d.Undecided + "\n"
	}
	assert.Contains(t, reasons, "whether a restart explains it, too: more than")
}
