package explore_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check"
	"pkgdist/props/check/explore"
	"pkgdist/props/check/show"
	"pkgdist/props/internal/testbrowser"
)

func TestMain(m *testing.M) { os.Exit(testbrowser.M{M: m}.Run()) }

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
	for begun := time.Now(); !testbrowser.Get[bool](p.Tab, "Boolean("+condition+")"); time.Sleep(tick) {
		require.Less(p.t, time.Since(begun), waitFor, "%s\n%s", condition, p.text("#now, #found, #kept, #trouble"))
	}
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

// While the answer to a step is on its way, digits are kept for the steps that it brings, and the steps of the place before
// are taken no more.
func TestAPersonIsFasterThanTheAnswers(t *testing.T) {
	p := open(t, explorer(t, mutex(), mutexClaims()))
	p.stands(0, 0)
	testbrowser.Get[bool](p.Tab, `{ const at = fetch; fetch = async (...a) => { await new Promise((done) => setTimeout(done, 200)); return at(...a); }; true }`)
	assert.Equal(t, 1, testbrowser.Get[int](p.Tab, `{ const step = document.querySelector("#steps button"); step.click(); step.click(); }
		new URLSearchParams(location.hash.slice(1)).getAll("step").length`))
	p.stands(1, 1)
	p.Press("2", "1", "1")
	p.stands(4, 4)
	p.quiet()
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
	p.stands(4, 4)
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
	p.Press("1")
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
	assert.Equal(t, "both-inside after 4 steps | free-again after 2 steps", p.text("#chips button"))
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
	p.Do(chromedp.Evaluate[chromedp.Void](`document.activeElement.value = ""`)) // the driver types the key, which a browser does not
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
	p.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#format").value = "markdown"`))
	p.Click("#save")
	p.until(`document.querySelector("#kept").textContent === "Saved as both-inside.md."`)
	p.Click("#link")
	p.until(`document.querySelector("#kept").textContent.includes("The link")`)
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

	// By keys too.
	p.Do(chromedp.Focus(chromedp.CSS("#map")))
	p.Press(kb.ArrowLeft, kb.ArrowLeft, kb.ArrowDown)
	p.until(`document.querySelector("#map-says").textContent === "State 5, after 2 steps. Enter goes there."`)
	p.Press(kb.ArrowUp, kb.ArrowRight, kb.Enter)
	p.stands(3, 3)
	p.quiet()
}

// latched is the mutex in which to look is to take the lock.
func latched() check.Model[room, string] {
	m := mutex()
	steps := m.Steps
	m.Steps = func(s room, yield func(string, room)) {
		steps(s, func(step string, next room) {
			next.Locked = next.Locked || strings.HasSuffix(step, "looks")
			yield(step, next)
		})
	}
	return m
}

func beside(t testing.TB) []explore.Explorer {
	var list []explore.Explorer
	for name, m := range map[string]check.Model[room, string]{"open": mutex(), "latched": latched()} {
		e, err := explore.New(m, mutexClaims(), explore.Options{Name: name})
		require.NoError(t, err)
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b explore.Explorer) int { return strings.Compare(b.About().Name, a.About().Name) })
	return list
}

// Two models take the same steps, and where they part is said and marked.
func TestTwoModelsStandBesideEachOther(t *testing.T) {
	p := open(t, beside(t)...)
	assert.Equal(t, "open | latched", p.text(".side > h3"))
	assert.Equal(t, "No difference so far.", p.text("#difference"))
	p.Press("1")
	p.stands(1, 1)
	assert.Equal(t, "After step 1 they differ: Locked. Go to step 1", p.text("#difference"))
	assert.Equal(t, "Locked false differs | Locked true was false differs", p.text(".row.differs"))
	assert.Equal(t, "1 Ann Ann enters | 2 Bob Bob looks ≠ only under open", p.text("#steps button"))
	p.Press("2")
	p.stands(2, 2)
	assert.Contains(t, p.text(".stopped"), "step 2, Bob looks, is not possible in the state that the steps before it lead to. What is shown is after step 1.")
	p.Press("j")
	p.stands(4, 4)
	assert.Contains(t, p.text("#ending"), "open: This is wrong")
	p.Press("n")
	p.until(`document.querySelectorAll("#stopped > h3").length === 2`)
	p.quiet()
}

// hostileNames are what could be taken for a part of a page, of an address or of a script.
var hostileNames = []string{
	`<img src=x onerror="window.harmed=1"></script><script>window.harmed=1</script> "quotes' & &lt; \ {{.}} ${x} javascript:window.harmed=1`,
	"\u202ereversed\u202c \u0000\u0007 zero\u200bwidth \U0001F600 two\nlines a\tb\t#2", "%3Cb%3E&at=9&step=x#y " + strings.Repeat("long", 60), "__proto__", "\xff\xfe",
}

