package model

import "slices"

// A Switch is what another release of the product does differently. It is no
// repair that a builder would choose, so the search for repairs leaves it alone.
type Switch uint8

// The switches.
const (
	ReadOnce Switch = iota
	StatusCheck

	// NumSwitches is the number of switches.
	NumSwitches = int(StatusCheck) + 1
)

var switches = [NumSwitches]struct{ name, doc string }{
	ReadOnce:    {"read-once", "Despooler reads a file once, and never again if it could not (SMS 1.2, Q161043)"},
	StatusCheck: {"status-check", "a reported version is held against the one reported before (the hotfix of Q318834)"},
}

func (s Switch) String() string { return switches[s].name }

// Doc returns what the switch does, in a sentence without a full stop.
func (s Switch) Doc() string { return switches[s].doc }

// AllSwitches returns every switch.
func AllSwitches() []Switch {
	all := make([]Switch, NumSwitches)
	for i := range all {
		all[i] = Switch(i)
	}
	return all
}

// A SwitchSet is a set of switches, one bit for each.
type SwitchSet uint8

// Switches returns the set of the switches given.
func Switches(on ...Switch) SwitchSet {
	var set SwitchSet
	for _, s := range on {
		set |= 1 << s
	}
	return set
}

// Has tells whether the switch is in the set.
func (set SwitchSet) Has(s Switch) bool { return set>>s&1 != 0 }

// List returns the switches of the set, in their order.
func (set SwitchSet) List() []Switch {
	return slices.DeleteFunc(AllSwitches(), func(s Switch) bool { return !set.Has(s) })
}
