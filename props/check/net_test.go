package check_test

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"pkgdist/props/check"
)

// net is a graph with promises of fairness, for tests of liveness. States are few, and so a byte.
type net struct {
	initial  []uint8
	moves    []move
	promises string     // a letter for each; one in upper case is strong
	exempt   [16]uint16 // by state: the promises of which no step out of it is one
}

type move struct {
	from, to uint8
	keeps    uint16 // the promises that it is a step of, one bit for each
	fault    bool   // a step of the environment
}

func (n net) model() check.Model[uint8, move] {
	m := check.Model[uint8, move]{
		Init: func() []uint8 { return n.initial },
		Steps: func(s uint8, yield func(move, uint8)) {
			for _, m := range n.moves {
				if m.from == s {
					yield(m, m.to)
				}
			}
		},
		Environment: func(m move) bool { return m.fault },
	}
	for _, letter := range n.promises {
		m.Promises = append(m.Promises, check.Promise{Name: string(letter), Strong: unicode.IsUpper(letter)})
	}
	if len(m.Promises) > 0 {
		m.Keeps = func(s *uint8, m move, yield func(int)) {
			for c := range n.promises {
				if (m.keeps&^n.exempt[*s])>>c&1 != 0 {
					yield(c)
				}
			}
		}
	}
	return m
}

// fairness is how the promises of a model are changed.
type fairness int

const (
	asModelled fairness = iota
	unfair
	weakly
	strongly
)

func (f fairness) String() string {
	return [...]string{"as modelled", "unfair", "weakly", "strongly"}[f]
}

// under is the model with its promises changed.
func under[S any, T comparable](m check.Model[S, T], f fairness) check.Model[S, T] {
	switch f {
	case asModelled:
	case unfair:
		m.Promises, m.Keeps = nil, nil
	case weakly, strongly:
		m.Promises = slices.Clone(m.Promises)
		for i := range m.Promises {
			m.Promises[i].Strong = f == strongly
		}
	}
	return m
}

// read reads a net such as "0-1 1-2:a 2-0:aB 2-1! 1-0:a!": the letters after a step are its promises, strong in upper case,
// and "!" makes it a step of the environment. It starts in 0, unless other initial states are named.
func read(text string, initial ...uint8) net {
	n := net{initial: initial}
	if len(initial) == 0 {
		n.initial = []uint8{0}
	}
	for _, word := range strings.Fields(text) {
		var m move
		word, m.fault = strings.CutSuffix(word, "!")
		way, letters, _ := strings.Cut(word, ":")
		if _, err := fmt.Sscanf(way, "%d-%d", &m.from, &m.to); err != nil {
			panic(word + ": " + err.Error())
		}
		for _, letter := range letters {
			if !strings.ContainsRune(n.promises, letter) {
				n.promises += string(letter)
			}
			m.keeps |= 1 << strings.IndexRune(n.promises, letter)
		}
		n.moves = append(n.moves, m)
	}
	return n
}

// String is what read reads, and the exemptions.
func (n net) String() string {
	var words []string
	for _, m := range n.moves {
		word := fmt.Sprintf("%d-%d:", m.from, m.to)
		for c, letter := range n.promises {
			if m.keeps>>c&1 != 0 {
				word += string(letter)
			}
		}
		if word = strings.TrimSuffix(word, ":"); m.fault {
			word += "!"
		}
		words = append(words, word)
	}
	return fmt.Sprint(strings.Join(words, " "), " from ", n.initial, " exempt ", n.exempt)
}

// in is the claim that a state is one of some.
func in(states ...uint8) func(*uint8) bool {
	return func(s *uint8) bool { return strings.Contains(string(states), string([]byte{*s})) }
}

// run is the run of a verdict: its states, those that are repeated for ever in brackets.
func run(v check.Verdict[uint8, move]) string {
	if v.Trace == nil {
		return ""
	}
	loop := v.Trace.States[v.Loop:]
	if len(loop) > 1 {
		loop = loop[:len(loop)-1] // it ends where it begins
	}
	words := strings.Fields(strings.Trim(fmt.Sprint([]int(widen(v.Trace.States[:v.Loop]))), "[]"))
	return strings.Join(append(words, strings.ReplaceAll(strings.ReplaceAll(fmt.Sprint(widen(loop)), "[", "("), "]", ")")), " ")
}

func widen(states []uint8) []int {
	var wide []int
	for _, s := range states {
		wide = append(wide, int(s))
	}
	return wide
}
