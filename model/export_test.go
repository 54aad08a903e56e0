package model

// Holds tells whether one of a step's Conditions is met in s, whatever the others
// are.
func (sys *System) Holds(s *State, step Step, condition int) bool {
	r, c := sys.find(int(step.Rule)), bind(sys, s, step)
	if r.Of != nil {
		if condition == 0 {
			return r.Of.Set(c).Has(step.Version)
		}
		condition--
	}
	return r.guards[condition].Holds(c)
}

// AsksForRest tells whether one of a step's Conditions asks whether the sites are
// at rest.
func (sys *System) AsksForRest(step Step, condition int) bool {
	r := sys.find(int(step.Rule))
	if r.Of != nil {
		condition--
	}
	return condition >= 0 && r.guards[condition].Rest
}