// named is a model in which everything has the name.
func named(name string) (check.Model[room, string], []check.Property[room]) {
	m := check.Model[room, string]{
		Name: name, About: []show.Item{{Label: name, Value: name}}, Glossary: []show.Item{{Label: name, Value: name}},
		Init: func() []room { return []room{{At: [2]string{name, ""}}} },
		Steps: func(s room, yield func(string, room)) {
			if !s.Locked {
				yield(name, room{At: s.At, Locked: true})
				yield(name+" too", room{At: [2]string{name + " too", ""}, Locked: true})
			}
		},
		Places: []show.Place{{Name: name, Title: name, Note: name}},
		Describe: func(s *room) []show.Field {
			return []show.Field{{Place: name, Group: name, Label: name, Value: s.At[0]}}
		},
		Sentence: func(step string) string { return step }, Actors: []string{name}, Actor: func(string) show.Lane { return show.Lane{Place: name, Actor: name} },
		Remarks: func(*room, string) []string { return []string{name} },
		Rules:   []string{name}, Rule: func(string) int { return 0 }, Blocked: func(_ *room, _ int, yield func(string)) { yield(name) },
	}
	return m, []check.Property[room]{check.Never(name, func(s *room) bool { return s.Locked }).Says(name).Because(func(_, _ *room) string { return name })}
}

// A name is shown as it is, and nothing of it runs.
func TestAHostileNameInjectsNothing(t *testing.T) {
	for _, name := range hostileNames {
		m, claims := named(name)
		p := open(t, explorer(t, m, claims))
		p.Press("n", "m")
		p.Press("j")
		p.stands(1, 1)
		p.until(`document.querySelector("#stopped .rule") && document.querySelector("#map svg")`)
		p.Press("u")
		p.stands(0, 0)
		p.Press("2")
		p.stands(1, 1)
		shown := testbrowser.Get[string](p.Tab, `document.querySelector("#sentence").textContent`)
		assert.Equal(t, strings.ToValidUTF8(name, "\uFFFD")+" too", strings.ReplaceAll(shown, "\uFFFD\uFFFD", "\uFFFD"), "each byte that is no text is one sign, or all are")
		p.Size(320, 700)
		assert.LessOrEqual(t, testbrowser.Get[int](p.Tab, `document.documentElement.scrollWidth`), 320, name)
		assert.Equal(t, "undefined", testbrowser.Get[string](p.Tab, `typeof window.harmed`))
		p.quiet()
		again := openAt(t, p.address, testbrowser.Get[string](p.Tab, `location.hash`))
		again.stands(1, 1)
		again.quiet()
	}
}

// A page of another origin gets no answer, and cannot put this page into itself.
func TestAPageOfAnotherOriginReadsNothing(t *testing.T) {
	address := serve(t, explorer(t, mutex(), mutexClaims()))
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!DOCTYPE html><title>stranger</title><body>`)
	}))
	defer stranger.Close()
	if testbrowser.Find() == "" {
		t.Skip("not installed: Chromium")
	}
	p := testbrowser.Open(t, strings.Replace(stranger.URL, "127.0.0.1", "localhost", 1))
	quoted, err := json.Marshal(address)
	require.NoError(t, err)
	for _, attempt := range []string{
		`fetch(%s).then((r) => r.text())`,
		`fetch(%s + "api/view", {method: "POST", headers: {"Content-Type": "application/json"}, body: "{}"}).then((r) => r.text())`,
		`fetch(%s + "api/view", {method: "POST", mode: "no-cors", body: "{}"}).then((r) => r.text())`,
		`new Promise((done, fail) => { const s = document.createElement("script"); s.src = %s + "page.js"; s.onload = () => done("loaded"); s.onerror = () => fail(Error("refused")); document.body.append(s); })`,
		`new Promise((done) => { const f = document.createElement("iframe"); f.src = %s; f.onload = () => { try { done(f.contentDocument?.body.innerText ?? "") } catch (e) { done("") } }; document.body.append(f); })`,
		`new Promise((done) => { const w = open(%s); setTimeout(() => { try { done(w?.document.body.innerText ?? "") } catch (e) { done("") } }, 300); })`,
	} {
		got := testbrowser.Await[string](p, fmt.Sprintf(`Promise.resolve(`+attempt+`).catch((e) => "")`, quoted))
		assert.Empty(t, got, attempt)
	}
}

// No text is cut off and nothing moves sideways, and what is to be read stands out, whatever the width and the colours.
func TestThePageFitsAndCanBeRead(t *testing.T) {
	p := open(t, beside(t)...)
	p.Press("n", "m", "j")
	p.stands(4, 4)
	p.until(`document.querySelector("#stopped .rule") && document.querySelector("#map svg") && document.querySelector(".wrong .decided")`)
	p.Do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach((d) => { d.open = true; })`))
	for _, scheme := range []string{"light", "dark"} {
		p.Colours(scheme)
		for _, width := range []int64{320, 390, 800, 1280} {
			p.Size(width, 900)
			assert.LessOrEqual(t, testbrowser.Get[int](p.Tab, `document.documentElement.scrollWidth`), int(width))
			assert.Empty(t, testbrowser.Get[[]string](p.Tab, `[...document.querySelectorAll("button, summary, input, select")].filter((e) => e.checkVisibility() && !e.closest("#map, #verdicts"))
				.filter((e) => { const r = e.getBoundingClientRect(); return r.right > innerWidth + 1 || r.left < -1 || e.scrollWidth > e.clientWidth + 1 && e.tagName === "BUTTON"; }).map((e) => e.outerHTML)`), width)
		}
		worst := testbrowser.Get[[2]any](p.Tab, testbrowser.Faintest)
		assert.GreaterOrEqual(t, worst[1], 4.5, "%s: %v", scheme, worst[0])
	}
}

