package terminal

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check"
	"pkgdist/props/check/explore"
	"pkgdist/props/check/show"
	"pkgdist/props/internal/testmodel"
)

// A room has a lock, and two people who look before they take it. With a latch, to look is to take.
type room struct {
	At     [2]string
	Locked bool
}

func mutex(latch bool) explore.Explorer {
	m := check.Model[room, string]{
		Name: "A room and its lock",
		Init: func() []room { return []room{{At: [2]string{"outside", "outside"}}} },
		Steps: func(s room, yield func(string, room)) {
			for i, who := range []string{"Ann", "Bob"} {
				next := s
				switch {
				case s.At[i] == "outside" && !s.Locked:
					next.At[i], next.Locked = "at the door", latch
					yield(who+" looks", next)
				case s.At[i] == "at the door":
					next.At[i], next.Locked = "inside", true
					yield(who+" enters", next)
				case s.At[i] == "inside":
					next.At[i], next.Locked = "outside", false
					yield(who+" leaves", next)
				}
			}
		},
		Rules:   []string{"any"},
		Rule:    func(string) int { return 0 },
		Blocked: func(_ *room, _ int, yield func(string)) { yield("the lock is free") },
	}
	e, err := explore.New(m, []check.Property[room]{
		check.Never("both-inside", func(s *room) bool { return s.At[0] == "inside" && s.At[1] == "inside" }).Says("Never are both inside."),
	}, explore.Options{Name: map[bool]string{true: "latched", false: "open"}[latch]})
	if err != nil {
		panic(err)
	}
	return e
}

// A driver takes the place of the terminal: it passes keys on, and what comes of them.
type driver struct {
	t testing.TB
	*screen
	messages chan tea.Msg
}

func drive(t testing.TB, explorers ...explore.Explorer) *driver {
	for _, e := range explorers {
		e.Search(t.Context())
	}
	d := &driver{t, newScreen(t.Context(), t.TempDir(), explorers), make(chan tea.Msg, 100)}
	d.run(d.Init())
	d.until("What can happen now")
	d.until("violated")
	return d
}

func (d *driver) run(command tea.Cmd) {
	if command == nil {
		return
	}
	go func() {
		message := command()
		if batch, ok := message.(tea.BatchMsg); ok {
			for _, one := range batch {
				d.run(one)
			}
			return
		}
		select {
		case d.messages <- message:
		case <-d.t.Context().Done():
		}
	}()
}

func (d *driver) update(m tea.Msg) {
	_, command := d.Update(m)
	d.run(command)
}

func (d *driver) text() string { return ansi.Strip(strings.Join(d.lines(), "\n")) }

// until takes messages in until the screen shows a text.
func (d *driver) until(text string) {
	d.t.Helper()
	late := time.After(20 * time.Second)
	for !strings.Contains(d.text(), text) {
		select {
		case m := <-d.messages:
			d.update(m)
		case <-late:
			require.Contains(d.t, d.text(), text)
		}
	}
}

