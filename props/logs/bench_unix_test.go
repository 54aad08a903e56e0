//go:build unix

package logs

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// sizeOfBenchmark is that of the logs which are read, in bytes.
const sizeOfBenchmark = 100 << 20

// The megabytes of a log that are read and recognised in a second of one
// processor, for each grammar, and for comparison those in which grep counts a
// fixed string.
func BenchmarkRead(b *testing.B) {
	for _, grammar := range grammars {
		name := writeLarge(b, grammar)
		b.Run(grammar.String(), func(b *testing.B) {
			records, messages, begin := 0, 0, processorTime(b)
			for b.Loop() {
				records, messages = countFile(b, name)
			}
			b.ReportMetric(float64(b.N)*sizeOfBenchmark/1e6/(processorTime(b)-begin).Seconds(), "MB/s-of-CPU")
			b.ReportMetric(float64(records), "records")
			b.ReportMetric(float64(messages), "messages")
		})
	}
	name := writeLarge(b, SMS2003)
	b.Run("grep", func(b *testing.B) {
		var spent time.Duration
		for b.Loop() {
			grep := exec.Command("grep", "-c", "-F", "yet, will retry", name)
			count, err := grep.Output() // into nothing, grep would end at the first
			require.NoError(b, err, "%s", count)
			spent += grep.ProcessState.UserTime() + grep.ProcessState.SystemTime()
		}
		b.ReportMetric(float64(b.N)*sizeOfBenchmark/1e6/spent.Seconds(), "MB/s-of-CPU")
	})
}

// processorTime is what this process has used.
func processorTime(t require.TestingT) time.Duration {
	var usage syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func countFile(t require.TestingT, name string) (records, messages int) {
	f, err := os.Open(name)
	require.NoError(t, err)
	defer f.Close()
	for r, err := range Read(f, name, nil) {
		if err != nil {
			require.NoError(t, err)
		}
		records++
		if _, ok := Recognise(&r); ok {
			messages++
		}
	}
	return records, messages
}

// writeLarge writes a log in which half of the records say something, as in a
// log of Distribution Manager.
func writeLarge(t testing.TB, grammar Grammar) string {
	var chunk []Record
	at := time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)
	for text := range known {
		text = strings.NewReplacer("{P}", "AUS0001B", "{D}", nal, "{F}", incoming).Replace(text)
		at = at.Add(time.Second)
		chunk = append(chunk,
			Record{Text: text, Component: "SMS_DISTRIBUTION_MANAGER", Thread: 300, Time: at},
			Record{Text: "CDistributionSrcSQL::UpdateAvailableVersion PackageID=AUS0001B, Version=7, Status=2301", Component: "SMS_DISTRIBUTION_MANAGER", Thread: 301, Time: at})
	}
	var once bytes.Buffer
	require.NoError(t, Write(&once, Format{Grammar: grammar}, chunk...))
	name := filepath.Join(t.TempDir(), "distmgr.log")
	f, err := os.Create(name)
	require.NoError(t, err)
	out := bufio.NewWriter(f)
	for size := 0; size < sizeOfBenchmark; size += once.Len() {
		_, err := out.Write(once.Bytes())
		require.NoError(t, err)
	}
	require.NoError(t, out.Flush())
	require.NoError(t, f.Close())
	return name
}
