// Package terminal lets a person walk a model in a terminal, as the page of package explore does in a browser.
//
// Goals: the same steps, reasons and keys as on the page, in 80 columns, over ssh too; no text of a model drives the
// terminal.
//
// Non-goals: no mouse, and no map: the levels are a list of figures here.
package terminal

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"pkgdist/props/check/explore"
)

// Run shows one explorer, or two beside each other, until the person quits or ctx ends, and searches meanwhile. Paths are
// kept in the folder.
func Run(ctx context.Context, in io.Reader, out io.Writer, folder string, explorers ...explore.Explorer) error {
	if len(explorers) < 1 || len(explorers) > 2 {
		return fmt.Errorf("terminal: %d explorers; expected one, or two to be shown beside each other", len(explorers))
	}
	ctx, cancel := context.WithCancel(ctx)
	var searches sync.WaitGroup
	defer searches.Wait()
	defer cancel()
	searches.Go(func() {
		for _, e := range explorers {
			e.Search(ctx)
		}
	})
	_, err := tea.NewProgram(newScreen(ctx, folder, explorers), tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out)).Run()
	if ctx.Err() != nil {
		return nil // that is how it ends
	}
	return err
}

// A pane is what is shown below the steps.
type pane int

const (
	theState pane = iota
	thePath
	theImpossible
	theProperties
	theLevels
	theKeys
)

// A prompt is what the person is typing.
type prompt int

const (
	noPrompt prompt = iota
	aCondition
	aFilter
	aFormat
)

// A screen is all that is shown. It is changed by messages alone.
type screen struct {
	ctx       context.Context
	folder    string
	explorers []explore.Explorer
	about     []explore.About

	place   explore.Place
	earlier []explore.Place // to be undone
	window  explore.Window
	pair    *explore.Pair
	why     *explore.Why
	stopped []*explore.Impossible
	found   []explore.Searched

	pane    pane
	chosen  int // of the steps
	scroll  int // lines of the pane above its window
	prompt  prompt
	typed   string
	message string

	asked  int  // the number of the last question
	late   bool // its answer takes long
	width  int
	height int
}

// What comes back of a question has its number: an answer to an earlier one is void.
type (
	seen struct {
		asked int
		pair  *explore.Pair
		err   error
	}
	explained struct {
		asked int
		why   *explore.Why
	}
	refused struct {
		asked int
		list  []*explore.Impossible
		err   error
	}
	way struct {
		asked int
		found *explore.Found
		err   error
	}
	written struct {
		name string
		err  error
	}
	takesLong struct{ asked int }
	searched  []explore.Searched
)

// lateAfter is when an answer takes so long that a person is told, and lookAfter how often the search is looked at.
const (
	lateAfter = 100 * time.Millisecond
	lookAfter = 500 * time.Millisecond
)

func newScreen(ctx context.Context, folder string, explorers []explore.Explorer) *screen {
	s := &screen{ctx: ctx, folder: folder, explorers: explorers, width: 80, height: 24}
	for _, e := range explorers {
		s.about = append(s.about, e.About())
	}
	return s
}

// Init asks for the first state, and looks at the search.
func (s *screen) Init() tea.Cmd { return tea.Batch(s.look(), s.watch(0)) }

// ask runs a question, and says when its answer takes long.
func (s *screen) ask(question func(asked int) tea.Msg) tea.Cmd {
	s.asked++
	s.late = false
	asked := s.asked
	return tea.Batch(func() tea.Msg { return question(asked) }, tea.Tick(lateAfter, func(time.Time) tea.Msg { return takesLong{asked} }))
}

// look asks what is at the place.
func (s *screen) look() tea.Cmd {
	p, w := s.place, s.window
	return s.ask(func(asked int) tea.Msg {
		pair, err := explore.Look(s.explorers, p, w)
		return seen{asked, pair, err}
	})
}

// watch looks at the search after some time.
func (s *screen) watch(after time.Duration) tea.Cmd {
	return tea.Tick(after, func(time.Time) tea.Msg {
		var all searched
		for _, e := range s.explorers {
			all = append(all, e.Searched())
		}
		return all
	})
}
