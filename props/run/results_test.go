package run_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

// results are what a scenario comes to: for each design its column of a table, below the names of the rows.
type results map[string][]string

// rows are the names of the rows; the first has those of the designs.
func rows() []string {
	return append([]string{"", "states", "steps", "at rest", "depth"}, props.CatalogueNames()...)
}

func column(r *run.Run) []string {
	cells := []string{r.Design.Name}
	for _, n := range []int64{r.Result.States, r.Result.Steps, r.Result.AtRest, int64(r.Result.Depth)} {
		cells = append(cells, fmt.Sprint(n))
	}
	for _, c := range r.Claims[:len(props.Catalogue())] { // a story comes after them
		cells = append(cells, cell(c, r.Result.Verdict(c.Name), r.Result.States))
	}
	return cells
}

// cell is a verdict, with the steps of its trace: those of the stem and those of the
// loop, of a property that has one.
func cell(c props.Claim, v run.Verdict, states int64) string {
	text := v.Outcome.String()
	if v.Trace != nil {
		n := len(v.Trace.Steps)
		if c.Kind.Liveness() {
			text += fmt.Sprintf(" %d+%d", v.Loop, n-v.Loop)
		} else {
			text += fmt.Sprintf(" %d", n)
		}
	}
	switch v.Reason {
	case "":
		return text
	case fmt.Sprintf("never occurred in the %d states of the scope", states):
		return text + ", not reached"
	}
	return text + ", " + v.Reason
}

func resultsFile(scenario string) string { return filepath.Join("testdata", scenario+".txt") }

var columns = regexp.MustCompile(`  +`)

// readResults reads the table of a scenario, which stands below the command.
func readResults(t *testing.T, scenario string) results {
	t.Helper()
	text, err := os.ReadFile(resultsFile(scenario))
	if *update && os.IsNotExist(err) {
		return results{}
	}
	require.NoError(t, err)
	_, table, _ := strings.Cut(string(text), "\n\n")
	r := results{}
	for line := range strings.Lines(table) {
		cells := columns.Split(strings.TrimSuffix(line, "\n"), -1)
		require.Len(t, cells, len(model.Designs())+1, line)
		for i, d := range model.Designs() {
			r[d.Name] = append(r[d.Name], cells[i+1])
		}
	}
	return r
}

// states is the number of states under a design, or 0 if it is not written down.
func (r results) states(t *testing.T, design string) int {
	t.Helper()
	if r[design] == nil {
		return 0
	}
	n, err := strconv.Atoi(r[design][1])
	require.NoError(t, err)
	return n
}

// keep compares the file with the table, to the letter, or writes it.
func (r results) keep(t *testing.T, scenario string) {
	t.Helper()
	var text strings.Builder
	fmt.Fprintf(&text, "go tool pkgdist check --scenario %s\n\n", scenario)
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for i, name := range rows() {
		fmt.Fprint(w, name)
		for _, d := range model.Designs() {
			fmt.Fprint(w, "\t", r[d.Name][i])
		}
		fmt.Fprintln(w)
	}
	w.Flush()
	if *update {
		require.NoError(t, os.WriteFile(resultsFile(scenario), []byte(text.String()), 0o666))
	}
	got, err := os.ReadFile(resultsFile(scenario))
	require.NoError(t, err)
	assert.Equal(t, text.String(), string(got))
}

// The READMEs say where the repair and the administrator who waits are enough.
func TestWhereTheRepairAndWaitingAreEnough(t *testing.T) {
	for _, name := range scenario.Names() {
		if name == "company" { // nobody can explore it
			continue
		}
		broken := map[string][]string{}
		for d, cells := range readResults(t, name) {
			for i, c := range props.Catalogue() {
				if !c.TooStrong && strings.HasPrefix(cells[i+len(cells)-len(props.Catalogue())], "violated") {
					broken[d] = append(broken[d], c.Name)
				}
			}
		}
		var late []string
		if name == "late-status" {
			late = []string{"status-never-goes-back", "status-agrees-at-rest"}
		}
		assert.Equal(t, late, broken["repaired"], name)

		scope := load(name).Scope
		scope.Faults[model.EarlyRead], scope.Faults[model.LateStatus] = 0, 0
		calm := scope.Ordered && scope.Faults == [model.NumFaults]int{}
		assert.Equal(t, calm, broken["workaround-wait"] == nil, "%s: %v", name, broken["workaround-wait"])
	}
}
