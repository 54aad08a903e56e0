package logs

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func logOf(records ...Record) Log {
	return func(yield func(Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// Logs whose lines are out of order by no more than the tolerance come out in
// the order of time; each thread's lines stay in order, and so do lines of one
// time. Nothing is lost, and nothing is reported.
func TestMergeOrdersByTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tolerance := rapid.IntRange(0, 4).Draw(t, "tolerance")
		start := time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)
		var logs []Log
		var all []Record
		for i := range rapid.IntRange(1, 3).Draw(t, "logs") {
			var records []Record
			newest := 0
			last := map[int]int{}
			for range rapid.IntRange(0, 12).Draw(t, "lines") {
				thread := rapid.IntRange(1, 3).Draw(t, "thread")
				least := max(newest-tolerance, last[thread], 0)
				at := rapid.IntRange(least, max(least, newest)+3).Draw(t, "second")
				newest, last[thread] = max(newest, at), at
				records = append(records, Record{
					Line: 100*i + len(records), Thread: thread, Time: start.Add(time.Duration(at) * time.Second),
				})
			}
			logs, all = append(logs, logOf(records...)), append(all, records...)
		}
		merged, bad := read(t, Merge(time.Duration(tolerance)*time.Second, logs...))
		require.Empty(t, bad)
		slices.SortStableFunc(all, func(a, b Record) int { return a.Time.Compare(b.Time) })
		require.Equal(t, all, merged)
	})
}

// Whatever the times are, also none, each record comes out once, and those of
// one thread in their order; a time that goes back too far is reported.
func TestMergeLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var logs []Log
		threads := map[[2]int][]Record{}
		for i := range rapid.IntRange(1, 3).Draw(t, "logs") {
			var records []Record
			for line := range rapid.IntRange(0, 10).Draw(t, "lines") {
				r := Record{Component: string(rune('a' + i)), Line: line, Thread: rapid.IntRange(0, 2).Draw(t, "thread")}
				if at := rapid.IntRange(0, 20).Draw(t, "second"); at > 0 {
					r.Time = time.Unix(int64(at), 0)
				}
				records = append(records, r)
				threads[[2]int{i, r.Thread}] = append(threads[[2]int{i, r.Thread}], r)
			}
			logs = append(logs, logOf(records...))
		}
		merged, _ := read(t, Merge(2*time.Second, logs...))
		found := map[[2]int][]Record{}
		for _, r := range merged {
			key := [2]int{int(r.Component[0] - 'a'), r.Thread}
			found[key] = append(found[key], r)
		}
		require.Equal(t, threads, found)
	})
}

// After a clock was set back, one error says where, and the lines come in the
// order of the log.
func TestClockThatIsSetBackIsReportedOnce(t *testing.T) {
	at := func(seconds int64) Record {
		return Record{File: "f", Line: int(seconds), Thread: int(seconds), Time: time.Unix(seconds, 0).UTC()}
	}
	records, bad := read(t, Merge(time.Second, logOf(at(5000), at(1400), at(1401), at(5001), at(1402))))
	require.Len(t, bad, 2)
	assert.ErrorContains(t, bad[0], "f:1400: expected a time that is not before 1970-01-01 01:23:20.000 by more than the tolerance, found 1970-01-01 00:23:20.000")
	assert.ErrorContains(t, bad[1], "f:1402: ")
	assert.Equal(t, []Record{at(5000), at(1400), at(1401), at(5001), at(1402)}, records)
}

// A record without a time stays behind the one before it.
func TestRecordWithoutTimeStaysBehindTheOneBeforeIt(t *testing.T) {
	records := []Record{{Thread: 1, Time: time.Unix(10, 0)}, {Thread: 2}, {Thread: 3, Time: time.Unix(20, 0)}, {Thread: 4}}
	other := Record{Thread: 5, Time: time.Unix(15, 0)}
	merged, bad := read(t, Merge(time.Second, logOf(records...), logOf(other)))
	require.Empty(t, bad)
	assert.Equal(t, []Record{records[0], records[1], other, records[2], records[3]}, merged)
}

// A merge waits for nothing but what can still come: it reads no more of a log
// than the tolerance asks for, and nothing ahead of a log without times.
func TestMergeKeepsOnlyWhatLiesWithinTheTolerance(t *testing.T) {
	const tolerance = 10
	for ahead, timed := range map[int]bool{tolerance + 1: true, 1: false} {
		taken, given := 0, 0
		log := func(yield func(Record, error) bool) {
			for taken < 1000 {
				r := Record{Thread: taken}
				if taken++; timed {
					r.Time = time.Unix(int64(taken), 0)
				}
				if !yield(r, nil) {
					return
				}
			}
		}
		for range Merge(tolerance*time.Second, log) {
			given++
			require.LessOrEqual(t, taken-given, ahead)
		}
		require.Equal(t, 1000, given)
	}
}

// A rotated log is one log with the older file first, whatever the order in
// which the files are named, and logs of several components are merged.
func TestFilesAreMerged(t *testing.T) {
	folder := t.TempDir()
	start := time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)
	write := func(name string, seconds ...int) string {
		var file bytes.Buffer
		for _, s := range seconds {
			r := Record{Component: "SMS_X", Thread: 3, Time: start.Add(time.Duration(s) * time.Second), Text: name}
			require.NoError(t, Write(&file, Format{Grammar: SMS1}, r))
		}
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, file.Bytes(), 0o600))
		return path
	}
	newer := write("distmgr.log", 3, 5)
	for _, names := range [][2]string{{"distmgr.log", "distmgr.lo_"}, {"DISTMGR.LOG", "DISTMGR.LO_"}, {"Distmgr.Log", "Distmgr.lo_"}} {
		newer, older, other := write(names[0], 3, 5), write(names[1], 1, 3), write("despool.log", 2, 4)
		records, bad := read(t, ReadFiles(time.Second, nil, newer, other, older))
		require.Empty(t, bad)
		var texts []string
		for _, r := range records {
			texts = append(texts, r.Text)
			assert.Equal(t, filepath.Join(folder, r.Text), r.File)
		}
		assert.Equal(t, []string{names[1], "despool.log", names[1], names[0], "despool.log", names[0]}, texts)
	}

	var last error
	for _, err := range ReadFiles(time.Second, nil, newer, filepath.Join(folder, "none.log")) {
		last = err
	}
	assert.ErrorIs(t, last, os.ErrNotExist)
}
