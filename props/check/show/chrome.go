package show

import (
	"cmp"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Chrome's trace events, as Perfetto opens them: a process for each place, a
// thread an actor, a slice of a millisecond for each step, a flow for each
// message, a counter for each field that is a number or a list, and a span for what is
// in a list.
type (
	chromeTrace struct {
		Events []chromeEvent     `json:"traceEvents"`
		Unit   string            `json:"displayTimeUnit"`
		Other  map[string]string `json:"otherData"`

		doc    *Document
		begins []int // of each step, and the end of the last, in microseconds
		flows  int
	}
	chromeEvent struct {
		Name     string         `json:"name"`
		Category string         `json:"cat,omitempty"`
		Phase    string         `json:"ph"`
		Time     int            `json:"ts"` // in microseconds
		Duration int            `json:"dur,omitempty"`
		Process  int            `json:"pid"`
		Thread   int            `json:"tid"`
		ID       int            `json:"id,omitempty"`
		Binds    string         `json:"bp,omitempty"`
		Scope    string         `json:"s,omitempty"`
		Args     map[string]any `json:"args,omitempty"`
	}
)

// A step takes a millisecond, where its time is not known.
const chromeStep = 1000

// begins are the times of the steps: of those of which it is known that time, and of those between them a share of what lies between.
// The first time that is known is told in the trace.
func (d *Document) begins() []int {
	at := make([]int, len(d.Steps)+1)
	for i := range at {
		at[i] = i * chromeStep
	}
	last := -1
	var zero time.Time
	for i, s := range d.Steps {
		if s.Time.IsZero() {
			continue
		}
		if last < 0 {
			zero = s.Time.Add(-time.Duration(at[i]) * time.Microsecond)
		}
		now := int(s.Time.Sub(zero).Microseconds())
		if last >= 0 {
			now = max(now, at[last]+i-last) // lines can be out of order
			for j := last + 1; j < i; j++ {
				at[j] = at[last] + (now-at[last])*(j-last)/(i-last)
			}
		}
		at[i], last = now, i
	}
	for i := last + 1; last >= 0 && i < len(at); i++ {
		at[i] = at[i-1] + chromeStep
	}
	return at
}

func writeChrome(w io.Writer, d *Document) error {
	t := chromeTrace{Unit: "ms", doc: d, begins: d.begins(), Other: map[string]string{
		"title": d.Title, "property": d.Property, "wrong": d.Wrong, "conclusion": d.Conclusion,
	}}
	for _, item := range d.About {
		t.Other["about: "+item.Label] = item.Value
	}
	for i, s := range d.Steps {
		if !s.Time.IsZero() {
			t.Other["begins"] = s.Time.Add(-time.Duration(t.begins[i]) * time.Microsecond).Format(time.RFC3339Nano)
			break
		}
	}
	t.names()
	t.count(0, d.States[0].Fields)
	for i := range d.Steps {
		t.step(i)
	}
	t.spans()
	t.end()
	return WriteJSON(w, " ", t)
}

func (t *chromeTrace) add(e chromeEvent) { t.Events = append(t.Events, e) }

// process numbers the places from 1. Threads have numbers of their own in all
// processes.
func (t *chromeTrace) process(place string) int {
	return 1 + slices.IndexFunc(t.doc.Places, func(p Place) bool { return p.Name == place })
}

func thread(lane int) int { return lane + 101 }

func (t *chromeTrace) names() {
	meta := func(kind string, process, thread int, name string, order int) {
		t.add(chromeEvent{Name: kind + "_name", Phase: "M", Process: process, Thread: thread, Args: map[string]any{"name": name}})
		t.add(chromeEvent{Name: kind + "_sort_index", Phase: "M", Process: process, Thread: thread, Args: map[string]any{"sort_index": order}})
	}
	for i, p := range t.doc.Places {
		name := "model"
		if p.Name != "" {
			name = cmp.Or(p.Title, p.Name)
		}
		meta("process", t.process(p.Name), 0, name, i)
	}
	for i, l := range t.doc.Lanes {
		meta("thread", t.process(l.Place), thread(i), cmp.Or(l.Actor, t.doc.place(l.Place), "model"), i)
	}
}

func (t *chromeTrace) step(i int) {
	s := &t.doc.Steps[i]
	at, took := t.begins[i], t.begins[i+1]-t.begins[i]
	t.slice(i, s.By, s.Sentence)
	drawn := []int{s.By}
	for _, m := range s.Messages {
		for _, lane := range []int{m.From, m.To} {
			if !slices.Contains(drawn, lane) {
				drawn = append(drawn, lane)
				t.slice(i, lane, m.What)
			}
		}
		t.flows++
		name := cmp.Or(m.What, "message")
		t.add(chromeEvent{Name: name, Category: "message", ID: t.flows, Phase: "s", Time: at + took/4,
			Process: t.process(t.doc.Lanes[m.From].Place), Thread: thread(m.From)})
		t.add(chromeEvent{Name: name, Category: "message", ID: t.flows, Phase: "f", Time: at + took*3/4,
			Process: t.process(t.doc.Lanes[m.To].Place), Thread: thread(m.To), Binds: "e"}) // to the slice that encloses it
	}
	var changed []Field
	for _, c := range t.doc.Changes(i) {
		changed = append(changed, c.Field)
	}
	t.count(at+took, changed)
}

func (t *chromeTrace) slice(i, lane int, name string) {
	s := &t.doc.Steps[i]
	category := "step"
	if s.Fault {
		category = "fault"
	}
	args := map[string]any{"step": s.Text}
	if notes := t.doc.notes(i); notes != nil {
		args["notes"] = notes
	}
	if s.Log != nil {
		args["log"] = s.Log
	}
	for _, c := range t.doc.Changes(i) {
		args[c.name()] = c.Was + " -> " + c.Value
	}
	t.add(chromeEvent{Name: numbered(i, name), Category: category, Phase: "X", Time: t.begins[i], Duration: max(1, t.begins[i+1]-t.begins[i]),
		Process: t.process(t.doc.Lanes[lane].Place), Thread: thread(lane), Args: args})
}

func (f Field) name() string { return strings.TrimSpace(f.Place + " " + f.Label) }

func (t *chromeTrace) count(at int, fields []Field) {
	for _, f := range fields {
		if n, ok := f.number(); ok {
			t.add(chromeEvent{Name: cmp.Or(f.name(), "value"), Phase: "C", Time: at, Process: t.process(f.at()), Args: map[string]any{"value": n}})
		}
	}
}

// number is the value of a field that is a number, and the length of one that is
// a list or a map.
func (f Field) number() (any, bool) {
	v := reflect.ValueOf(f.Data)
	switch {
	case !v.IsValid():
		return nil, false
	case v.CanInt():
		return v.Int(), true
	case v.CanUint():
		return v.Uint(), true
	case v.CanFloat() && v.Float()-v.Float() == 0: // finite
		return v.Float(), true
	}
	if n, ok := f.size(); ok {
		return n, true
	}
	return nil, false
}

// size is the length of a list or a map.
func (f Field) size() (int, bool) {
	v := reflect.ValueOf(f.Data)
	switch v.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map:
		return v.Len(), true
	}
	return 0, false
}

