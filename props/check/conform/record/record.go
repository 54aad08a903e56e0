// Package record is what a test says of code that was held against a model, as an attribute that go test -json passes on.
// Package conform writes it, and go tool pkgdist conform reads it: neither has to know the other.
package record

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"pkgdist/props/check/show"
)

// Key is the name of the attribute.
const Key = "pkgdist.conform"

// Verdict is what became of the code.
type Verdict string

// The verdicts.
const (
	Conforms  Verdict = "conforms"
	InPart    Verdict = "in part"   // it conforms, as far as it was driven
	Differs   Verdict = "differs"   // what is seen is not what the model expects
	Cannot    Verdict = "cannot"    // do what the model can
	Forbidden Verdict = "forbidden" // it did what the model forbids, or a crash leaves that
	Unseen    Verdict = "unseen"    // it cannot be observed
	Refuted   Verdict = "refuted"   // a log that no behaviour explains
	Undecided Verdict = "undecided" // a log, by a limit
)

var verdicts = []Verdict{Conforms, InPart, Differs, Cannot, Forbidden, Unseen, Refuted, Undecided}

// Record is what was found. Its JSON is an interface: the keys stay.
type Record struct {
	Model   string   `json:"model"`  // its name, or empty
	Module  string   `json:"module"` // the path of the module whose code it is; empty is that of the test
	Verdict Verdict  `json:"verdict"`
	Covered int      `json:"covered"`
	All     int      `json:"all"`   // 0: it is not known of how many
	Unit    string   `json:"unit"`  // of what is counted: transitions, traces, calls, lines
	Steps   int      `json:"steps"` // of the story
	Story   []string `json:"story"` // of what is wrong, in lines of any width; too long a story has no middle
	Page    string   `json:"page"`  // on which it is kept, or empty
	Again   string   `json:"again"` // the command that runs it again, or empty
}

// A line of a test with more than 4,096 bytes, among them the name of the test, is no attribute to go test -json but output.
// So a value is about this long at the most.
const (
	storyBytes  = 2400
	storyLines  = 60  // what a person reads
	lineLength  = 300 // characters of a line of a story, so that its first and its last have room
	labelLength = 100 // characters of a name
)

// String is the value of the attribute: one line of JSON.
func (r Record) String() string {
	r.Model, r.Module, r.Story = show.Excerpt(r.Model, labelLength), show.Excerpt(r.Module, labelLength), bounded(r.Story)
	return encoded(r)
}

// bounded is the beginning and the end of a story, the first line and the last at least.
func bounded(story []string) []string {
	cut := make([]string, len(story))
	for i, line := range story {
		cut[i] = show.Excerpt(line, lineLength)
	}
	from, to, room := 0, len(cut), storyBytes
	for from < to {
		line := cut[from]
		if from > len(cut)-to {
			line = cut[to-1]
		}
		if room -= len(encoded(line)); (room < 0 || len(cut)-(to-from) >= storyLines) && from > 0 && to < len(cut) {
			middle := fmt.Sprintf("      … %s left out …", show.Count(to-from, "line is", "lines are"))
			return slices.Concat(cut[:from], []string{middle}, cut[to:])
		}
		if from > len(cut)-to {
			to--
		} else {
			from++
		}
	}
	return cut
}

func encoded(value any) string {
	var b strings.Builder
	if err := show.WriteJSON(&b, "", value); err != nil {
		panic(err) // strings and numbers
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Parse reads the value of an attribute.
func Parse(value string) (Record, error) {
	var r Record
	err := json.Unmarshal([]byte(value), &r)
	if err == nil && !slices.Contains(verdicts, r.Verdict) {
		err = fmt.Errorf("expected a verdict, found %q", r.Verdict)
	}
	if err != nil {
		return Record{}, fmt.Errorf("the attribute %s cannot be read; expected one that the conform package of the same version writes: %w", Key, err)
	}
	return r, nil
}
