package main

import (
	"cmp"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check/explore"
	"pkgdist/props/check/show"
	"pkgdist/props/counterexample"
	"pkgdist/props/internal/testbrowser"
	"pkgdist/props/run"
)

// explored opens the page of what the arguments name.
func explored(t *testing.T, designs ...string) (*testbrowser.Tab, []explore.Explorer) {
	t.Helper()
	if testbrowser.Find() == "" {
		t.Skip("not installed: Chromium")
	}
	explorers, err := (&exploreCommand{Scenario: "article", Design: designs, Fairness: "model", limits: limits{MaxMemory: 1 << 30}}).explorers()
	require.NoError(t, err)
	server, err := explore.Listen(explorers...)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- server.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		assert.NoError(t, <-ended)
	})
	p := testbrowser.Open(t, server.Address())
	p.Size(1280, 900)
	shows(t, p, "#chips", "incoming-empty-at-rest after 22 steps")
	return p, explorers
}

// shows waits until a part of the page has a text.
func shows(t *testing.T, p *testbrowser.Tab, selector, text string) {
	t.Helper()
	var shown string
	for begun := time.Now(); !strings.Contains(shown, text); time.Sleep(5 * time.Millisecond) {
		require.Less(t, time.Since(begun), 20*time.Second, "%s: %s, expected %s", selector, shown, text)
		shown = testbrowser.Get[string](p, `[...document.querySelectorAll("`+selector+`")].map((e) => e.innerText).join(" ").replace(/\s+/g, " ")`)
	}
}

// From the first screen to why nobody looks at the file is a click, and to what decided it another one.
func TestAPersonSeesWhyNobodyLooksAtTheFile(t *testing.T) {
	p, _ := explored(t, "sms20")
	p.Click("#chips button")
	shows(t, p, "#ending", "Nothing more can happen, and the .PKG of version 2 of P lies in INCOMING at site B. No change will make Distribution Manager look at it.")
	shows(t, p, "#ending", "Step 18 decides it: the change notification is lost: the replication thread is busy.")
	p.Click("#ending .decided a")
	shows(t, p, "#who", "Step 18 of 22")
	shows(t, p, "#notes", "the change notification is lost: the replication thread is busy")
	shows(t, p, ".row.changed", "INCOMING 1 2 was 1")
	p.Press("n")
	shows(t, p, "#stopped", "replication.wake it needs that")
	complaints, _ := p.Heard()
	assert.Empty(t, complaints)
}

// Two designs take the same steps, and the repair goes on where the product does not.
func TestTwoDesignsStandBesideEachOther(t *testing.T) {
	p, _ := explored(t, "sms20", "repaired")
	p.Press("j")
	shows(t, p, "#difference", "After step 3 they differ: A/P stored copy. Go to step 3")
	shows(t, p, "#steps", "The timer at site B fires: INCOMING will be looked at without any change. ≠ only under repaired")
	for _, width := range []int64{320, 800, 1280} {
		p.Size(width, 900)
		p.Do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach((d) => { d.open = true; })`))
		assert.LessOrEqual(t, testbrowser.Get[int](p, `document.documentElement.scrollWidth`), int(width))
	}
	complaints, _ := p.Heard()
	assert.Empty(t, complaints)
}

// What is kept is what replay takes: a counterexample, and a path of which nothing is claimed.
func TestAKeptPathIsReplayed(t *testing.T) {
	explorers, err := (&exploreCommand{Scenario: "article", Design: []string{"sms20"}, Fairness: "model", limits: limits{MaxMemory: 1 << 30}}).explorers()
	require.NoError(t, err)
	e := explorers[0]
	e.Search(t.Context())
	there := e.Searched().Verdicts[0].There
	for steps, property := range map[int]string{22: "incoming-empty-at-rest", 5: ""} {
		kept, err := explore.Keep(e, explore.Place{Steps: there.Steps[:steps], At: steps, Property: there.Property}, "txtar")
		require.NoError(t, err)
		assert.Equal(t, "article-sms20-"+cmp.Or(property, "path")+show.Extension, kept.File)
		ce, err := counterexample.Parse(kept.File, []byte(kept.Text))
		require.NoError(t, err)
		assert.Equal(t, property, ce.Property)
		r, err := run.Again(ce, "")
		require.NoError(t, err)
		assert.True(t, r.Reproduced)
		assert.Len(t, r.Trace.Steps, steps)
	}
}
