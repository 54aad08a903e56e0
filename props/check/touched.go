package check

import "slices"

// touched says which claims about steps a step is about. A claim that says which variables a step has to change, in a model
// whose variables are bits of the encoded state, is not evaluated on other steps, and the next state is not even decoded
// for it.
type touched struct {
	steps []int      // the properties about steps
	masks [][]uint64 // by property: bits of an image; nil is every step
	hits  []bool     // by property: the latest step is about it
	all   bool       // evaluate everything
}

func touchedOf[S any, T comparable](s *search[S, T]) touched {
	t := touched{all: true, masks: make([][]uint64, len(s.properties)), hits: make([]bool, len(s.properties))}
	if s.Independence == nil || !s.Independence.Bits {
		return t
	}
	for i := range s.properties {
		p := &s.properties[i]
		if !p.aboutSteps() {
			continue
		}
		t.steps = append(t.steps, i)
		if slices.ContainsFunc(p.cases, func(c claim[S]) bool { return !c.observed || c.changes == nil }) {
			continue
		}
		t.masks[i] = make([]uint64, len(s.codec.parts))
		for _, c := range p.cases {
			for _, bit := range c.changes {
				t.masks[i][bit>>6] |= 1 << (bit & 63)
			}
		}
		t.all = false
	}
	return t
}

// about reports whether the latest step is about a property.
func (t *touched) about(property int) bool { return t.all || t.hits[property] }

// look finds out what a step between two images is about, and reports whether it is about anything. A property that was not
// tested yet is evaluated on every step.
func (t *touched) look(before, after []uint64, tested func(property int) bool) bool {
	if t.all {
		return true
	}
	any := false
	for _, i := range t.steps {
		mask := t.masks[i]
		hit := mask == nil || !tested(i)
		for w := 0; w < len(mask) && !hit; w++ {
			hit = (before[w]^after[w])&mask[w] != 0
		}
		t.hits[i] = hit
		any = any || hit
	}
	return any
}
