package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// end is what a command prints, and its exit code.
type end struct {
	text string
	code int
}

func running(t *testing.T, line string, more ...string) end {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := execute(append(strings.Fields(line), more...), &stdout, &stderr)
	require.NotEqual(t, exitUsage, code, "%s %v: %s", line, more, stderr.String())
	return end{stdout.String(), code}
}

// shards runs a command in n shards and returns the files of what they print.
func shards(t *testing.T, line string, n int) (files []string) {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		files = append(files, filepath.Join(dir, fmt.Sprintf("part%d.json", i+1)))
		part := running(t, line, "--json", "--shard", fmt.Sprintf("%d/%d", i+1, n))
		require.NoError(t, os.WriteFile(files[i], []byte(part.text), 0o666))
	}
	return files
}

// What shards print is merged to what the whole command prints, byte for byte, in each of its forms and with its exit code: for any
// number of shards, also one or more than there are parts, and whatever a limit has cut. Without -big, one line for each command.
func TestShardsAreMergedToTheWhole(t *testing.T) {
	check, designs, mutants := []string{"", "--json", "--table", "--stories"}, []string{"", "--json", "--all"}, []string{"", "--json", "--table"}
	for _, c := range []struct {
		line  string
		forms []string
		n     []int
		big   bool
	}{
		{"check --scenario cannot-apply --max-states 60 --fairness strong", check, []int{1, 2, 7, 3}, false},
		{"check", check, []int{1, 2, 3, 7}, true},
		{"check --scenario crash --design sms20,repaired,journal --symmetry --reduction", check, []int{2}, true},
		{"check --scenario cannot-apply --store disk --workers 1", check, []int{3}, true},
		{"check --scenario cannot-apply --property incoming-drains,accepted-served-exactly --counterexamples 3", check, []int{2}, true},
		{"check --scenario dp-away --timeout 1ns", check, []int{2}, true},
		{"designs --scenario cannot-apply --property incoming-drains,copy-matches-record", designs, []int{1, 33, 3}, false},
		{"designs --scenario cannot-apply", designs, []int{2, 7}, true},
		{"designs --scenario cannot-apply,early-read --max-states 60 --property incoming-drains,one-version-among-writers", designs, []int{3}, true},
		{"designs --scenario late-status --property status-never-goes-back", designs, []int{2}, true},
		{"mutants --scenario early-read", mutants, []int{1, 2, 7, 3}, false},
		{"mutants --scenario cannot-apply,early-read --design sms20 --max-states 100", mutants, []int{3, 200}, true},
		{"walk --walks 100 --scenario duplicates --seed 2", []string{"", "--json"}, []int{3}, false},
		{"walk --walks 500 --property one-version-among-writers,accepted-served-at-rest,copy-matches-record", []string{"", "--json"}, []int{1, 2, 3, 7}, true},
		{"walk --walks 5 --seed 3 --scheduler rule --length 50 --design repaired", []string{"", "--json"}, []int{1, 2, 7}, true},
	} {
		if !*big {
			if c.big {
				continue
			}
			c.n = c.n[len(c.n)-1:]
		}
		want := map[string]end{}
		for _, form := range c.forms {
			want[form] = running(t, c.line, strings.Fields(form)...)
		}
		for _, n := range c.n {
			files := shards(t, c.line, n)
			slices.Reverse(files)
			for _, form := range c.forms {
				got := running(t, "merge "+form, files...)
				require.Equal(t, want[form].code, got.code, "%s %s, %d shards", c.line, form, n)
				require.Equal(t, want[form].text, got.text, "%s %s, %d shards", c.line, form, n)
			}
		}
	}
}

