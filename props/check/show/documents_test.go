package show_test

import (
	"fmt"
	"strings"
	"testing"

	"pkgdist/props/check/show"
)

// documents are runs of models that have nothing in common.
func documents() []*show.Document { return []*show.Document{mutex(), silent(), loop(), panels()} }

// mutex is a run of two processes that test a lock and then take it, each at a
// time of its own.
func mutex() *show.Document {
	state := func(id int, lock bool, holders []int, at1, at2 string, possible ...show.Choice) show.State {
		at := func(place, value string) show.Field {
			return show.Field{Place: place, Group: "program", Label: "at", Value: value, Bad: value == "critical" && len(holders) > 1}
		}
		return show.State{ID: id, Possible: possible, Fields: []show.Field{
			{Group: "memory", Label: "lock", Value: fmt.Sprint(lock), Data: lock, Kept: true},
			{Group: "memory", Label: "holders", Value: fmt.Sprint(holders), Data: holders, Kept: true},
			at("1", at1), at("2", at2),
			{Place: "2/cache", Group: "copies", Label: "lock", Value: fmt.Sprint(at2 == "tested"), Data: struct{ Fresh bool }{at2 == "tested"}},
		}}
	}
	return &show.Document{
		Name: "mutex-exclusion", Title: "Two processes and a lock", Source: "a textbook",
		Why:      "Never are both processes in the critical section.\nThey test the lock and take it in two steps.\n\nWhoever is between the two holds it for free.",
		About:    []show.Item{{Label: "Version", Value: "test-then-set"}},
		Property: "mutual-exclusion", Says: "Never are both processes in the critical section.",
		Places: []show.Place{{Name: "1", Title: "process 1", Note: "the elder"}, {Name: "2", Title: "process 2"}},
		Groups: []string{"memory"},
		Lanes:  []show.Lane{{Actor: "memory"}, {Place: "1"}, {Place: "2", Actor: "program"}, {Place: "2", Actor: "cache"}},
		Steps: []show.Step{
			{Text: "test(1)", Sentence: "Process 1 finds the lock free.", By: 1, Messages: []show.Message{{From: 1, To: 0, What: "is it free?"}}},
			{Text: "test(2)", Sentence: "Process 2 finds the lock free.", By: 2, Messages: []show.Message{{From: 2, To: 3, What: "keep it"}},
				Remarks: []string{"it is not taken yet"}},
			{Text: "enter(1)", Sentence: "Process 1 takes the lock and enters.", By: 1},
			{Text: "enter(2)", By: 2, Fault: true, Messages: []show.Message{{From: 2, To: 0, What: "take it"}}},
		},
		States: []show.State{
			state(7, false, nil, "idle", "idle", show.Choice{Text: "test(1)", To: 8}, show.Choice{Text: "test(2)", To: 20}),
			state(8, false, nil, "tested", "idle", show.Choice{Text: "enter(1)", To: 21}, show.Choice{Text: "test(2)", To: 9}),
			state(9, false, nil, "tested", "tested", show.Choice{Text: "enter(1)", To: 10}, show.Choice{Text: "enter(2)", To: 22}),
			state(10, true, []int{1}, "critical", "tested", show.Choice{Text: "enter(2)", To: 11}, show.Choice{Text: "leave(1)", To: 20}),
			state(11, true, []int{1, 2}, "critical", "critical", show.Choice{Text: "leave(1)", To: 23, AtRest: true}),
		},
		Turn:  &show.Turn{Step: 1, Instead: "enter(1)"},
		Wrong: "Both processes are in the critical section.", Conclusion: "Reproduced.", Reproduced: true,
		Sections: []show.Section{{Name: "model", Text: "processes: 2\n"}, {Name: "property"}, {Name: "version", Text: "test-then-set\n"}},
		Glossary: []show.Item{{Label: "lock", Value: "What lets one process at a time in."}, {Label: "lock free", Value: "Nobody has it."}, {Label: "ind", Value: "A part of a word."}},
		Rerun:    []string{"go test -run TestMutex", "go tool explore mutex-exclusion.txtar"},
	}
}

// silent is a run of a model that says nothing of itself: there are steps and
// states as Go prints them.
func silent() *show.Document {
	d := &show.Document{Name: "silent", Property: "small"}
	for i := range 4 {
		d.States = append(d.States, show.State{ID: i, Fields: []show.Field{
			{Value: fmt.Sprintf("{Count:%d Queue:[%d %d] Owner:{Name:worker ID:%d}}", i, i, i*i, i%2)},
		}})
		if i > 0 {
			d.Steps = append(d.Steps, show.Step{Text: fmt.Sprintf("{add %d}", i)})
		}
	}
	return d
}

