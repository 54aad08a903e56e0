package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"pkgdist/props/check"
)

// The line of a long run fits a terminal of 80 columns, with what the last levels suggest.
func TestStatusLineSaysWhatTheLevelsSuggest(t *testing.T) {
	var out bytes.Buffer
	line := &statusLine{w: &out, width: 80}
	p := check.Progress{States: 94_320_825, Frontier: 4_374_713, Depth: 45, Disk: 92 << 20, Level: 16_500_000, Before: 15_000_000, Elapsed: 538 * time.Second}
	line.progress("sms20")(p)
	assert.Equal(t, "\r\x1b[Ksms20: 94.3M states, 175.3k/s, depth 45 (+10 %), frontier 4.3M, disk 92 MiB, 8m", out.String())

	out.Reset()
	line.next, p.Level = time.Time{}, 7_500_000
	line.progress("sms20")(p)
	assert.Contains(t, out.String(), "depth 45 (some 7.5M to go)")

	out.Reset()
	line.next, p.Back = time.Time{}, 12_300_000
	line.progress("sms20")(p)
	assert.Equal(t, "\r\x1b[Ksms20: 94.3M states, going back for traces: 12.3M to go, 8m58s", out.String())

	out.Reset()
	line.next, p = time.Time{}, check.Progress{States: 12, Memory: 1 << 20, Level: 3, Before: 4}
	line.progress("sms20")(p)
	assert.Equal(t, "\r\x1b[Ksms20: 12 states, 0/s, depth 0, frontier 0, 1.0 MiB, 0s", out.String())
}