// A shard that was interrupted makes the whole inconclusive, whatever the others come to.
func TestAnInterruptedShardMakesTheWholeInconclusive(t *testing.T) {
	interrupted, interrupt := context.WithCancel(t.Context())
	interrupt()
	for line, said := range map[string]string{
		"check --scenario cannot-apply --design repaired,rescan-timer,rescan-timer+journal": "rescan-timer inconclusive 25 of 25 properties: interrupted, 1 state",
		"designs --scenario cannot-apply --property incoming-drains":                        "Inconclusive: 352 sets, under which not every verdict is known",
		"mutants --scenario cannot-apply":                                                   " 50 undecided",
		"walk --walks 60 --design repaired":                                                 "Ended early: interrupted",
	} {
		files := shards(t, line, 3)
		whole := running(t, "merge", files...)
		require.NotContains(t, whole.text, said, line)
		var stdout bytes.Buffer
		out := bufio.NewWriter(&stdout)
		code, err := runCommand(terminal{ctx: interrupted, stdout: out, stderr: new(bytes.Buffer)}, append(strings.Fields(line), "--json", "--shard", "2/3"))
		require.NoError(t, err)
		require.NoError(t, out.Flush())
		assert.Equal(t, exitInconclusive, code, line)
		require.NoError(t, os.WriteFile(files[1], stdout.Bytes(), 0o666))
		merged := running(t, "merge", files...)
		assert.Contains(t, strings.Join(strings.Fields(merged.text), " "), said, line)
		want := exitInconclusive
		if whole.code == exitViolated { // by what another shard found
			want = exitViolated
		}
		assert.Equal(t, want, merged.code, line)
	}
}

// What cannot be merged, or divided, is one line that says what was expected, and exit code 2.
func TestWhatCannotBeMerged(t *testing.T) {
	scenario, err := filepath.Abs(first)
	require.NoError(t, err)
	text := file(t, scenario)
	t.Chdir(t.TempDir())
	keep := func(path, text string) { require.NoError(t, os.WriteFile(path, []byte(text), 0o666)) }
	part := func(path, line string) { keep(path, running(t, line).text) }
	keep("mine.yaml", text)
	part("one.json", "walk --walks 4 --shard 1/2 --json")
	part("two.json", "walk --walks 4 --shard 2/2 --json")
	part("other.json", "walk --walks 4 --shard 2/2 --json --seed 1")
	part("designs.json", "designs --scenario cannot-apply --timeout 1ns --shard 2/2 --json")
	part("mine1.json", "walk --walks 4 --scenario mine.yaml --shard 1/2 --json")
	part("whole.json", "walk --walks 4 --json")
	keep("mine.yaml", strings.Replace(text, "updates: 2", "updates: 3", 1))
	part("mine2.json", "walk --walks 4 --scenario mine.yaml --shard 2/2 --json")
	keep("cut.json", file(t, "two.json")[:1000])
	keep("changed.json", strings.Replace(file(t, "two.json"), `"walks": 2`, `"walks": 3`, 1))
	keep("format.json", strings.Replace(file(t, "two.json"), `"format": 1`, `"format": 2`, 1))
	running(t, "merge two.json one.json")
	for line, want := range map[string]string{
		"merge":                            "expected a file after the command",
		"merge one.json":                   "one.json: expected all 2 shards beside it, found 1; 2/2 is missing",
		"merge two.json":                   "two.json: expected all 2 shards beside it, found 1; 1/2 is missing",
		"merge one.json one.json two.json": "one.json: expected each shard once, found 1/2, which one.json has as well",
		"merge one.json other.json":        "other.json: expected the arguments --walks=4, as one.json has, found --walks=4 --seed=1",
		"merge one.json designs.json":      "designs.json: expected the command walk, as one.json has, found designs",
		"merge mine1.json mine2.json":      "mine2.json: expected scenarios, rules and properties with the hash ",
		"merge one.json whole.json":        `whole.json: expected what a command with --shard and --json writes, found no object "shard"`,
		"merge one.json cut.json":          "cut.json: expected one JSON object, found the end of the file after 1000 bytes: it was cut short",
		"merge one.json changed.json":      "changed.json: expected the sum ",
		"merge one.json format.json":       "format.json: expected format 1, found 2: another version of the program wrote it",
		"merge one.json none.json":         "none.json: cannot be read: no such file or directory",
		"merge one.json two.json --all":    "one.json: walk --walks=4 --all: unknown flag --all",
		"merge --json --table one.json":    "--json and --table: expected one of them, found both",

		"walk --shard 1/2":                                     "--shard: expected --json beside it, for pkgdist merge to read",
		"walk --shard 3/2 --json":                              `--shard: expected a shard I/N such as 2/4, with I from 1 to N and N to 100000, found "3/2"`,
		"walk --shard 1/2 --json --out kept":                   "--shard: expected no --out beside it",
		"check --shard 1/2 --json --list":                      "--shard: expected no --list beside it",
		"designs --shard 1/2 --smallest":                       "--shard: expected no --smallest beside it",
		"check --shard 1/2 --graph x.dot --design none --json": "--shard: expected no --graph beside it",
	} {
		var stdout, stderr bytes.Buffer
		assert.Equal(t, exitUsage, execute(strings.Fields(line), &stdout, &stderr), line)
		assert.Contains(t, stderr.String(), "pkgdist: "+want, line)
		assert.Equal(t, 1, strings.Count(stderr.String(), "\n"), line)
		assert.Empty(t, stdout.String(), line)
	}
	// The inputs of both are the same, but no longer those of this program.
	keep("mine.yaml", text)
	part("mine2.json", "walk --walks 4 --scenario mine.yaml --shard 2/2 --json")
	keep("mine.yaml", strings.Replace(text, "updates: 2", "updates: 3", 1))
	var stdout, stderr bytes.Buffer
	assert.Equal(t, exitUsage, execute([]string{"merge", "mine1.json", "mine2.json"}, &stdout, &stderr))
	assert.Contains(t, stderr.String(), "mine1.json: expected scenarios, rules and properties with the hash ")
	assert.Contains(t, stderr.String(), ", as this program has, found ")
}