func loop() *show.Document {
	d := &show.Document{
		Name: "loop", Subject: "Crossing", Title: "A traffic light", Property: "green", Says: "The light is green infinitely often.",
		Lanes: []show.Lane{{Actor: "light"}}, Forever: true, Loop: 1, Wrong: "The light changes between red and yellow.",
	}
	for i, colour := range []string{"off", "red", "yellow", "red"} {
		d.States = append(d.States, show.State{ID: min(i, 4-i), Possible: []show.Choice{{Text: "change", To: []int{1, 2, 1, 2}[i]}}, Fields: []show.Field{
			{Label: "colour", Value: colour, Data: colour}, {Label: "changes", Value: fmt.Sprint(i % 3), Data: i % 3, Kept: true},
		}})
		if i > 0 {
			d.Steps = append(d.Steps, show.Step{Text: "change", Sentence: "The light becomes " + colour + "."})
		}
	}
	d.States[3] = d.States[1]
	return d
}

// panels is a run at places that have several parts, in groups that have another order than the fields; its one step reaches
// a place twice, and changes what is on disk, in memory, on its way, and where nobody is.
func panels() *show.Document {
	fields := func(value string) (list []show.Field) {
		for _, place := range []string{"1/P", "1/Q", "2/P", "3/P"} {
			list = append(list,
				show.Field{Place: place, Group: "stored copy", Label: "stored copy", Value: value, Kept: true},
				show.Field{Place: place, Group: "INCOMING", Label: "notification", Value: value},
				show.Field{Place: place, Group: "INCOMING", Label: "INCOMING", Value: value, Data: strings.Fields(value), Kept: true, Inbox: place == "2/P"},
				show.Field{Place: place, Group: "memory", Label: "content in memory", Value: value})
		}
		return list
	}
	return &show.Document{
		Name: "panels", Property: "all-stored", Groups: []string{"INCOMING", "stored copy"},
		Lanes:  []show.Lane{{Place: "1", Actor: "a"}, {Place: "2", Actor: "b"}, {Place: "2", Actor: "c"}},
		Steps:  []show.Step{{Text: "s", Messages: []show.Message{{From: 0, To: 1, What: "m"}, {From: 0, To: 2, What: "n"}, {From: 0, To: 1, What: "o"}}}},
		States: []show.State{{Fields: fields("x")}, {ID: 1, Fields: fields("x y")}},
	}
}

// fails is a run that stops before its first step.
func fails() *show.Document {
	d := mutex()
	d.Steps, d.States, d.Turn = nil, d.States[:1], nil
	d.Wrong, d.Reproduced, d.Conclusion = "", false, "Not reproduced. Step 1 is no longer possible there.\n  mutex.txtar:7: test(1)"
	return d
}

// long is a loop with many steps at several places, for the browser.
func long() *show.Document {
	d := &show.Document{
		Name: "long", Title: "A ring of four that passes a token", Property: "token-is-back", Says: "The token comes back to the first.",
		Why: "It does not.", Forever: true, Loop: 29, Wrong: "The token never comes back to the first.",
		About: []show.Item{{Label: "Ring", Value: "four"}},
	}
	const n = 4
	for i := range n {
		d.Places = append(d.Places, show.Place{Name: fmt.Sprint(i), Title: fmt.Sprintf("node %d", i)})
		d.Lanes = append(d.Lanes, show.Lane{Place: fmt.Sprint(i), Actor: "sender"})
	}
	holder := func(step int) int {
		if step < 29 {
			return step % n
		}
		return 1 + (step-29)%2
	}
	for i := range 34 {
		s := show.State{ID: i}
		for node := range n {
			has, value := holder(i) == node, "no"
			if has {
				value = "yes"
			}
			place := fmt.Sprint(node)
			s.Fields = append(s.Fields,
				show.Field{Place: place, Group: "token", Label: "token", Value: value, Data: has, Kept: true},
				show.Field{Place: place, Group: "counters", Label: "round", Value: fmt.Sprint(min(i, 29) / n), Data: min(i, 29) / n},
				show.Field{Place: place, Group: "counters", Label: "state of the link", Value: "open"})
		}
		d.States = append(d.States, s)
		if i > 0 {
			from, to := holder(i-1), holder(i)
			d.Steps = append(d.Steps, show.Step{Text: fmt.Sprintf("pass(from=%d to=%d)", from, to), By: from,
				Sentence: fmt.Sprintf("Node %d passes the token to node %d.", from, to), Messages: []show.Message{{From: from, To: to, What: "the token"}}})
		}
	}
	d.States[33] = d.States[29]
	return d
}

func straight() *show.Document {
	d := long()
	d.Forever = false
	return d
}

func written(t testing.TB, format string, d *show.Document) string {
	t.Helper()
	f, err := show.FindFormat(format)
	if err != nil {
		t.Fatal(err)
	}
	text, err := f.Bytes(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func sentence(s show.Step) string {
	if s.Sentence == "" {
		return s.Text
	}
	return s.Sentence
}

func everyDocument() []*show.Document { return append(documents(), long()) }
