package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props/report"
)

const (
	root        = "../../.."
	readme      = root + "/README.md"
	propsRead   = root + "/props/README.md"
	checkRead   = root + "/props/check/README.md"
	conformRead = root + "/props/check/conform/README.md"
	first       = root + "/fixtures/scenarios/article.yaml"
	told        = root + "/fixtures/counterexamples/stuck-without-overlap.txtar"
)

// readmes are all READMEs of the project, and the other documents that people write,
// by their paths.
func readmes(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, pattern := range []string{"README.md", "*/README.md", "*/*/README.md", "*/*/*/README.md", "props/GUIDE.md", ".github/*.md"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		for _, path := range files {
			texts[path] = file(t, path)
		}
	}
	require.GreaterOrEqual(t, len(texts), 8)
	return texts
}

// blocks returns the fenced blocks of a document in that language.
func blocks(text, language string) []string {
	var found []string
	for part := range strings.SplitSeq(text, "\n```"+language+"\n") {
		block, _, _ := strings.Cut(part, "\n```\n")
		found = append(found, block+"\n")
	}
	return found[1:]
}

func file(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// failures are the blocks that a failing test prints. A module of one's own has
// those tests.
func failures(text string) []string {
	return slices.DeleteFunc(blocks(text, "text"), func(block string) bool { return !strings.HasPrefix(block, "--- FAIL") })
}

// What the READMEs show is what the program prints.
func TestTheReadmesAreCurrent(t *testing.T) {
	var stdout, stderr bytes.Buffer
	for _, line := range []string{"check --stories", "check", "check --story incoming-empty-at-rest"} {
		require.Equal(t, exitViolated, execute(strings.Fields(line), &stdout, &stderr), line)
	}
	printed := stdout.String()
	// That the search comes to this is what its own test says.
	require.NoError(t, report.Screen{}.Smallest(&stdout, nil, []model.MechanismSet{model.Repair}, 848))
	table, seen := differing(t, printed), 0
	for path, text := range readmes(t) {
		for _, block := range blocks(text, "text") {
			switch {
			case strings.HasPrefix(block, "--- FAIL"):
			case strings.HasPrefix(block, "  verdict "): // TestReadmeModuleThatConforms
			case strings.HasPrefix(block, "  "+strings.Repeat(" ", 20)):
				assert.Equal(t, table, block, "%s: the rows of check in which the designs differ", path)
				seen++
			default:
				assert.True(t, strings.Contains(stdout.String(), block), "%s: not what the program prints: %.400s", path, block)
				seen++
			}
		}
		for _, block := range blocks(text, "yaml") {
			if strings.HasPrefix(block, "jobs:") { // TestTheReadmesJobsComeToTheWhole
				continue
			}
			assert.Equal(t, file(t, first), block, path)
			seen++
		}
	}
	assert.Equal(t, 6, seen)
}

var columns = regexp.MustCompile(`  +`)

// differing is the head of the table that check prints, and the rows in which
// the designs differ.
func differing(t *testing.T, printed string) string {
	t.Helper()
	_, rows, ok := strings.Cut(printed, "\n\n")
	require.True(t, ok)
	rows, _, ok = strings.Cut(rows, "\n\n")
	require.True(t, ok)
	head, rows, ok := strings.Cut(rows, "\n")
	require.True(t, ok)
	table := head + "\n"
	for line := range strings.Lines(rows + "\n") {
		cells := columns.Split(strings.TrimSpace(line), -1)
		require.Len(t, cells, 1+len(model.Designs()), line)
		if len(slices.Compact(cells[1:])) > 1 {
			table += line
		}
	}
	return table
}

// project makes the working folder one in which a document can be written.
func project(t *testing.T) {
	t.Helper()
	require.NoError(t, os.WriteFile("go.mod", []byte("module pkgdist\n"), 0o666))
	require.NoError(t, os.Mkdir("model", 0o777))
}

// inline is a command of ours between other words.
var inline = regexp.MustCompile("`(go tool pkgdist [^`]+)`")

// shellCommands are the lines of the blocks of a document that a shell reads, without
// comments, and the commands of ours between other words, in words.
func shellCommands(text string) [][]string {
	var list [][]string
	for _, m := range inline.FindAllStringSubmatch(text, -1) {
		list = append(list, strings.Fields(m[1]))
	}
	for _, block := range blocks(text, "sh") {
		for line := range strings.Lines(block) {
			line, _, _ = strings.Cut(line, "#")
			list = append(list, strings.Fields(line))
		}
	}
	return list
}

// The commands that the READMEs give can be given. Limits keep the large ones
// short here.
func TestTheReadmesCommandsRun(t *testing.T) {
	if !*big {
		t.Skip("runs them all, which takes half a minute: -big")
	}
	texts := readmes(t)
	delete(texts, filepath.Join(root, "props", "check", "beam", "README.md")) // its commands are not those of this module
	fixtures, err := filepath.Abs(filepath.Join(root, "fixtures"))
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	project(t)
	require.NoError(t, os.CopyFS("fixtures", os.DirFS(fixtures)))
	seen := 0
	for path, text := range texts {
		for _, args := range shellCommands(text) {
			switch {
			case slices.Equal(args[:2], []string{"go", "test"}): // which whoever reads it runs
			case path == readme && slices.Contains([]string{"go mod", "go get"}, strings.Join(args[:2], " ")): // TestReadmeModule
			case slices.Equal(args[:3], []string{"go", "tool", "pkgdist"}):
				seen++
				runShort(t, path, args[3:])
			default:
				assert.Fail(t, "an unknown command", "%s: %v", path, args)
			}
		}
	}
	assert.GreaterOrEqual(t, seen, 50)
}

// runShort runs a command within limits, and fails if it cannot be given.
func runShort(t *testing.T, path string, args []string) {
	t.Helper()
	switch args[0] {
	case "check":
		args = append(args, "--max-states", "4000")
	case "designs":
		args = append(args, "--max-states", "20")
	case "mutants":
		args = append(args, "--max-states", "100")
	case "explore":
		args = append(slices.DeleteFunc(args, func(arg string) bool { return arg == "--tui" }), "--timeout", "2s")
	case "doc":
		args = append(args, "protocol") // the others take their time
	case "conform": // TestReadmeModuleThatConforms and testdata/conform.txtar
		args = append(args, "--timeout", "1ns")
	case "walk":
		args = append(args, "--walks", "20", "--property", "one-version-among-writers")
	}
	var stdout, stderr bytes.Buffer
	code := execute(args, &stdout, &stderr)
	assert.NotEqual(t, exitUsage, code, "%s: %v: %s", path, args, stderr.String())
}

// The jobs that the README gives for a matrix of machines come to what the whole command prints. A limit keeps it short here.
func TestTheReadmesJobsComeToTheWhole(t *testing.T) {
	jobs := slices.DeleteFunc(blocks(file(t, propsRead), "yaml"), func(block string) bool { return !strings.HasPrefix(block, "jobs:") })
	require.Len(t, jobs, 1)
	type job struct {
		Strategy struct{ Matrix struct{ Shard []int } }
		Steps    []struct{ Run string }
	}
	var workflow struct{ Jobs struct{ Share, Whole job } }
	require.NoError(t, yaml.Unmarshal([]byte(jobs[0]), &workflow))
	command := func(j job) string {
		i := slices.IndexFunc(j.Steps, func(s struct{ Run string }) bool { return s.Run != "" })
		return strings.TrimPrefix(j.Steps[i].Run, "go tool pkgdist ")
	}
	t.Chdir(t.TempDir())
	share, to, ok := strings.Cut(command(workflow.Jobs.Share), " > ")
	require.True(t, ok)
	for _, i := range workflow.Jobs.Share.Strategy.Matrix.Shard {
		in := func(text string) string { return strings.ReplaceAll(text, "${{ matrix.shard }}", fmt.Sprint(i)) }
		require.NoError(t, os.WriteFile(in(to), []byte(running(t, in(share)+" --scenario cannot-apply --max-states 300").text), 0o666))
	}
	name, pattern, ok := strings.Cut(command(workflow.Jobs.Whole), " ")
	require.True(t, ok)
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	assert.Equal(t, running(t, "designs --scenario cannot-apply --max-states 300"), running(t, name, files...))
}

var (
	link    = regexp.MustCompile(`\]\(([^)#\s]*)(?:#([^)\s]*))?\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	fenced  = regexp.MustCompile("(?ms)^```.*?^```$")
)

// anchors are the headings of a document as GitHub links to them.
func anchors(text string) []string {
	var list []string
	for _, m := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		name := regexp.MustCompile(`[^\p{L}\p{N}_ -]`).ReplaceAllString(strings.ToLower(m[1]), "")
		list = append(list, strings.ReplaceAll(name, " ", "-"))
	}
	return list
}

// The links of the READMEs lead to files, folders and headings that are there.
func TestTheReadmesLinksLeadSomewhere(t *testing.T) {
	seen := 0
	for path, text := range readmes(t) {
		for _, m := range link.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
			target, anchor := m[1], m[2]
			if strings.HasPrefix(target, "https://") {
				continue
			}
			seen++
			to := path
			if target != "" {
				to = filepath.Join(filepath.Dir(path), target)
			}
			if _, err := os.Stat(to); !assert.NoError(t, err, "%s: %s", path, m[0]) || anchor == "" {
				continue
			}
			assert.Contains(t, anchors(file(t, to)), anchor, "%s: %s", path, m[0])
		}
	}
	assert.GreaterOrEqual(t, seen, 20)
}
