package beam

import (
	"maps"
	"strings"

	"pkgdist/props/check"
)

// jobs is a model whose states have varying length, and grow: there is more room for an encoded state from time to time.
type jobs struct {
	Log  string
	Left []string
	Hand map[string]string
}

var jobModel = check.Model[jobs, string]{
	Name: "Jobs",
	Init: func() []jobs {
		return []jobs{{Left: []string{"bake", "clean", "deliver"}}, {Left: []string{"clean", "clean", "paint the whole house, from the cellar to the roof"}}}
	},
	Steps: func(s jobs, yield func(string, jobs)) {
		for _, who := range []string{"Ann", "Bob"} {
			next := s
			next.Hand = maps.Clone(s.Hand)
			if next.Hand == nil {
				next.Hand = map[string]string{}
			}
			switch job, busy := s.Hand[who]; {
			case busy:
				delete(next.Hand, who)
				next.Log += who + " has done this: " + job + "; "
				yield(who+" finishes "+job, next)
			case len(s.Left) > 0:
				next.Left, next.Hand[who] = s.Left[1:], s.Left[0]
				yield(who+" takes "+s.Left[0], next)
			}
		}
	},
	Rules: []string{"take", "finish"},
	Rule: func(step string) int {
		if strings.Contains(step, "finishes") {
			return 1
		}
		return 0
	},
	Constraint: func(s *jobs) bool { return !strings.HasSuffix(s.Log, "clean; Ann has done this: clean; ") },
}

var jobSearch = Register("jobs", func(string) (check.Model[jobs, string], []check.Property[jobs], check.Options, error) {
	return jobModel, []check.Property[jobs]{
		check.Always("somebody has work", func(s *jobs) bool { return len(s.Left) > 0 || len(s.Hand) > 0 }),
		check.DeadlockFree("ends", func(s *jobs) bool { return len(s.Left) == 0 }),
		check.SometimesStep("two at work", func(_, after *jobs) bool { return len(after.Hand) == 2 }),
	}, check.Options{Expect: []string{"take"}}, nil
})

// counter3 has small levels, and many of them: runs of known states have to be merged. Some states of level 1 differ in many bits
// from the initial one, and are reached again at level 3: if the states are divided after level 0, other partitions than the first
// one have to know them.
type counter3 struct{ A, B, C uint8 }

var deep = Register("deep", func(string) (check.Model[counter3, int], []check.Property[counter3], check.Options, error) {
	return check.Model[counter3, int]{
		Init: func() []counter3 { return []counter3{{}} },
		Steps: func(s counter3, yield func(int, counter3)) {
			if s == (counter3{}) {
				for c := range uint8(8) {
					yield(4+int(c), counter3{0, 0, c<<5 | 31})
				}
			}
			if s.A < 100 && (s.C == 0 || s.A == 0) {
				yield(1, counter3{s.A + 1, s.B, s.C})
			}
			if s.A > 0 {
				yield(2, counter3{s.A - 1, s.B, s.C})
				yield(3, counter3{s.A, 1 - s.B, s.C})
			}
		},
	}, []check.Property[counter3]{check.Never("far", func(s *counter3) bool { return s.A == 90 && s.B == 1 })}, check.Options{}, nil
})

// wrong is a model that panics somewhere.
var wrong = Register("wrong", func(string) (check.Model[int8, int], []check.Property[int8], check.Options, error) {
	return check.Model[int8, int]{
		Init: func() []int8 { return []int8{0} },
		Steps: func(s int8, yield func(int, int8)) {
			if s == 20 {
				panic("no way")
			}
			yield(1, s+1)
		},
	}, nil, check.Options{}, nil
})
