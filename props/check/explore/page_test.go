package explore_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check/explore"
	"pkgdist/props/internal/testbrowser"
)

func TestMain(m *testing.M) { testbrowser.Main(m) }

// A page is the explorer's page in a browser.
type page struct {
	*testbrowser.Tab
	t       testing.TB
	address string
}

// open opens the page of explorers, and waits until the search has ended.
func open(t testing.TB, explorers ...explore.Explorer) *page {
	t.Helper()
	if testbrowser.Find() == "" {
		t.Skip("not installed: Chromium")
	}
	return openAt(t, serve(t, explorers...), "")
}

func openAt(t testing.TB, address, fragment string) *page {
	t.Helper()
	p := &page{testbrowser.Open(t, address+fragment), t, address}
	p.Size(1280, 900)
	p.until(`document.querySelector("#chips").textContent && !document.querySelector("#figures .busy") && document.querySelector(".place-panel")`)
	return p
}

// until waits for what has to come.
func (p *page) until(condition string) {
	p.t.Helper()
	require.Eventually(p.t, func() bool { return testbrowser.Get[bool](p.Tab, "Boolean("+condition+")") }, waitFor, tick, condition)
}

func (p *page) text(selector string) string {
	p.t.Helper()
	quoted, err := json.Marshal(selector)
	require.NoError(p.t, err)
	return testbrowser.Get[string](p.Tab, fmt.Sprintf(`[...document.querySelectorAll(%s)].filter((e) => e.checkVisibility()).map((e) => e.innerText.replace(/\s+/g, " ").trim()).join(" | ")`, quoted))
}

// stands waits until the page stands after so many steps of a path of so many.
func (p *page) stands(at, of int) {
	p.t.Helper()
	want := "The beginning"
	if at > 0 {
		want = fmt.Sprintf("Step %d of %d", at, of)
	} else if of > 0 {
		want = "Before step 1 of " + fmt.Sprint(of)
	}
	p.until(fmt.Sprintf(`document.querySelector("#who .count")?.textContent === %q`, want))
}

// quiet: the page had no complaint, and asked for nothing but what is its own.
func (p *page) quiet() {
	p.t.Helper()
	complaints, requests := p.Heard()
	assert.Empty(p.t, complaints)
	assert.Empty(p.t, p.text("#trouble"))
	for _, r := range requests {
		assert.True(p.t, strings.HasPrefix(r, p.address) || strings.HasPrefix(r, "blob:http://127.0.0.1:"), r)
	}
}

func TestAPersonWalksByMouseAndKeys(t *testing.T) {
	p := open(t, explorer(t, mutex(), mutexClaims()))
	p.stands(0, 0)
	assert.Equal(t, "A room and its lock", p.text("h1"))
	assert.Equal(t, "1 Ann Ann looks | 2 Bob Bob looks", p.text("#steps button"))

	p.Click("#steps li:nth-child(1) button")
	p.stands(1, 1)
	assert.Contains(t, p.text("#sentence"), "Ann looks")
	assert.Equal(t, "● At[0] outside → at the door", "● "+p.text("#changes li"))
	assert.Equal(t, "At[0] at the door was outside", p.text(".row.changed"))
	p.Press("2")
	p.stands(2, 2)
	p.Press("1", "1")
	p.until(`document.querySelector("#sentence").textContent.includes("Ann leaves") || document.querySelector("#sentence").textContent.includes("Bob enters")`)
	p.Press("u")
	p.stands(3, 3)

	// Back and forward along the path.
	p.Press(kb.ArrowLeft)
	p.stands(2, 3)
	assert.Contains(t, p.text("#steps .taken"), "Ann enters")
	p.Click("#back")
	p.stands(1, 3)
	p.Press(kb.ArrowRight)
	p.stands(2, 3)
	p.Click("#next")
	p.stands(3, 3)
	p.Press(kb.Home)
	p.stands(0, 3)
	p.Press(kb.ArrowLeft)
	p.stands(0, 3)
	p.Press(kb.End)
	p.stands(3, 3)
	p.Do(chromedp.Focus(chromedp.CSS("#slider")))
	p.Press(kb.ArrowLeft)
	p.stands(2, 3)
	p.Click("#story > li:nth-child(1) .told a")
	p.stands(1, 3)

	// Another step begins another path, and undo brings this one back.
	p.Press("2")
	p.stands(2, 2)
	p.Click("#undo")
	p.stands(1, 3)
	p.Press("0")
	p.stands(0, 0)
	p.Press("u")
	p.stands(1, 3)
	p.Click("#restart")
	p.stands(0, 0)
	p.quiet()
}

