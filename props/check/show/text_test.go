package show_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/props/check/show"
)

func story(t *testing.T, text show.Text, d *show.Document) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, text.Story(&b, d))
	return b.String()
}

// A line is as wide as it may be, measured in characters, or has a single word.
func TestStoriesFitTheirWidth(t *testing.T) {
	for _, d := range everyDocument() {
		d.Wrong += " Wörter von äußerster Länge: →→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→→."
		for _, width := range []int{40, 60, 100} {
			for line := range strings.Lines(story(t, show.Text{Width: width, Explain: true}, d)) {
				line = strings.TrimRight(line, "\n")
				if utf8.RuneCountInString(line) > width {
					assert.Len(t, strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "=>")), 1, line)
				}
				assert.Equal(t, strings.TrimRight(line, " "), line)
			}
		}
	}
	assert.Equal(t, story(t, show.Text{Width: show.DefaultWidth}, mutex()), story(t, show.Text{}, mutex()))
}

// Wrapping keeps all words in their order, fits the width, and breaks a line only
// where the next phrase would not have fitted.
func TestWrapKeepsWordsAndFillsLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		phrases := rapid.SliceOfN(rapid.StringMatching(`[aé]{1,9}( [bü]{1,9}){0,3}`), 1, 12).Draw(t, "phrases")
		width := rapid.IntRange(14, 60).Draw(t, "width")
		var b strings.Builder
		show.Wrap(&b, width, "=> ", phrases)
		lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
		require.Equal(t, "=> "+strings.Join(phrases, " "), strings.Join(strings.Fields(b.String()), " "))
		for i, line := range lines {
			require.LessOrEqual(t, utf8.RuneCountInString(line), width)
			if i > 0 {
				require.True(t, strings.HasPrefix(line, "   ") && line[3] != ' ', line)
			}
		}
		whole := strings.Join(lines, "\n")
		for _, phrase := range phrases {
			if utf8.RuneCountInString(phrase) <= width-3 {
				require.Contains(t, whole, phrase, "a phrase that fits a line is not broken")
			}
		}
	})
}

func TestAnExplanationSaysWhatBecomesPossible(t *testing.T) {
	assert.Equal(t, `   1. Process 1 finds the lock free.
        1: at idle -> tested
        now possible: enter(1)
   2. Process 2 finds the lock free.
      ! it is not taken yet
        2: at idle -> tested
        2/cache: lock false -> true
        now possible: enter(2)
   3. Process 1 takes the lock and enters.
        lock false -> true, holders [] -> [1]
        1: at tested -> critical
        now possible: leave(1)
   4. enter(2)
        holders [1] -> [1 2]
        1: at critical -> critical
        2: at tested -> critical
        2/cache: lock true -> false
   => Both processes are in the critical section.
      What would still avoid it instead of step 2: enter(1)
      Step 2 decides it: it is not taken yet.
`, story(t, show.Text{Explain: true}, mutex()))
	d := mutex()
	for _, text := range []string{"a", "b", "c", "d", "e"} {
		d.States[1].Possible = append(d.States[1].Possible, show.Choice{Text: text})
	}
	assert.Contains(t, story(t, show.Text{Explain: true}, d), "        now possible: enter(1), a, b, c and 2 more\n")
	assert.Contains(t, story(t, show.Text{Explain: true}, d), "        no longer possible: a, b, c, d and 1 more\n")
}

// An error of the writer is returned by everything that writes.
func TestAnErrorOfTheWriterIsReturned(t *testing.T) {
	full := errors.New("full")
	table := show.Table{Runs: []show.Result{{Figures: show.Figures{Verdicts: []show.Verdict{{Outcome: "violated", Story: mutex()}}}}}}
	writers := map[string]func(*limited) error{
		"head":  func(w *limited) error { return show.Text{}.Head(w, mutex()) },
		"story": func(w *limited) error { return show.Text{}.Story(w, mutex()) },
		"foot":  func(w *limited) error { return show.Text{}.Foot(w, mutex()) },
		"table": func(w *limited) error { return table.Text(w, 0) },
		"json":  func(w *limited) error { return table.JSON(w) },
		"graph": func(w *limited) error { return graph().DOT(w) },
	}
	for _, f := range show.Formats() {
		writers[f.Name] = func(w *limited) error { return f.Write(w, mutex()) }
	}
	for name, write := range writers {
		var whole limited
		whole.left = 1 << 20
		require.NoError(t, write(&whole))
		for _, left := range []int{0, whole.Len() / 2, whole.Len() - 1} {
			assert.ErrorIs(t, write(&limited{left: left, err: full}), full, "%s, %d bytes", name, left)
		}
	}
}

type limited struct {
	bytes.Buffer
	left int
	err  error
}

func (w *limited) Write(p []byte) (int, error) {
	if len(p) > w.left {
		return 0, w.err
	}
	w.left -= len(p)
	return w.Buffer.Write(p)
}
