package check_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pkgdist/props/check"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// loose is a state of two-phase commit in which everything has a varying length.
type loose struct {
	tm       string
	rm       []managerState
	messages map[string]bool
	heard    map[int]struct{}
}

func loosen(n int, s transaction) loose {
	l := loose{tm: fmt.Sprint(s.TM), rm: slices.Clone(s.RM[:n]), messages: map[string]bool{}, heard: map[int]struct{}{}}
	for rm := range n {
		if s.SaysReady[rm] {
			l.messages[fmt.Sprint("ready ", rm)] = true
		}
		if s.TMPrepared[rm] {
			l.heard[rm] = struct{}{}
		}
	}
	if s.SaysCommit {
		l.messages["commit"] = true
	}
	if s.SaysAbort {
		l.messages["abort"] = true
	}
	return l
}

func (l loose) tighten() (s transaction) {
	fmt.Sscan(l.tm, &s.TM)
	copy(s.RM[:], l.rm)
	for rm := range l.rm {
		_, s.TMPrepared[rm] = l.heard[rm]
		s.SaysReady[rm] = l.messages[fmt.Sprint("ready ", rm)]
	}
	s.SaysCommit, s.SaysAbort = l.messages["commit"], l.messages["abort"]
	return s
}

func TestStatesOfVaryingLengthAreExploredLikeOthers(t *testing.T) {
	const n = 4
	fixed := fair(twoPhase{n}.model(), n)
	m := check.Model[loose, action]{
		Init: func() []loose { return []loose{loosen(n, transaction{})} },
		Steps: func(s loose, yield func(action, loose)) {
			fixed.Steps(s.tighten(), func(a action, next transaction) { yield(a, loosen(n, next)) })
		},
		Promises: fixed.Promises,
		Keeps:    func(_ *loose, a action, yield func(int)) { fixed.Keeps(nil, a, yield) },
	}
	of := func(p check.Property[transaction], claim func(name string, holds func(*loose) bool) check.Property[loose]) check.Property[loose] {
		_, holds, _, _ := p.Claim(0)
		return claim(p.Name(), func(l *loose) bool { s := l.tighten(); return holds(&s) })
	}
	want := explore(t, fixed, check.Options{}, append(ends(n), consistent(n))...)
	for _, workers := range []int{1, 2, 8} {
		r := explore(t, m, check.Options{Workers: workers},
			of(ends(n)[0], check.Eventually[loose]), of(ends(n)[2], check.EventuallyAlways[loose]), of(ends(n)[3], check.Eventually[loose]), of(consistent(n), check.Never[loose]))
		assert.Equal(t, []any{want.States, want.Steps, want.AtRest, want.Depth}, []any{r.States, r.Steps, r.AtRest, r.Depth})
		for _, v := range r.Verdicts {
			w := want.Verdict(v.Property.Name())
			require.Equal(t, []any{w.Outcome, w.Loop}, []any{v.Outcome, v.Loop}, v.Property.Name())
			if w.Trace != nil {
				assert.Equal(t, w.Trace.Steps, v.Trace.Steps, v.Property.Name())
			}
		}
		all := 0
		for s := range r.All() {
			assert.True(t, want.Contains(s.tighten()))
			assert.True(t, r.Contains(s))
			all++
		}
		assert.EqualValues(t, want.States, all)
	}
}

// queueing is a queue of up to three letters of three.
func queueing[S any](empty S, letters func(S) []byte, of func([]byte) S) check.Model[S, string] {
	return check.Model[S, string]{
		Init: func() []S { return []S{empty} },
		Steps: func(s S, yield func(string, S)) {
			queue := letters(s)
			for letter := byte('a'); letter <= 'c' && len(queue) < 3; letter++ {
				yield("push "+string(letter), of(append(slices.Clone(queue), letter)))
			}
			if len(queue) > 0 {
				yield("pop", of(slices.Clone(queue[1:])))
			}
		},
	}
}

// node is of a linked list, which only an encoding of its own can tell from another one.
type node struct {
	letter byte
	next   *node
}

func lettersOf(n *node) (all []byte) {
	for ; n != nil; n = n.next {
		all = append(all, n.letter)
	}
	return all
}

func nodesOf(letters []byte) *node {
	if len(letters) == 0 {
		return nil
	}
	return &node{letters[0], nodesOf(letters[1:])}
}

func TestQueues(t *testing.T) {
	const states, steps = 1 + 3 + 9 + 27, 3*(1+3+9) + 3 + 9 + 27
	same := func(b []byte) []byte { return b }
	slice := explore(t, queueing(nil, same, same), check.Options{}, check.Never("cab", func(s *[]byte) bool { return string(*s) == "cab" }))
	text := explore(t, queueing("", func(s string) []byte { return []byte(s) }, func(b []byte) string { return string(b) }), check.Options{})
	list := queueing(nil, lettersOf, nodesOf)
	list.Encoding = &check.Encoding[*node]{
		Append: func(b []byte, s **node) []byte { return append(b, lettersOf(*s)...) },
		Decode: func(b []byte, s **node) { *s = nodesOf(b) },
	}
	own := explore(t, list, check.Options{})
	for _, r := range [][2]int64{{slice.States, slice.Steps}, {text.States, text.Steps}, {own.States, own.Steps}} {
		assert.Equal(t, [2]int64{states, steps}, r)
	}
	assert.Equal(t, []string{"push c", "push a", "push b"}, slice.Verdicts[0].Trace.Steps)
	list.Encoding = nil
	_, err := check.Exhaustive(t.Context(), list, nil, check.Options{})
	assert.ErrorContains(t, err, "*check_test.node is a ptr (*check_test.node), of which equal values may differ")
}

// A step must not change what the state that it was given refers to.
func TestModelThatChangesASharedPartIsRefused(t *testing.T) {
	const advice = "expected it to copy slices and maps before it changes them (slices.Clone, maps.Clone)"
	byMap := func(copied bool) check.Model[map[int]int, int] {
		return check.Model[map[int]int, int]{
			Init: func() []map[int]int { return []map[int]int{{0: 0}} },
			Steps: func(s map[int]int, yield func(int, map[int]int)) {
				for i := range 2 {
					next := s
					if copied {
						next = maps.Clone(s)
					}
					if next[i] < 3 {
						next[i]++
						yield(i, next)
					}
				}
			},
		}
	}
	_, err := check.Exhaustive(t.Context(), byMap(false), nil, check.Options{})
	assert.ErrorContains(t, err, advice)
	assert.EqualValues(t, 4*4, explore(t, byMap(true), check.Options{}).States)
	bySlice := check.Model[[]int, int]{
		Init: func() [][]int { return [][]int{{0, 0}} },
		Steps: func(s []int, yield func(int, []int)) {
			if s[0] < 3 {
				s[0]++
				yield(0, s)
			}
		},
	}
	_, err = check.Exhaustive(t.Context(), bySlice, nil, check.Options{})
	assert.ErrorContains(t, err, advice)
}