// A person who does not see the page finds names and roles for all that can be operated, and hears what has happened.
func TestThePageSaysWhatItShows(t *testing.T) {
	p := open(t, explorer(t, mutex(), mutexClaims()))
	p.Press("j")
	p.stands(4, 4)
	assert.True(t, testbrowser.Get[bool](p.Tab, `document.querySelector("#sentence").closest("[aria-live=polite]") !== null`))
	assert.Equal(t, "4 of 4", testbrowser.Get[string](p.Tab, `document.querySelector("#slider").getAttribute("aria-valuetext")`))
	assert.Empty(t, testbrowser.Get[[]string](p.Tab, `[...document.querySelectorAll("button, input, select, a[href], summary")]
		.filter((e) => !(e.innerText?.trim() || e.textContent.trim() || e.getAttribute("aria-label") || e.labels?.length)).map((e) => e.outerHTML)`))
	levels := testbrowser.Get[[]int](p.Tab, `[...document.querySelectorAll("h1, h2, h3, h4")].map((h) => Number(h.tagName[1]))`)
	for i := 1; i < len(levels); i++ {
		assert.LessOrEqual(t, levels[i], levels[i-1]+1, "a heading is left out")
	}
	assert.Empty(t, testbrowser.Get[[]string](p.Tab, `[...document.querySelectorAll("[aria-labelledby], [aria-describedby]")]
		.flatMap((e) => [e.getAttribute("aria-labelledby"), e.getAttribute("aria-describedby")]).filter((id) => id && !document.getElementById(id))`))
	assert.Empty(t, testbrowser.Get[[]string](p.Tab, `(() => { const seen = new Set(); return [...document.querySelectorAll("[id]")].map((e) => e.id).filter((id) => seen.has(id) || !seen.add(id)); })()`), "two things of one name")

	// Every control is reached by the tab key.
	reached := map[string]bool{}
	for range 60 {
		p.Press(kb.Tab)
		reached[testbrowser.Get[string](p.Tab, `document.activeElement.id || document.activeElement.tagName`)] = true
	}
	for _, id := range []string{"slider", "back", "next", "undo", "restart", "keep", "test", "format", "save", "link", "SUMMARY", "A", "BUTTON"} {
		assert.Contains(t, reached, id)
	}
	p.quiet()
}

// A step with very many others is found by its words.
func TestAPersonFiltersManySteps(t *testing.T) {
	if testbrowser.Find() == "" {
		t.Skip("not installed: Chromium")
	}
	address := serve(t, explorer(t, wide(), nil)) // whose search takes long
	p := &page{testbrowser.Open(t, address), t, address}
	p.until(`document.querySelector(".place-panel")`)
	assert.Equal(t, "What can happen now 10,000 steps", p.text("#possible-title"))
	assert.Equal(t, 100, testbrowser.Get[int](p.Tab, `document.querySelectorAll("#steps button").length`))
	p.Click("#more")
	p.until(`document.querySelectorAll("#steps button").length === 200`)
	p.Do(chromedp.SendKeys(chromedp.CSS("#filter"), "9876"))
	p.until(`document.querySelectorAll("#steps button").length === 1`)
	p.Click("#steps button")
	p.stands(1, 1)
	assert.Contains(t, p.text("#sentence"), "open door 9876")
	p.quiet()
}