// spans draw for each field that is a list or a map how long it has had which value,
// while there is anything in it.
func (t *chromeTrace) spans() {
	for i, f := range t.doc.States[0].Fields {
		begin := 0
		for at, s := range t.doc.States {
			value := s.Fields[i].Value
			if at+1 < len(t.doc.States) && t.doc.States[at+1].Fields[i].Value == value {
				continue
			}
			if n, list := s.Fields[i].size(); list && n > 0 {
				span := chromeEvent{Name: f.Label + ": " + value, Category: cmp.Or(f.name(), "value"), ID: i + 1, Process: t.process(f.at())}
				span.Phase, span.Time = "b", t.beginOf(begin)
				t.add(span)
				span.Phase, span.Time = "e", t.beginOf(at+1)
				t.add(span)
			}
			begin = at + 1
		}
	}
}

// beginOf is the time of a state: when the step to it ends.
func (t *chromeTrace) beginOf(state int) int {
	if state < len(t.begins) {
		return t.begins[state]
	}
	return t.begins[len(t.begins)-1] + chromeStep
}

// end draws the counters to their end, and marks where a loop begins and where
// the story ends.
func (t *chromeTrace) end() {
	d := t.doc
	last := t.begins[len(d.Steps)]
	t.count(last, d.States[len(d.Steps)].Fields)
	mark := func(at int, text string) {
		t.add(chromeEvent{Name: text, Category: "story", Phase: "i", Scope: "g", Time: at, Process: t.process(d.Places[0].Name)})
	}
	values := map[string]any{}
	for _, f := range d.States[len(d.Steps)].Fields {
		values[cmp.Or(f.name(), "value")] = f.Value
	}
	t.add(chromeEvent{Name: "the last state", Category: "story", Phase: "i", Scope: "g", Time: last, Process: t.process(d.Places[0].Name), Args: values})
	if d.Loops() {
		mark(t.begins[d.Loop], strings.TrimSuffix(loopBegins, ":"))
	}
	for _, text := range d.endings() {
		mark(last, text)
	}
}
