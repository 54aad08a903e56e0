// Package testbrowser drives Chromium in tests: one browser for all tests of a package, and a tab for each.
package testbrowser

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Names are those under which Chromium is installed.
var Names = []string{"chromium", "chromium-browser", "google-chrome"}

// Find returns the path of the browser, or nothing where there is none.
func Find() string {
	for _, name := range Names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// browser is the one of this process, once it was needed.
var browser struct {
	sync.Mutex
	ctx  context.Context
	stop func()
}

// M is the tests of a package, after which the browser is ended: it is for TestMain.
type M struct{ *testing.M }

// Run runs the tests, and ends the browser.
func (m M) Run() (code int) {
	defer func() {
		if browser.stop != nil {
			browser.stop()
		}
	}()
	return m.M.Run()
}

// start is the context of the browser, which is begun if it was not.
func start(t testing.TB) context.Context {
	t.Helper()
	browser.Lock()
	defer browser.Unlock()
	if browser.ctx == nil {
		options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(Find()), chromedp.NoSandbox)
		allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
		ctx, stop := chromedp.NewContext(allocator)
		require.NoError(t, chromedp.Do(ctx))
		browser.ctx, browser.stop = ctx, func() { stop(); cancel() }
	}
	return browser.ctx
}

// A Tab is a page in a browser, and all that it complained about and asked for.
type Tab struct {
	t   testing.TB
	ctx context.Context

	mu         sync.Mutex
	complaints []string
	requests   []string
}

// Open opens an address in a tab of its own, which is closed when the test ends. It skips the test where there is no
// browser.
func Open(t testing.TB, address string) *Tab {
	t.Helper()
	if Find() == "" {
		t.Skipf("not installed: %s", strings.Join(Names, ", nor "))
	}
	p := &Tab{t: t}
	ctx, cancel := chromedp.NewContext(start(t), chromedp.WithListener(p.hear))
	t.Cleanup(cancel)
	p.ctx = ctx
	p.Do(Command(network.Enable, network.EnableParams{}), Command(log.Enable, cdp.Empty{}), Command(runtime.Enable, cdp.Empty{}),
		chromedp.Navigate(address))
	return p
}

func (p *Tab) hear(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	case *log.EventEntryAdded:
		p.complaints = append(p.complaints, e.Entry.Text)
	case *runtime.EventConsoleAPICalled:
		p.complaints = append(p.complaints, fmt.Sprintf("console.%s", e.Type))
	case *runtime.EventExceptionThrown:
		p.complaints = append(p.complaints, e.ExceptionDetails.Text)
	}
}

// Heard is what the page complained about, and asked for.
func (p *Tab) Heard() (complaints, requests []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.complaints), slices.Clone(p.requests)
}

// Do does something in the page, which has to succeed.
func (p *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	require.NoError(p.t, chromedp.Do(p.ctx, steps...))
}

// Command is a command to the browser whose answer does not matter.
func Command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// Press presses keys, one after the other.
func (p *Tab) Press(keys ...string) {
	p.t.Helper()
	for _, key := range keys {
		p.Do(chromedp.KeyEvent(key))
	}
}

// Click clicks what a selector of CSS names.
func (p *Tab) Click(selector string) {
	p.t.Helper()
	p.Do(chromedp.Click(chromedp.CSS(selector)))
}

// Get is the value of an expression.
func Get[T any](p *Tab, expression string) T {
	p.t.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	require.NoError(p.t, err)
	return value
}

// Await is the value of an expression that is a promise.
func Await[T any](p *Tab, expression string) T {
	p.t.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(p.t, err)
	return value
}

// Size gives the page a size.
func (p *Tab) Size(width, height int64) { p.Do(chromedp.EmulateViewport(width, height)) }

// Colours shows the page in light or dark colours, and without transitions.
func (p *Tab) Colours(scheme string) {
	p.Do(Command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		},
	}))
}
