package show_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check/show"
)

type traceEvent struct {
	Name     *string        `json:"name"`
	Phase    string         `json:"ph"`
	Time     *int           `json:"ts"`
	Duration int            `json:"dur"`
	Process  *int           `json:"pid"`
	Thread   *int           `json:"tid"`
	ID       int            `json:"id"`
	Binds    string         `json:"bp"`
	Scope    string         `json:"s"`
	Args     map[string]any `json:"args"`
}

func events(t *testing.T, d *show.Document) []traceEvent {
	t.Helper()
	var trace struct {
		TraceEvents     []traceEvent
		DisplayTimeUnit string
	}
	require.NoError(t, json.Unmarshal([]byte(written(t, "chrome", d)), &trace))
	assert.Equal(t, "ms", trace.DisplayTimeUnit)
	return trace.TraceEvents
}

// within tells whether a time is in a slice of a thread.
func within(list []traceEvent, process, thread, time int) int {
	n := 0
	for _, e := range list {
		if e.Phase == "X" && *e.Process == process && *e.Thread == thread && *e.Time <= time && time < *e.Time+e.Duration {
			n++
		}
	}
	return n
}

func TestChromesEventsHaveTheirFields(t *testing.T) {
	for _, d := range everyDocument() {
		t.Run(d.Name, func(t *testing.T) { validEvents(t, d) })
	}
}

func validEvents(t *testing.T, d *show.Document) {
	list := events(t, d)
	named := map[[2]int]string{}
	flows := map[int][]traceEvent{}
	steps, messages, spans := 0, 0, map[string]int{}
	for _, e := range list {
		require.NotNil(t, e.Name)
		require.NotNil(t, e.Time)
		require.NotNil(t, e.Process)
		require.NotNil(t, e.Thread)
		assert.NotEmpty(t, *e.Name)
		switch e.Phase {
		case "M":
			if *e.Name == "thread_name" || *e.Name == "process_name" {
				named[[2]int{*e.Process, *e.Thread}] = e.Args["name"].(string)
			}
		case "X":
			steps++
			assert.Positive(t, e.Duration)
			assert.NotEmpty(t, named[[2]int{*e.Process, *e.Thread}], "a slice in a thread without a name")
			assert.Equal(t, 1, within(list, *e.Process, *e.Thread, *e.Time), "slices of one thread overlap")
		case "s", "f":
			flows[e.ID] = append(flows[e.ID], e)
			assert.Equal(t, 1, within(list, *e.Process, *e.Thread, *e.Time), "a flow that begins or ends in no slice")
		case "C":
			assert.IsType(t, 0.0, e.Args["value"])
			assert.Contains(t, named, [2]int{*e.Process, 0})
		case "b":
			spans[*e.Name]++
		case "e":
			spans[*e.Name]--
		case "i":
			assert.Contains(t, []string{"g", "p", "t"}, e.Scope)
		default:
			t.Errorf("event of phase %q", e.Phase)
		}
	}
	for name, open := range spans {
		assert.Zero(t, open, "%s does not end", name)
	}
	for id, pair := range flows {
		require.Len(t, pair, 2, "flow %d", id)
		assert.Equal(t, "s", pair[0].Phase)
		assert.Equal(t, "f", pair[1].Phase)
		assert.Less(t, *pair[0].Time, *pair[1].Time)
		assert.Equal(t, *pair[0].Name, *pair[1].Name)
	}
	for _, s := range d.Steps {
		messages += len(s.Messages)
	}
	assert.Len(t, flows, messages)
	assert.GreaterOrEqual(t, steps, len(d.Steps))
}

// A number that JSON does not have is no counter.
func TestChromesCountersAreNumbers(t *testing.T) {
	for data, want := range map[any]bool{1: true, uint8(1): true, 1.5: true, math.NaN(): false, math.Inf(-1): false, "1": false, true: false} {
		d := &show.Document{States: []show.State{{Fields: []show.Field{{Label: "n", Value: "v", Data: data}}}}}
		assert.Equal(t, want, strings.Contains(written(t, "chrome", d), `"ph": "C"`), "%v", data)
		validEvents(t, d)
	}
}
