package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Browser is a Chromium with one tab. It belongs to one test.
type Browser struct {
	t   testing.TB
	ctx context.Context
	url string // of the application
	axe string // the script

	mu       sync.Mutex // guards all below
	document network.RequestID
	status   int64
}

// New starts Chromium for an application at a URL, and ends it with the test.
func New(t testing.TB, url string) *Browser {
	t.Helper()
	chromium := tool(t, "chromium", "chromium-browser", "google-chrome")
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium has none for root
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &Browser{t: t, ctx: ctx, url: url, axe: axeScript(t)}
	if err := chromedp.Do(ctx); err != nil { // starts it, without a deadline of its own
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	call(b, network.Enable, network.EnableParams{})
	return b
}

// listen remembers the last document that the tab loaded.
func (b *Browser) listen(event any) {
	if got, ok := event.(*network.EventResponseReceived); ok && got.Type == network.ResourceTypeDocument {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.document, b.status = got.RequestID, got.Response.Status
	}
}

// atMost is how long the browser may take for anything.
const atMost = 30 * time.Second

// run runs an action.
func run[T any](b *Browser, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, atMost)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return value
}

// call sends a command of the protocol.
func call[P, R any](b *Browser, command cdp.Command[P, R], params P) R {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, atMost)
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	if err != nil {
		b.t.Fatal(err)
	}
	return result
}

// Look sets the width of the window in CSS pixels, and light or dark colours.
func (b *Browser) Look(width int64, scheme string) {
	b.t.Helper()
	run(b, chromedp.EmulateViewport(width, 800))
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

// WithoutScripts stops pages from running scripts, from the next page on.
func (b *Browser) WithoutScripts() {
	b.t.Helper()
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

// Open opens a path of the application.
func (b *Browser) Open(path string) {
	b.t.Helper()
	run(b, chromedp.Navigate(b.url+path))
}

// withID is the selector of an element with an ID.
func withID(id string) chromedp.CSS { return chromedp.CSS(fmt.Sprintf("[id=%q]", id)) }

// Fill sets the value of the input with an ID.
func (b *Browser) Fill(id, text string) {
	b.t.Helper()
	run(b, chromedp.SetValue(withID(id), text))
}

// Choose selects files for the input with an ID.
func (b *Browser) Choose(id string, files ...string) {
	b.t.Helper()
	run(b, chromedp.SetUploadFiles(withID(id), files))
}

// Press presses a key in the input with an ID.
func (b *Browser) Press(id, key string) {
	b.t.Helper()
	run(b, chromedp.SendKeys(withID(id), key))
}

// Click clicks what a selector finds, which leads to no other page.
func (b *Browser) Click(selector string) {
	b.t.Helper()
	run(b, chromedp.Click(chromedp.CSS(selector)))
}

// Value returns the text that an expression of JavaScript has in the page.
func (b *Browser) Value(expression string) string {
	b.t.Helper()
	return run(b, chromedp.Evaluate[string]("String("+expression+")"))
}

// Wait waits until an expression of JavaScript is true in the page, which may be loaded meanwhile.
func (b *Browser) Wait(expression string) {
	b.t.Helper()
	for begun := time.Now(); time.Since(begun) < atMost; time.Sleep(50 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(b.ctx, atMost)
		holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		cancel()
		if err == nil && holds {
			return
		}
	}
	b.t.Fatalf("not true in %v: %s\nthe page: %s", atMost, expression, b.Text("body"))
}

// Submit clicks what a selector finds, and waits for the next page.
func (b *Browser) Submit(selector string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, atMost)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		b.t.Fatalf("click %s: %v", selector, err)
	}
}

// Text returns the text of the first element that a selector finds.
func (b *Browser) Text(selector string) string {
	b.t.Helper()
	return run(b, chromedp.Text(chromedp.CSS(selector)))
}

// Has reports whether the page has an element that a selector finds.
func (b *Browser) Has(selector string) bool {
	b.t.Helper()
	return run(b, chromedp.Evaluate[bool](fmt.Sprintf("document.querySelector(%q) !== null", selector)))
}

// Status returns the status of the page.
func (b *Browser) Status() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return int(b.status)
}

// Source returns the page as it was sent.
func (b *Browser) Source() string {
	b.t.Helper()
	b.mu.Lock()
	id := b.document
	b.mu.Unlock()
	return string(call(b, network.GetResponseBody, network.GetResponseBodyParams{RequestID: id}).Body)
}

// Screenshot writes a picture of the whole page, if BROWSER_SCREENSHOTS names a folder.
func (b *Browser) Screenshot(name string) {
	b.t.Helper()
	dir := os.Getenv("BROWSER_SCREENSHOTS")
	if dir == "" {
		return
	}
	picture := run(b, chromedp.FullScreenshot(100))
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// Overflow returns how many CSS pixels of the page are beside the window.
func (b *Browser) Overflow() int {
	b.t.Helper()
	return run(b, chromedp.Evaluate[int]("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
}

// Violations returns what axe finds in the page: rules of WCAG, and best practices.
func (b *Browser) Violations() (texts []string) {
	b.t.Helper()
	run(b, chromedp.Evaluate[chromedp.Void](b.axe))
	found := run(b, chromedp.Evaluate[string](`axe.run(document, {resultTypes: ["violations"]}).then(r => JSON.stringify(r.violations))`, chromedp.EvalAwaitPromise))
	var violations []struct {
		ID, Help string
		Nodes    []struct{ HTML, FailureSummary string }
	}
	if err := json.Unmarshal([]byte(found), &violations); err != nil {
		b.t.Fatalf("axe: %v in %q", err, found)
	}
	for _, v := range violations {
		for _, n := range v.Nodes {
			texts = append(texts, fmt.Sprintf("%s: %s: %s: %s", v.ID, v.Help, n.HTML, n.FailureSummary))
		}
	}
	return texts
}

// tool returns the path of the first program that is installed.
func tool(t testing.TB, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, fmt.Sprintf("%s is not installed", strings.Join(names, " or ")))
	return ""
}

// missing skips the test, or fails it where all tools have to be there.
func missing(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s: run .ci/pages", why)
	}
	t.Skipf("%s: run .ci/pages", why)
}

// packaged returns a file of the npm packages that .ci/pages has installed.
func packaged(t testing.TB, path ...string) string {
	t.Helper()
	dir := os.Getenv("BROWSER_NODE_MODULES")
	file := filepath.Join(append([]string{dir}, path...)...)
	if _, err := os.Stat(file); dir == "" || errors.Is(err, os.ErrNotExist) {
		missing(t, "no npm package "+path[0])
	}
	return file
}

func axeScript(t testing.TB) string {
	t.Helper()
	script, err := os.ReadFile(packaged(t, "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}
