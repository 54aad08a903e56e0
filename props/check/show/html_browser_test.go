package show_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"

	"pkgdist/props/check/show"
	"pkgdist/props/internal/testbrowser"
)

const (
	theSentence = `document.getElementById("sentence").textContent`
	position    = `Number(document.getElementById("slider").value)`
)

func openPage(t *testing.T, d *show.Document) *tab {
	return open(t, file(t, "page.html", written(t, "html", d)))
}

// quiet: the page asked for nothing but itself, and had no complaint.
func (p *tab) quiet() {
	p.t.Helper()
	complaints, requests := p.Heard()
	assert.Empty(p.t, complaints)
	assert.Len(p.t, requests, 1, "requests beside the page itself")
}

// isAt: the page shows the state after that many steps, and all of it.
func (p *tab) isAt(d *show.Document, step int) {
	p.t.Helper()
	assert.Equal(p.t, step, get[int](p, position))
	if step > 0 {
		assert.Equal(p.t, sentence(d.Steps[step-1]), get[string](p, theSentence))
	}
	fields := d.States[step].Fields
	changed := map[int]bool{}
	if step > 0 {
		for _, c := range d.Changes(step - 1) {
			changed[c.Index] = true
		}
	}
	shown := get[[][3]string](p, `[...document.querySelectorAll("[data-row]")].map((row) =>
		[row.dataset.row, row.querySelector(".value").textContent, row.querySelector(".before")?.textContent ?? ""])`)
	assert.Len(p.t, shown, len(fields))
	for _, row := range shown {
		var i int
		fmt.Sscan(row[0], &i)
		assert.Equal(p.t, fields[i].Value, row[1], "%s %s", fields[i].Place, fields[i].Label)
		assert.Equal(p.t, changed[i], strings.HasPrefix(row[2], "was "), "%s %s", fields[i].Place, fields[i].Label)
	}
}

func TestAPersonStepsThroughThePage(t *testing.T) {
	d := straight()
	p := openPage(t, d)
	p.Size(1280, 900)
	p.isAt(d, 0)
	n := len(d.Steps)

	p.Press(kb.ArrowRight, kb.ArrowRight, kb.ArrowRight)
	p.isAt(d, 3)
	p.Press(kb.ArrowLeft)
	p.isAt(d, 2)
	p.Press(kb.End)
	p.isAt(d, n)
	assert.Contains(t, get[string](p, `document.getElementById("ending").textContent`), d.Wrong)
	p.Press(kb.ArrowRight) // there is no more
	p.isAt(d, n)
	p.Press(kb.Home, kb.ArrowLeft)
	p.isAt(d, 0)
	assert.True(t, get[bool](p, `document.getElementById("ending").hidden`))

	click := func(id string) { p.Do(chromedp.Click(chromedp.CSS("#" + id))) }
	click("next")
	click("next")
	p.isAt(d, 2)
	click("back")
	p.isAt(d, 1)
	click("last")
	p.isAt(d, n)
	click("first")
	p.isAt(d, 0)

	p.Do(chromedp.Focus(chromedp.CSS("#slider")))
	p.Press(kb.ArrowRight, kb.ArrowRight)
	p.isAt(d, 2)
	p.Press(kb.ArrowUp) // which is the slider's own
	p.isAt(d, 3)
	click("slider") // in its middle
	p.isAt(d, (n+1)/2)
	p.Do(chromedp.Click(chromedp.CSS("#story > :nth-child(5) .sentence a")))
	p.isAt(d, 5)
	assert.Equal(t, 1, get[int](p, `document.querySelectorAll("#story > [aria-current]").length`))
	p.quiet()
}

// The address names a step: when the page is loaded, and whichever way one comes to it.
func TestThePageGoesWhereItsAddressSays(t *testing.T) {
	d := straight()
	path := file(t, "page.html", written(t, "html", d))
	p := open(t, path+"#step-18")
	p.Size(1280, 800)
	p.isAt(d, 18)
	p.Do(chromedp.Click(chromedp.CSS("#story > :nth-child(5) .sentence a")))
	p.isAt(d, 5)
	p.Press(kb.ArrowRight)
	p.Do(chromedp.Click(chromedp.CSS("#sequence [href='#step-9'] circle, #sequence [href='#step-9'] line")))
	p.isAt(d, 9)
	for _, step := range []int{6, 18} {
		p.Do(chromedp.NavigateBack())
		p.isAt(d, step)
	}
	p.Do(chromedp.NavigateForward())
	p.isAt(d, 6)
	p.quiet()
}

// What the end is about is marked once it is certain; what is remarked is said at its step, and what else was possible before it.
func TestThePageShowsWhatDecidesTheEnd(t *testing.T) {
	p := openPage(t, mutex())
	offends := func() []string {
		return get[[]string](p, `[...document.querySelectorAll(".row.offends")].map((row) => row.dataset.row)`)
	}
	beside := func() string {
		return get[string](p, `document.getElementById("else").textContent.replace(/\s+/g, " ")`)
	}
	p.Press(kb.ArrowRight)
	assert.Empty(t, offends())
	assert.Equal(t, "Instead of step 2: 1 other step is possible, one of which would still avoid the end enter(1) would still avoid it ", beside())
	p.Press(kb.ArrowRight)
	assert.Equal(t, []string{"2", "3"}, offends(), "both are bad at the end")
	assert.Equal(t, "it is not taken yet this step decides it", get[string](p, `[...document.querySelectorAll("#notes li")].map((note) => note.textContent).join(" ")`))
	assert.Equal(t, "◆", get[string](p, `document.getElementById("marks").textContent`))
	assert.Equal(t, "Nobody has it.", get[string](p, `document.querySelector("#sentence abbr").title`))
	p.Press(kb.End)
	assert.Contains(t, get[string](p, `document.getElementById("ending").textContent`), "Go to step 2")
}

