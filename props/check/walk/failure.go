package walk

import "sync"

// identities gives each name a call stack of its own. While rapid shrinks, two failures are one if they have the same stack,
// whatever they say. With one stack for all properties it would slip from the one that failed to any other.
//
// Not to judge the others any more once one has failed would do as well for one rapid.Check. But then nothing would be
// left of them when the same function is used again, by a second Check, or for the next seed of a fuzz test.
type identities struct {
	mutex   sync.Mutex
	numbers map[string]uint
}

func (s *identities) call(name string, f func()) {
	under(s.number(name), f)
}

func (s *identities) number(name string) uint {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	number, known := s.numbers[name]
	if !known {
		if s.numbers == nil {
			s.numbers = make(map[string]uint)
		}
		number = uint(len(s.numbers))
		s.numbers[name] = number
	}
	return number
}

// under calls f under the binary digits of the number, which are told apart by their lines. rapid looks at 32 callers.
func under(number uint, f func()) {
	if number == 0 {
		f()
	} else if number%2 == 0 {
		under(number/2, f)
	} else {
		under(number/2, f)
	}
}
