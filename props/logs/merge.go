package logs

import (
	"cmp"
	"container/heap"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// ReadFiles reads logs and merges them by time. Of a log that was rotated, the
// older file, in .lo_, is read before that in .log. The zone is that of Read,
// the tolerance that of Merge.
func ReadFiles(tolerance time.Duration, zone *time.Location, names ...string) Log {
	var order []string
	byLog := map[string][]string{}
	for _, name := range names {
		log := name
		if ext := filepath.Ext(name); strings.EqualFold(ext, ".log") || strings.EqualFold(ext, ".lo_") {
			log = strings.TrimSuffix(name, ext)
		}
		if byLog[log] == nil {
			order = append(order, log)
		}
		byLog[log] = append(byLog[log], name)
	}
	var logs []Log
	for _, log := range order {
		files := byLog[log]
		slices.SortStableFunc(files, func(a, b string) int { return cmp.Compare(age(a), age(b)) })
		logs = append(logs, concat(zone, files))
	}
	return Merge(tolerance, logs...)
}

// age orders the files of one log.
func age(name string) int {
	if strings.EqualFold(filepath.Ext(name), ".lo_") {
		return 0
	}
	return 1
}

// concat reads one file after the other, each when its turn has come.
func concat(zone *time.Location, names []string) Log {
	return func(yield func(Record, error) bool) {
		for _, name := range names {
			f, err := os.Open(name)
			if err != nil {
				yield(Record{}, err)
				return
			}
			for r, err := range Read(f, name, zone) {
				if !yield(r, err) || err != nil && !goesOn(err) {
					f.Close()
					return
				}
			}
			f.Close()
		}
	}
}

// OrderError reports a record whose time is before that of an earlier record of
// its log by more than the tolerance, as after a clock was set back. The record
// comes after the error, at its place in the log. Of a row of such records, the
// first is reported.
type OrderError struct {
	Record Record
	Before time.Time // of the earlier record
}

func (e *OrderError) Error() string {
	const format = "2006-01-02 15:04:05.000"
	return fmt.Sprintf("%s:%d: expected a time that is not before %s by more than the tolerance, found %s",
		e.Record.File, e.Record.Line, e.Before.Format(format), e.Record.Time.Format(format))
}

// Merge merges logs by time. In one log, lines of different threads can be out
// of order by as much as the tolerance; the lines of one thread stay in order.
// Records of the same time stay in the order of the log, and come in the order
// of the logs. A record without a time stays behind the one before it in its
// log. Errors come when they are met.
//
// It keeps in memory what lies within the tolerance.
func Merge(tolerance time.Duration, logs ...Log) Log {
	return func(yield func(Record, error) bool) {
		m := merger{tolerance: tolerance}
		for i, log := range logs {
			next, stop := iter.Pull2(log)
			defer stop()
			m.sources = append(m.sources, &source{index: i, next: next, due: map[int]time.Time{}})
		}
		for m.deliver(yield) && len(m.sources) > 0 {
			if err := m.read(); err != nil && (!yield(Record{}, err) || !goesOn(err)) {
				return
			}
		}
	}
}

// goesOn reports whether reading goes on after the error.
func goesOn(err error) bool {
	var bad *BadError
	var order *OrderError
	return errors.As(err, &bad) || errors.As(err, &order)
}

type merger struct {
	tolerance time.Duration
	sources   []*source // that have not ended
	waiting   queue
}

// source is one of the logs that are merged.
type source struct {
	index, count int
	next         func() (Record, error, bool)
	newest       time.Time         // of the times so far
	last         time.Time         // when the last record is due
	due          map[int]time.Time // and the last of each thread
	crowded      int               // so many threads are looked through for those that are over
	disorder     bool              // the last record is reported as out of order
}

// frontier is the time before which no record of the log will be due; the zero
// time if none is known.
func (s *source) frontier(tolerance time.Duration) time.Time {
	if s.newest.IsZero() {
		return s.newest
	}
	return s.newest.Add(-tolerance)
}

// slowest returns the log that holds up the others.
func (m *merger) slowest() *source {
	return slices.MinFunc(m.sources, func(a, b *source) int { return a.newest.Compare(b.newest) })
}

// deliver yields the records before which none can come any more, and reports
// whether more are wanted.
func (m *merger) deliver(yield func(Record, error) bool) bool {
	for len(m.waiting) > 0 {
		due := m.waiting[0].due
		if len(m.sources) > 0 && !due.IsZero() && !due.Before(m.slowest().frontier(m.tolerance)) {
			break
		}
		if !yield(heap.Pop(&m.waiting).(*entry).record, nil) {
			return false
		}
	}
	return true
}

// read reads one record, or an error, of the log that holds up the others.
func (m *merger) read() error {
	s := m.slowest()
	r, err, ok := s.next()
	switch {
	case !ok:
		m.sources = slices.DeleteFunc(m.sources, func(other *source) bool { return other == s })
		return nil
	case err != nil:
		return err
	}
	due := r.Time
	disorder := !due.IsZero() && due.Before(s.frontier(m.tolerance))
	if due.IsZero() || disorder {
		due = s.last
	}
	if of := s.due[r.Thread]; due.Before(of) {
		due = of
	}
	if r.Time.After(s.newest) {
		s.newest = r.Time
	}
	if s.due[r.Thread] = due; len(s.due) > s.crowded {
		maps.DeleteFunc(s.due, func(_ int, due time.Time) bool { return due.Before(s.frontier(m.tolerance)) })
		s.crowded = max(1<<10, 2*len(s.due))
	}
	s.last = due
	s.count++
	heap.Push(&m.waiting, &entry{record: r, due: due, source: s.index, number: s.count})
	first := disorder && !s.disorder
	if s.disorder = disorder; first {
		return &OrderError{Record: r, Before: s.newest}
	}
	return nil
}

// entry is a record that waits until none can come before it.
type entry struct {
	record         Record
	due            time.Time
	source, number int
}

// queue is a heap of entries, the first to be delivered at the front.
type queue []*entry

func (q queue) Len() int      { return len(q) }
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q queue) Less(i, j int) bool {
	a, b := q[i], q[j]
	return cmp.Or(a.due.Compare(b.due), a.source-b.source, a.number-b.number) < 0
}

func (q *queue) Push(e any) { *q = append(*q, e.(*entry)) }

func (q *queue) Pop() any {
	last := len(*q) - 1
	e := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return e
}
