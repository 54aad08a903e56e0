package check_test

import (
	"fmt"
	"strings"
	"unicode"

	"pkgdist/props/check"
)

// net is a graph with fairness, for tests about what happens in the end. States are few, and so a byte.
type net struct {
	initial     []uint8
	moves       []move
	constraints []string // an upper case letter is strongly fair
}

type move struct {
	from, to   uint8
	constraint int  // -1 is none
	fault      bool // a step of the environment
}

func (n net) Init() []uint8 { return n.initial }

func (n net) Steps(s uint8, yield func(move, uint8)) {
	for _, m := range n.moves {
		if m.from == s {
			yield(m, m.to)
		}
	}
}

func (n net) Environment(m move) bool { return m.fault }
func (n net) Constraints() []string   { return n.constraints }
func (n net) Constraint(m move) int   { return m.constraint }
func (n net) Strong(c int) bool       { return unicode.IsUpper(rune(n.constraints[c][0])) }

// read reads a net such as "0-1 1-2:a 2-0:B 2-1! 1-0:a!": a letter after a step is its constraint, strong in upper case,
// and "!" makes it a step of the environment. It starts in 0, unless other initial states are named.
func read(text string, initial ...uint8) net {
	n := net{initial: initial}
	if len(initial) == 0 {
		n.initial = []uint8{0}
	}
	for _, word := range strings.Fields(text) {
		m := move{constraint: -1}
		word, m.fault = strings.CutSuffix(word, "!")
		way, name, fair := strings.Cut(word, ":")
		if _, err := fmt.Sscanf(way, "%d-%d", &m.from, &m.to); err != nil {
			panic(word + ": " + err.Error())
		}
		if fair {
			m.constraint = strings.Index(strings.Join(n.constraints, ""), name)
		}
		if fair && m.constraint < 0 {
			m.constraint = len(n.constraints)
			n.constraints = append(n.constraints, name)
		}
		n.moves = append(n.moves, m)
	}
	return n
}

// String is what read reads.
func (n net) String() string {
	var words []string
	for _, m := range n.moves {
		word := fmt.Sprintf("%d-%d", m.from, m.to)
		if m.constraint >= 0 {
			word += ":" + n.constraints[m.constraint]
		}
		if m.fault {
			word += "!"
		}
		words = append(words, word)
	}
	return fmt.Sprint(strings.Join(words, " "), " from ", n.initial)
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
