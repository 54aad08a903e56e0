package show_test

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pkgdist/props/internal/testbrowser"
)

func TestMain(m *testing.M) { os.Exit(testbrowser.M{M: m}.Run()) }

// needBrowser skips the test unless everything is asked for: a browser takes
// seconds.
func needBrowser(t testing.TB) {
	t.Helper()
	if !*big {
		t.Skip("drives a browser: needs -big")
	}
	if testbrowser.Find() == "" {
		needs(t, strings.Join(testbrowser.Names, ", nor "))
	}
}

// A tab is a page in a browser.
type tab struct {
	*testbrowser.Tab
	t testing.TB
}

func open(t testing.TB, file string) *tab {
	t.Helper()
	needBrowser(t)
	file, fragment, _ := strings.Cut(file, "#")
	address := url.URL{Scheme: "file", Path: file, Fragment: fragment}
	return &tab{testbrowser.Open(t, address.String()), t}
}

func get[T any](p *tab, expression string) T {
	p.t.Helper()
	return testbrowser.Get[T](p.Tab, expression)
}

func file(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
	return path
}

func quoted(t testing.TB, text string) string {
	b, err := json.Marshal(text)
	require.NoError(t, err)
	return string(b)
}
