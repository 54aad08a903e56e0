package show

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"pkgdist/model"
)

// Chrome's trace events, as Perfetto opens them: a process for each site and one
// for the administrator, a thread an actor, a slice of a millisecond for each
// step, a flow for each message, and a counter for each version.
type (
	chromeTrace struct {
		Events []chromeEvent     `json:"traceEvents"`
		Unit   string            `json:"displayTimeUnit"`
		Other  map[string]string `json:"otherData"`
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

// A step takes a millisecond.
const chromeStep = 1000

// Chrome writes the trace as Chrome's trace events.
func Chrome(w io.Writer, d *Document) error {
	t := chromeTrace{Unit: "ms", Other: map[string]string{
		"scenario": d.Scenario, "design": d.Design, "property": d.Property, "wrong": d.Wrong, "conclusion": d.Conclusion,
	}}
	t.name(d)
	t.count(0, d.Start)
	flows := 0
	for i := range d.Steps {
		t.step(d, i, &flows)
	}
	t.end(d)
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	return enc.Encode(t)
}

func (t *chromeTrace) add(e chromeEvent) { t.Events = append(t.Events, e) }

// process numbers the administrator 1 and the sites from 2. Threads have numbers
// of their own in all processes.
func process(site int) int { return site + 2 }

func thread(lane int) int { return lane + 101 }

func (t *chromeTrace) name(d *Document) {
	meta := func(name string, process, thread int, args map[string]any) {
		t.add(chromeEvent{Name: name, Phase: "M", Process: process, Thread: thread, Args: args})
	}
	meta("process_name", process(model.NoSite), 0, map[string]any{"name": model.ActorAdministrator.String()})
	meta("process_sort_index", process(model.NoSite), 0, map[string]any{"sort_index": 0})
	for i, site := range d.Sites {
		meta("process_name", process(i), 0, map[string]any{"name": "site " + site.Name})
		meta("process_sort_index", process(i), 0, map[string]any{"sort_index": i + 1})
	}
	for i, l := range d.Lanes {
		meta("thread_name", process(l.Site), thread(i), map[string]any{"name": l.Actor})
		meta("thread_sort_index", process(l.Site), thread(i), map[string]any{"sort_index": i})
	}
}

func (t *chromeTrace) step(d *Document, i int, flows *int) {
	s := &d.Steps[i]
	slice := func(lane, from, length int, name string) {
		category := "step"
		if s.Fault {
			category = "fault"
		}
		args := map[string]any{"step": s.Printed}
		for _, c := range s.Changes {
			args[strings.TrimSpace(c.Place+" "+c.Label)] = c.Was + " -> " + c.Value
		}
		t.add(chromeEvent{Name: name, Category: category, Phase: "X", Time: from, Duration: length,
			Process: process(d.Lanes[lane].Site), Thread: thread(lane), Args: args})
	}
	at := i * chromeStep
	slice(s.By, at, chromeStep, fmt.Sprintf("%d. %s", s.Number, s.Sentence))
	drawn := map[int]bool{s.By: true}
	for _, m := range s.Messages {
		for _, lane := range []int{m.From, m.To} {
			if !drawn[lane] {
				drawn[lane] = true
				slice(lane, at, chromeStep, fmt.Sprintf("%d. %s", s.Number, m.What))
			}
		}
		*flows++
		flow := chromeEvent{Name: m.What, Category: "message", ID: *flows}
		flow.Phase, flow.Time, flow.Process, flow.Thread = "s", at+chromeStep/4, process(d.Lanes[m.From].Site), thread(m.From)
		t.add(flow)
		flow.Phase, flow.Time, flow.Process, flow.Thread = "f", at+chromeStep*3/4, process(d.Lanes[m.To].Site), thread(m.To)
		flow.Binds = "e" // to the slice that encloses it
		t.add(flow)
	}
	var changed []model.Field
	for _, c := range s.Changes {
		changed = append(changed, c.Field)
	}
	t.count(at+chromeStep, changed)
}

// count writes the versions among the fields. What is torn counts as none.
func (t *chromeTrace) count(at int, fields []model.Field) {
	for _, f := range fields {
		version := 0
		switch v := f.Data.(type) {
		case model.Version:
			version = int(v)
		case model.Content:
			if !v.Torn {
				version = int(v.Version)
			}
		default:
			continue
		}
		t.add(chromeEvent{Name: f.Place + " " + f.Label, Phase: "C", Time: at, Process: process(f.Site), Thread: 0, Args: map[string]any{"version": version}})
	}
}

// end marks where a loop begins, and where the story ends.
func (t *chromeTrace) end(d *Document) {
	mark := func(at int, text string) {
		if text != "" {
			t.add(chromeEvent{Name: text, Category: "story", Phase: "i", Scope: "g", Time: at, Process: process(model.NoSite), Thread: 0})
		}
	}
	if d.Loops() {
		mark(d.Loop*chromeStep, "from here on, again and again for ever")
	}
	for _, text := range endings(d) {
		mark(len(d.Steps)*chromeStep, text)
	}
}
