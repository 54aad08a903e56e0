package show_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check/show"
)

var (
	big    = flag.Bool("big", false, "also drive a browser, and fail where a tool is missing")
	update = flag.Bool("update", false, "write the files in testdata")
)

// needs skips the test where a tool is missing. Whoever asks for everything has
// it.
func needs(t testing.TB, missing string) {
	t.Helper()
	if *big {
		t.Fatalf("not installed: %s", missing)
	}
	t.Skipf("not installed: %s", missing)
}

// What is the same in every page.
var samePart = regexp.MustCompile(`(?s)<style>.*</style>|<script>.*</script>|<meta http-equiv[^>]*>`)

func TestEachFormOfEachDocumentIsAsKept(t *testing.T) {
	for _, d := range documents() {
		for _, f := range show.Formats() {
			got := samePart.ReplaceAllString(written(t, f.Name, d), "")
			path := filepath.Join("testdata", "forms", d.Name+f.Extension)
			if *update {
				require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
				require.NoError(t, os.WriteFile(path, []byte(got), 0o666))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, string(want), got, "%s as %s", d.Name, f.Name)
		}
	}
}

// The zero document, and one of which only a step is known, have every form.
func TestADocumentMaySayNothing(t *testing.T) {
	for _, d := range []*show.Document{{}, {Steps: []show.Step{{Text: "a"}, {Text: "b"}}}, {Steps: []show.Step{{}}, States: make([]show.State, 2)}} {
		for _, f := range show.Formats() {
			if (f.Name == "txtar" || f.Name == "go") && len(d.Steps) == 1 {
				_, err := f.Bytes(d)
				assert.Error(t, err, "a step has no text")
				continue
			}
			written(t, f.Name, d)
		}
		validITF(t, written(t, "itf", d))
		validEvents(t, d)
	}
}

// Every form that a person reads says at a step what it fails to do, and which step decides the end.
func TestEveryFormSaysWhatIsRemarkedAndWhatDecidesIt(t *testing.T) {
	d := mutex()
	for _, f := range show.Formats() {
		for _, want := range []string{d.Steps[1].Remarks[0], "instead of step 2"} {
			said := strings.Contains(written(t, f.Name, d), want)
			assert.Equal(t, f.Name != "txtar", said, "%s: %s", f.Name, want) // which keeps the steps alone
		}
		assert.NotContains(t, samePart.ReplaceAllString(written(t, f.Name, loop()), ""), "decides it", f.Name)
	}
}

func TestStepsThatDoNotMatterAreFolded(t *testing.T) {
	d := &show.Document{Wrong: "w", Lanes: []show.Lane{{Actor: "a"}, {Actor: "b"}, {Actor: "c"}}, Forever: true, Loop: 9}
	for i := range 12 {
		d.Steps = append(d.Steps, show.Step{Text: fmt.Sprintf("step %d", i+1), By: 1 + i%2})
	}
	d.Steps[4].Remarks = []string{"r"}
	d.Steps[7].Messages = []show.Message{{From: 0, To: 1, What: "m"}}
	_, body, _ := strings.Cut(written(t, "mermaid", d), "as c\n")
	assert.Equal(t, `    Note over L1: 1. step 1
    Note over L1,L2: … 3 steps, 2 to 4#58; c, b
    Note over L1: 5. step 5<br/>⚠ r
    Note over L1,L2: … 2 steps, 6 to 7#58; c, b
    L0->>L1: 8. m
    Note over L1: 9. step 9
    loop repeated for ever
        Note over L2: 10. step 10
        Note over L1: 11. step 11
        Note over L2: 12. step 12
    end
    Note over L0,L2: And so on with step 10.
    Note over L0,L2: ⇒ w
`, body)
	d.Wrong = ""
	assert.NotContains(t, written(t, "mermaid", d), "…")
}

func TestAnArrowSaysEnoughBeforeTheEndIsDecided(t *testing.T) {
	d := panels()
	d.Wrong, d.Steps = "w", append(d.Steps, show.Step{Text: "t"})
	d.States = append(d.States, show.State{ID: 2, Fields: d.States[0].Fields})
	assert.Contains(t, written(t, "mermaid", d), "stored copy x → x y")
	d.Turn = &show.Turn{Step: 1}
	assert.NotContains(t, written(t, "mermaid", d), "stored copy x → x y")
	assert.Contains(t, written(t, "mermaid", d), "stored copy x y → x")
}

func TestAFormDoesNotChangeItsDocument(t *testing.T) {
	for _, make := range []func() *show.Document{mutex, silent, loop} {
		for _, f := range show.Formats() {
			d := make()
			written(t, f.Name, d)
			assert.Equal(t, make(), d, f.Name)
		}
	}
}

func TestADocumentThatContradictsItselfIsRefused(t *testing.T) {
	for want, change := range map[string]func(*show.Document){
		"4 Steps and 4 States; expected a state before the first step and one after each": func(d *show.Document) { d.States = d.States[1:] },
		"States[1] has other fields than the first; expected the same in the same order":  func(d *show.Document) { d.States[1].Fields[0].Label = "x" },
		"States[2] has other fields than the first; expected the same in the same order":  func(d *show.Document) { d.States[2].Fields = nil },
		"Steps[0] names lane 4; expected 0 to 3":                                          func(d *show.Document) { d.Steps[0].By = 4 },
		"Steps[1] names lane -1; expected 0 to 3":                                         func(d *show.Document) { d.Steps[1].Messages[0].To = -1 },
		"Loop is 5; expected 0 to 4":                                                      func(d *show.Document) { d.Forever, d.Loop = true, 5 },
	} {
		d := mutex()
		change(d)
		for _, f := range show.Formats() {
			_, err := f.Bytes(d)
			assert.EqualError(t, err, f.Name+": document: "+want)
		}
		assert.EqualError(t, show.Text{}.Story(&strings.Builder{}, d), "document: "+want)
	}
}

func TestAFormatThatIsUnknownIsAnError(t *testing.T) {
	_, err := show.FindFormat("htm")
	assert.EqualError(t, err, `unknown format "htm"; did you mean html?`)
	_, err = show.FindFormat("pdf")
	assert.EqualError(t, err, `unknown format "pdf"; there are text, markdown, mermaid, html, dot, itf, chrome, txtar, go`)
	assert.IsType(t, &show.UnknownFormatError{}, err)
}

// What is no counterexample is shown, and neither kept nor made a test.
func TestARunThatIsNotReproducedIsShown(t *testing.T) {
	for _, f := range show.Formats() {
		text, err := f.Bytes(fails())
		switch f.Name {
		case "txtar", "go":
			assert.ErrorContains(t, err, "Not reproduced")
		case "itf": // which has states, and nothing that is said of them
			validITF(t, string(text))
		default:
			assert.NoError(t, err)
			assert.Contains(t, string(text), "Not reproduced", f.Name)
		}
	}
	validEvents(t, fails())
	stays := loop()
	stays.Conclusion = "Not reproduced. Every step is possible, but its loop does not close."
	assert.NotContains(t, validITF(t, written(t, "itf", stays)), "loop")
	assert.NotContains(t, written(t, "text", stays), "And so on")
}
