package beam

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pkgdist/props/check"
	"pkgdist/props/internal/testmodel"
)

// mostOverhead is how many times the processor time of one machine many may take.
const mostOverhead = 3

// Exploring with pipelines takes at most so many times the processor time of the search on disk on one machine. Both are taken
// in turn, for two-phase commit with 8 resource managers, as the README has it.
func TestOverheadIsBounded(t *testing.T) {
	if !*big {
		t.Skip("needs -big: smaller models measure what a pipeline costs that does nothing")
	}
	const arguments = "8"
	processor := func(do func()) time.Duration {
		before := testmodel.ProcessorTime()
		do()
		return testmodel.ProcessorTime() - before
	}
	for _, partitions := range []int{1, 2, 4, 8, 16} {
		var disk, many time.Duration
		var one, other *check.Result[transaction, action]
		disk = processor(func() { one = onOneMachine(t, twoPhase, arguments, check.OnDisk) })
		var sent, bytes int64
		began := time.Now()
		many = processor(func() {
			var err error
			other, err = twoPhase.Explore(t.Context(), arguments, Options{Dir: t.TempDir(), Partitions: partitions, AtHand: 1_000, Figures: func(f Figures) {
				sent, bytes = sent+f.Sent, bytes+f.Bytes
			}})
			require.NoError(t, err)
		})
		requireSame(t, one, other)
		states := float64(one.States)
		t.Logf("%2d partitions: %5.1f s on Prism, %5.1f s on disk, %.1f times; %.2f states sent a state, %.2f bytes through the shuffle a state, %.2f bytes in files a state; %v by the clock",
			partitions, many.Seconds(), disk.Seconds(), many.Seconds()/disk.Seconds(), float64(sent)/states, float64(bytes)/states, float64(other.Disk)/states, time.Since(began).Round(time.Second))
		if partitions <= 4 {
			require.Less(t, many, mostOverhead*disk)
		}
	}
}
