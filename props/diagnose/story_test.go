package diagnose

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check/show"
)

// In a Chrome trace, each step that wrote a line begins at the time of that line.
func TestAChromeTraceHasTheTimesOfTheLines(t *testing.T) {
	r := kept(t, "stuck-after-overlap")
	for i := range r.lines { // at times that are no whole number of anything
		r.lines[i].Time = time.Date(2026, 11, 30, 10, 0, i*i, 1000*i, time.UTC)
	}
	d := diagnosed(t, r)
	doc, err := d.Document()
	require.NoError(t, err)
	format, err := show.FindFormat("chrome")
	require.NoError(t, err)
	text, err := format.Bytes(doc)
	require.NoError(t, err)
	var trace struct {
		TraceEvents []struct {
			Phase string `json:"ph"`
			Time  int    `json:"ts"` // microseconds
			Args  struct {
				Log []string
			}
		}
		OtherData struct{ Begins time.Time }
	}
	require.NoError(t, json.Unmarshal(text, &trace))
	at := map[string]time.Time{}
	for _, e := range trace.TraceEvents {
		for _, line := range e.Args.Log {
			at[line] = trace.OtherData.Begins.Add(time.Duration(e.Time) * time.Microsecond)
		}
	}
	found := map[string]time.Time{}
	for _, e := range d.Timeline() {
		if e.Step != "" {
			found[fmt.Sprintf("%s:%d %s", base(e.File), e.Line, e.Text)] = e.Time
		}
	}
	assert.Len(t, found, 12)
	assert.Equal(t, found, at)
}