// To where a property breaks it is one click, or one key; what decided it is a link away.
func TestAPersonJumpsToWhereAPropertyBreaks(t *testing.T) {
	p := open(t, explorer(t, mutex(), mutexClaims()))
	assert.Equal(t, "both-inside after 4 steps | free-again after 0 steps", p.text("#chips button"))
	p.Press("j")
	p.stands(4, 4)
	p.until(`document.querySelector(".wrong .decided")`)
	assert.Equal(t, "This is wrong This violates Never are both inside. Step 4 decides it: Bob enters", p.text("#ending .wrong"))
	assert.Equal(t, "both-inside after 4 steps", p.text("#chips [aria-current]"))
	p.Press(kb.ArrowLeft)
	p.stands(3, 4)
	assert.Contains(t, p.text("#steps .note.breaks"), "breaks both-inside")
	p.Press("u")
	p.stands(0, 0)
	p.Click("#properties summary")
	assert.Contains(t, p.text("#verdicts"), "both-inside Never are both inside. violated after 4 steps")
	assert.Contains(t, p.text("#verdicts"), "somebody-inside reached after 2 steps")
	p.Click("#verdicts tr:nth-child(2) button")
	p.stands(2, 2)
	assert.Contains(t, p.text(".reached-here"), "somebody-inside")
	p.quiet()
}

// The address keeps the place: also along a path, and in another tab.
func TestALinkKeepsThePlace(t *testing.T) {
	p := open(t, explorer(t, mutex(), mutexClaims()))
	p.Press("j")
	p.stands(4, 4)
	p.Press(kb.ArrowLeft)
	p.stands(3, 4)
	p.until(`location.hash.includes("at=3")`)
	link := testbrowser.Get[string](p.Tab, "location.hash")
	other := openAt(t, p.address, link)
	other.stands(3, 4)
	assert.Equal(t, p.text("#sides"), other.text("#sides"))
	other.Press("u") // there is nothing to undo
	other.stands(3, 4)

	stale := openAt(t, p.address, "#at=3&step=Ann+looks&step=Ann+flies&step=Bob+looks")
	assert.Equal(t, "step 2, Ann flies, is not possible in the state that the steps before it lead to", stale.text("#trouble"))
	p.quiet()
}

func TestAPersonSeesWhatCannotHappen(t *testing.T) {
	p := open(t, explorer(t, mutex(), nil))
	p.Press("n")
	p.until(`document.querySelector("#stopped .rule")`)
	assert.Equal(t, "enters it needs that the lock was seen free | leaves it needs that somebody is inside", p.text("#stopped .rule"))
	p.Press("1")
	p.until(`document.querySelector("#stopped").textContent.includes("looks")`)
	p.quiet()
}

func TestAPersonFindsAState(t *testing.T) {
	p := open(t, explorer(t, mutex(), nil))
	p.Press("/")
	p.Do(chromedp.SendKeys(chromedp.CSS("#condition"), "At[0] = inside and At[1] = inside"+kb.Enter))
	p.stands(4, 4)
	assert.Contains(t, p.text("#found"), "Found after 4 steps")
	p.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#condition").value = "Room = full"`))
	p.Click("#search")
	p.until(`document.querySelector("#found").textContent.includes("expected a field")`)
	assert.Equal(t, "true", fmt.Sprint(testbrowser.Get[bool](p.Tab, `document.querySelector("#found").classList.contains("wrong-input")`)))
	p.Click(`[data-row="2"] button`) // a value of the state above
	p.until(`document.querySelector("#condition").value === "Locked = true"`)
	p.quiet()
}

// One key keeps the path.
func TestAPersonKeepsThePath(t *testing.T) {
	p := open(t, explorer(t, mutex(), mutexClaims()))
	folder := t.TempDir()
	p.Do(testbrowser.Command(browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: "allow", DownloadPath: folder}))
	p.Press("j")
	p.stands(4, 4)
	for key, name := range map[string]string{"k": "both-inside.txtar", "g": "both-inside_test.go.txt"} {
		p.Press(key)
		require.Eventually(t, func() bool {
			text, err := os.ReadFile(filepath.Join(folder, name))
			return err == nil && strings.Contains(string(text), "\nBob enters\n")
		}, waitFor, tick, name)
		assert.Equal(t, "Saved as "+name+".", p.text("#kept"))
	}
	p.quiet()
}

func TestTheMapShowsWhereAPersonStands(t *testing.T) {
	p := open(t, explorer(t, mutex(), mutexClaims()))
	p.Press("m")
	p.until(`document.querySelectorAll("#map circle").length === 13`)
	assert.Equal(t, 1, testbrowser.Get[int](p.Tab, `document.querySelectorAll("#map circle.broken").length`))
	p.Press("1")
	p.until(`document.querySelectorAll("#map circle.walked").length === 2`)
	p.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#map circle.broken").dispatchEvent(new MouseEvent("click"))`))
	p.stands(4, 4)
	p.until(`document.querySelector("#map circle.here.broken")`)
	p.quiet()
}