var special = map[string]rune{"left": tea.KeyLeft, "right": tea.KeyRight, "up": tea.KeyUp, "down": tea.KeyDown, "enter": tea.KeyEnter, "home": tea.KeyHome, "end": tea.KeyEnd,
	"esc": tea.KeyEscape, "backspace": tea.KeyBackspace, "pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp}

func (d *driver) keys(names ...string) {
	for _, name := range names {
		if code, ok := special[name]; ok {
			d.update(tea.KeyPressMsg{Code: code})
			continue
		}
		for _, r := range name {
			d.update(tea.KeyPressMsg{Code: r, Text: string(r)})
		}
	}
}

func TestAPersonWalksByKeys(t *testing.T) {
	d := drive(t, mutex(false))
	assert.Contains(t, d.text(), "A room and its lock\n13 states, all there are, 1 of 1 property violated\n")
	assert.Contains(t, d.text(), ">1 Ann looks")
	d.keys("1")
	d.until("Step 1 of 1  Ann looks")
	assert.Contains(t, d.text(), "At[0] ● at the door was outside")
	d.keys("down", "enter")
	d.until("Step 2 of 2  Bob looks")
	d.keys("left")
	d.until("Step 1 of 2  Ann looks")
	d.until("Bob looks (the path goes on so)")
	d.keys("2") // which is the same path
	d.until("Step 2 of 2")
	d.keys("home")
	d.until("The beginning")
	d.keys("end")
	d.until("Step 2 of 2")
	d.keys("0")
	d.until("The beginning  Choose what happens.")
	d.keys("u")
	d.until("Step 2 of 2")
	d.keys("u", "u")
	d.until("The beginning")
	d.keys("u")
	d.until("There is nothing to undo.")
}

func TestAPersonJumpsToWhereAPropertyBreaks(t *testing.T) {
	d := drive(t, mutex(false))
	d.keys("j")
	d.until("Step 4 of 4  Bob enters")
	d.until("✕ This violates Never are both inside. Step 4 decides it: Bob enters")
	d.keys("left")
	d.until("✕ breaks both-inside")
	d.keys("p")
	assert.Contains(t, d.text(), "1. Ann looks\n        At[0] outside -> at the door")
	d.keys("v")
	assert.Contains(t, d.text(), "both-inside: violated after 4 steps")
	d.keys("m")
	assert.Contains(t, d.text(), "States by their distance")
	assert.Regexp(t, `>   3 +\d+ █`, d.text())
	d.keys("n")
	d.until("✕ it needs that the lock is free")
	d.keys("?")
	assert.Contains(t, d.text(), "jump to where the next property breaks")
}

func TestAPersonFindsFiltersAndKeeps(t *testing.T) {
	d := drive(t, mutex(false))
	d.update(tea.WindowSizeMsg{Width: 200, Height: 40}) // the name of the folder is in one line
	d.keys("/", "At[0] = inside and At[1] = insidd", "backspace", "e", "enter")
	d.until("Step 4 of 4")
	d.until("Found after 4 steps")
	d.keys("k")
	d.until("Kept in ")
	d.keys("k")
	d.until("both-inside-2.txtar")
	d.keys("g")
	d.until("both-inside_test.go.txt")
	d.keys("o", "pdf", "enter")
	d.until(`unknown format "pdf"`)
	for _, name := range []string{"both-inside.txtar", "both-inside-2.txtar"} {
		k, err := show.Read(filepath.Join(d.folder, name))
		require.NoError(t, err)
		assert.Len(t, k.Steps, 4)
	}
	test, err := os.ReadFile(filepath.Join(d.folder, "both-inside_test.go.txt"))
	require.NoError(t, err)
	assert.Contains(t, string(test), "check.RequireViolated")
	d.keys("/", "Room = full", "enter")
	d.until(`expected a field, found "Room"`)
	d.keys("/", "esc", "0")
	d.until("The beginning")
	d.keys("f", "bob", "enter")
	d.until(`1 of 2 steps with "bob"`)
	d.keys("1")
	d.until("Step 1 of 1  Bob looks")
}

func TestTwoModelsStandBesideEachOther(t *testing.T) {
	d := drive(t, mutex(false), mutex(true))
	d.keys("1")
	d.until("≠ After step 1 they differ: Locked.")
	assert.Contains(t, d.text(), "2 Bob looks ≠ only under open")
	d.keys("s", "pgdown", "pgdown")
	assert.Contains(t, d.text(), "latched")
	d.keys("2")
	d.until("latched: step 2, Bob looks, is not possible")
	d.until("Step 2 of 2  Bob looks")
}

// What takes long is said to be in work, and a later question makes an earlier one void.
func TestWhatTakesLongIsSaidToBeInWork(t *testing.T) {
	released := make(chan struct{})
	m := testmodel.Way(9).Model()
	steps := m.Steps
	m.Steps = func(s int, yield func(testmodel.Edge, int)) {
		if s == 2 { // to where the steps of the next state lead
			<-released
		}
		steps(s, yield)
	}
	e, err := explore.New(m, nil, explore.Options{})
	require.NoError(t, err)
	d := &driver{t, newScreen(t.Context(), t.TempDir(), []explore.Explorer{e}), make(chan tea.Msg, 100)}
	d.run(d.Init())
	d.until("not explored yet")
	d.until(">1")
	d.keys("1")
	d.until("Working …")
	d.keys("u")
	d.until("The beginning")
	close(released)
	time.Sleep(50 * time.Millisecond)
	for len(d.messages) > 0 {
		d.update(<-d.messages)
	}
	assert.Contains(t, d.text(), "The beginning")
}

var style = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// Whatever the size, a line is no wider than the screen and there are no more of them; and whatever the texts are, nothing
// drives the terminal but our own colours.
func TestTheScreenFitsAndNoTextDrivesIt(t *testing.T) {
	for _, text := range []string{"plain", "\x1b[2J\x1b]0;title\a\b\r", "\u202ereversed\u202c \u0000 zero\u200bwidth \U0001F600", strings.Repeat("long", 60), "two\nlines", "日本語の長い名前"} {
		m := check.Model[room, string]{
			Name: text,
			Init: func() []room { return []room{{At: [2]string{text, text}}} },
			Steps: func(s room, yield func(string, room)) {
				for i := range 12 {
					yield(fmt.Sprint(text, i), room{At: [2]string{text + fmt.Sprint(i)}, Locked: true})
				}
			},
			Places:   []show.Place{{Name: "x", Title: text, Note: text}},
			Describe: func(s *room) []show.Field { return []show.Field{{Place: "x", Label: text, Value: s.At[0]}} },
			Rules:    []string{text}, Rule: func(string) int { return 0 }, Blocked: func(_ *room, _ int, yield func(string)) { yield(text) },
			Remarks: func(*room, string) []string { return []string{text} },
		}
		e, err := explore.New(m, []check.Property[room]{check.Never(text, func(s *room) bool { return s.Locked }).Says(text)}, explore.Options{})
		require.NoError(t, err)
		d := drive(t, e)
		d.keys("1")
		d.until("Step 1 of 1")
		d.keys("/", "x")
		d.keys("enter")
		for _, size := range [][2]int{{80, 24}, {40, 12}, {20, 5}, {200, 60}, {1, 1}} {
			d.update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			for _, key := range []string{"s", "p", "n", "v", "m", "?", "pgdown", "down"} {
				d.keys(key)
				lines := d.lines()
				assert.LessOrEqual(t, len(lines), size[1])
				for _, line := range lines {
					assert.LessOrEqual(t, ansi.StringWidth(line), size[0], "%q", line)
					bare := style.ReplaceAllString(line, "")
					require.Equal(t, show.Printable(bare), bare)
				}
			}
		}
	}
}

// An output takes what the program writes.
type output struct {
	sync.Mutex
	bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.Lock()
	defer o.Unlock()
	return o.Buffer.Write(p)
}

// The whole program, by the bytes of its keys: it keeps a path, and quits.
func TestRun(t *testing.T) {
	in, keys := io.Pipe()
	var out output
	folder := t.TempDir()
	e := mutex(false)
	done := make(chan error)
	go func() { done <- Run(t.Context(), in, &out, folder, e) }()
	require.Eventually(t, func() bool { return e.Searched().Ended }, 20*time.Second, 5*time.Millisecond)
	file := filepath.Join(folder, "both-inside.txtar")
	require.Eventually(t, func() bool {
		fmt.Fprint(keys, "j")
		time.Sleep(300 * time.Millisecond)
		fmt.Fprint(keys, "k")
		time.Sleep(300 * time.Millisecond)
		_, err := os.Stat(file)
		return err == nil
	}, 20*time.Second, 5*time.Millisecond)
	fmt.Fprint(keys, "q")
	assert.NoError(t, <-done)
	assert.Error(t, Run(t.Context(), in, &out, folder))
}