// What is not so is not believed, even of a file whose sum is right: each trace is taken again, and each part has to be the one that
// belongs there.
func TestWhatIsNotSoIsNotMerged(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct{ line, old, new, want string }{
		{"check --scenario cannot-apply --design sms20", "", "", ""},
		{"check --scenario cannot-apply --design sms20", `"administrator.update(`, `"administrator.updat(`, "design sms20: "},
		{"check --scenario cannot-apply --design sms20", `"complete": true`, `"complete": false`, "expected verdicts on 33 properties"},
		{"check --scenario cannot-apply --design sms20", `"fired": `, `"fired": 1`, ""},
		{"check --scenario cannot-apply --design sms20", `"verdict": "holds"`, `"verdict": "violated"`, "expected a trace that shows it"},
		{"check --scenario cannot-apply --design sms20", `"verdict": "holds"`, `"verdict": "fine"`, "expected its verdict, found"},
		{"check --scenario cannot-apply --design sms20", `"name": "administrator.update"`, `"name": "timer.rescan"`, "expected the rule administrator.update, found"},
		{"check --scenario cannot-apply --design sms20", `"design": "sms20"`, `"design": "none"`, "expected the design sms20, found none"},
		{"check --scenario cannot-apply --design sms20 --max-states 5", `"verdict": "inconclusive"`, `"verdict": "holds"`, "expected no property that holds where not all was explored"},
		{"designs --scenario cannot-apply --property incoming-drains", `"mechanisms": []`, `"mechanisms": ["journal"]`, "expected the set none, found [journal]"},
		{"mutants --scenario cannot-apply", `"rule": "administrator.update"`, `"rule": "timer.rescan"`, "expected the mutant administrator.update without "},
		{"mutants --scenario cannot-apply", `"outcome": "killed"`, `"outcome": "dead"`, "expected a part of the table of rules and an outcome"},
		{"walk --walks 500 --property one-version-among-writers", `"administrator.update(site=A package=P version=2)"`, `"timer.rescan(site=B)"`, "one-version-among-writers: "},
		{"walk --walks 500 --property one-version-among-writers", `"not_violated": []`, `"not_violated": ["one-version-among-writers"]`, "in both lists or in none"},
		{"walk --walks 5", `"coverage"`, `"covered"`, `unknown field "covered"`},
	} {
		text := running(t, c.line+" --shard 1/1 --json").text
		require.Contains(t, text, c.old)
		require.NoError(t, os.WriteFile("part.json", []byte(sealed(t, strings.Replace(text, c.old, c.new, 1))), 0o666))
		var stdout, stderr bytes.Buffer
		code := execute([]string{"merge", "part.json"}, &stdout, &stderr)
		assert.Equal(t, c.want != "", code == exitUsage, "%s: %s -> %s: %s", c.line, c.old, c.new, stderr.String())
		assert.Contains(t, stderr.String(), c.want, c.line)
		if c.want != "" {
			assert.Contains(t, stderr.String(), "pkgdist: part.json: ")
		}
	}
}

// sealed is the JSON of a shard with the sum of what it has.
func sealed(t *testing.T, text string) string {
	var compact bytes.Buffer
	sum := regexp.MustCompile(`"sum":\s*"[0-9a-f]*"`)
	require.NoError(t, json.Compact(&compact, []byte(sum.ReplaceAllString(text, `"sum": ""`))))
	return sum.ReplaceAllString(text, fmt.Sprintf(`"sum": "%x"`, sha256.Sum256(compact.Bytes())))
}