// At a common size the panel covers nothing of what changed, and all of it is in view.
func TestThePagesPanelHidesNothingThatChanged(t *testing.T) {
	d := long()
	p := openPage(t, d)
	p.Size(1280, 800)
	for range d.Steps {
		p.Press(kb.ArrowRight)
		assert.Empty(t, get[[]string](p, `(() => {
			const bar = document.getElementById("bar").getBoundingClientRect();
			return [...document.querySelectorAll(".row.changed")].filter((row) => {
				const r = row.getBoundingClientRect();
				const covered = r.left < bar.right && bar.left < r.right && r.top < bar.bottom && bar.top < r.bottom;
				return covered || r.top < 0 || r.bottom > innerHeight;
			}).map((row) => row.textContent);
		})()`))
	}
}

func TestThePageMarksALoop(t *testing.T) {
	d := long()
	p := openPage(t, d)
	p.Size(1280, 900)
	const badge = `document.querySelector("#who .in-loop")?.textContent ?? ""`
	p.Press(kb.End)
	p.isAt(d, len(d.Steps))
	assert.Equal(t, "↻ in the loop of steps 30 to 33", get[string](p, badge))
	assert.Contains(t, get[string](p, `document.getElementById("ending").textContent`), "And so on with step 30.")
	assert.Equal(t, []string{"29", "4"}, get[[]string](p, `[...document.querySelectorAll("#strip .before-loop, #strip .loop")].map((part) => part.style.flexGrow)`))
	p.Press(kb.ArrowRight) // around once more
	p.isAt(d, 30)
	p.Press(kb.ArrowLeft)
	assert.Empty(t, get[string](p, badge))
	p.quiet()
}

// No text is cut off and nothing moves sideways, whatever the width and colours.
func TestThePageFitsAPhone(t *testing.T) {
	for _, d := range everyDocument() {
		p := openPage(t, d)
		for _, scheme := range []string{"light", "dark"} {
			p.Colours(scheme)
			for _, width := range []int64{320, 390, 768, 1280} {
				p.Size(width, 800)
				p.Press(kb.Home)
				for range d.Steps {
					p.Press(kb.ArrowRight)
					assert.LessOrEqual(t, get[int](p, `document.documentElement.scrollWidth`), int(width))
				}
			}
		}
		p.quiet()
	}
}

// Without its script the page still tells the whole story.
func TestThePageTellsTheStoryWithoutItsScript(t *testing.T) {
	d := long()
	page := written(t, "html", d)
	script := strings.Index(page, "<script>")
	p := open(t, file(t, "page.html", page[:script]+"</body></html>"))
	assert.False(t, get[bool](p, `document.getElementById("player").checkVisibility()`))
	shown := letters(get[string](p, `document.body.innerText`))
	for i, s := range d.Steps {
		assert.Contains(t, shown, letters(sentence(s)))
		for _, c := range d.Changes(i) {
			assert.Contains(t, shown, letters(c.Label+c.Was+"→"+c.Value))
		}
	}
	assert.Contains(t, shown, letters(d.Wrong))
	assert.Contains(t, shown, letters(show.LoopBegins))
}

func TestThePageCanBeReadInLightAndInDark(t *testing.T) {
	d := long()
	p := openPage(t, d)
	for _, scheme := range []string{"light", "dark"} {
		p.Colours(scheme)
		for _, key := range []string{kb.Home, kb.ArrowRight, kb.End} {
			p.Press(key)
			worst := get[[2]any](p, testbrowser.Faintest)
			assert.GreaterOrEqual(t, worst[1], 4.5, "%s: %v", scheme, worst[0])
		}
	}
}

// A person who does not see the page hears the sentence, and finds names for all
// that can be operated; what has changed is marked without colours too.
func TestThePageSaysWhatItShows(t *testing.T) {
	d := long()
	p := openPage(t, d)
	p.Press(kb.ArrowRight)
	assert.True(t, get[bool](p, `document.getElementById("sentence").closest("[aria-live=polite]") !== null`))
	assert.Equal(t, "1 of 33", get[string](p, `document.getElementById("slider").getAttribute("aria-valuetext")`))
	assert.Empty(t, get[[]string](p, `[...document.querySelectorAll("button, input")]
		.filter((e) => !(e.textContent.trim() || e.getAttribute("aria-label"))).map((e) => e.outerHTML)`))
	levels := get[[]int](p, `[...document.querySelectorAll("h1, h2, h3, h4")].map((h) => Number(h.tagName[1]))`)
	for i := 1; i < len(levels); i++ {
		assert.LessOrEqual(t, levels[i], levels[i-1]+1, "a heading is left out")
	}
	assert.Equal(t, len(d.Changes(0)), get[int](p, `[...document.querySelectorAll(".row.changed")]
		.filter((row) => getComputedStyle(row.querySelector("dd"), "::before").content.includes("●")).length`))
}
