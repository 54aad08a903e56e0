package model

import (
	"fmt"
	"slices"
	"strings"
)

// A Mechanism is one protective measure that a design has or lacks. The
// mechanisms are independent of each other.
type Mechanism uint8

// The mechanisms.
const (
	ExclusiveSource Mechanism = iota
	CompareAndSet
	LatchedNotification
	RescanOnDone
	WakeOnStore
	RescanTimer
	StagedWrite
	DropOlderContent
	Journal
	RetryDP

	// NumMechanisms is the number of mechanisms.
	NumMechanisms = int(RetryDP) + 1
)

var mechanisms = [NumMechanisms]struct{ name, doc string }{
	ExclusiveSource:     {"exclusive-source", "one lock per package covers Despooler and the package thread"},
	CompareAndSet:       {"compare-and-set", "the package thread writes its row back only if it has not changed"},
	LatchedNotification: {"latched-notification", "a change while the replication thread is busy is remembered"},
	RescanOnDone:        {"rescan-on-done", "the end of a package thread wakes the replication thread"},
	WakeOnStore:         {"wake-on-store", "the end of a store by Despooler wakes the replication thread"},
	RescanTimer:         {"rescan-timer", "INCOMING is looked at from time to time without any change"},
	StagedWrite:         {"staged-write", "content is written aside and published by one rename"},
	DropOlderContent:    {"drop-older-content", "Despooler refuses content older than what it stores"},
	Journal:             {"journal", "after a restart, work that was begun is found and done again"},
	RetryDP:             {"retry-dp", "a failed copy to a distribution point is tried again"},
}

func (m Mechanism) String() string { return mechanisms[m].name }

// Doc returns what the mechanism does, in a sentence without a full stop.
func (m Mechanism) Doc() string { return mechanisms[m].doc }

// AllMechanisms returns every mechanism.
func AllMechanisms() []Mechanism {
	all := make([]Mechanism, NumMechanisms)
	for i := range all {
		all[i] = Mechanism(i)
	}
	return all
}

// A MechanismSet is a set of mechanisms, one bit for each.
type MechanismSet uint16

// Mechanisms returns the set of the mechanisms given.
func Mechanisms(on ...Mechanism) MechanismSet {
	var set MechanismSet
	for _, m := range on {
		set |= 1 << m
	}
	return set
}

// Has tells whether the mechanism is in the set.
func (set MechanismSet) Has(m Mechanism) bool { return set>>m&1 != 0 }

// List returns the mechanisms of the set, in their order.
func (set MechanismSet) List() []Mechanism {
	return slices.DeleteFunc(AllMechanisms(), func(m Mechanism) bool { return !set.Has(m) })
}

// String joins the names of the set with "+", or is "none".
func (set MechanismSet) String() string {
	if set == 0 {
		return "none"
	}
	var names []string
	for _, m := range set.List() {
		names = append(names, m.String())
	}
	return strings.Join(names, "+")
}

// A Policy is when the administrator updates a package.
type Policy uint8

// The policies.
const (
	// Eager: at any time, until the updates of the scope are made.
	Eager Policy = iota
	// Waits: only while all sites are at rest. The article's advice, to let each
	// update of a package complete first, is less (Q235788, WORKAROUND).
	Waits
	// Twice: at any time, and once more when the sites are at rest after the
	// last update (Q258424, WORKAROUND).
	Twice
	// WaitsForPackage: only while nothing of the same package is under way, which
	// is the advice to the letter.
	WaitsForPackage
	// WaitsForDPs: only while every distribution point serves the last version of
	// the package, which is what an administrator can see.
	WaitsForDPs
)

var policies = [...]struct{ name, when string }{
	Eager:           {"eager", "the administrator does not wait"},
	Waits:           {"waits", "the administrator waits"},
	Twice:           {"twice", "the administrator updates twice"},
	WaitsForPackage: {"waits-for-package", "the administrator waits for the package"},
	WaitsForDPs:     {"waits-for-dps", "the administrator waits for the distribution points"},
}

func (p Policy) String() string { return policies[p].name }

// A Design is what the product and its administrator do: the mechanisms and the
// switches that are on, and when packages are updated.
type Design struct {
	Name       string
	Mechanisms MechanismSet
	Switches   SwitchSet
	Policy     Policy
	Doc        string // a sentence without a full stop
}

// SMS20 is the product as it shipped, before the service pack: no mechanism.
var SMS20 = Design{Name: "sms20", Doc: "SMS 2.0 as it shipped"}

// Repair is the smallest set of mechanisms for which every claim holds in the
// scenarios with and without faults, but for late statuses, against which no
// mechanism helps; no other set is as small. It was found by a search over all
// sets. RetryDP is among them because of the faults of distribution points alone;
// the product has it already if a copy that fails is tried again, as Q319207 says.
var Repair = Mechanisms(ExclusiveSource, RescanTimer, StagedWrite, DropOlderContent, Journal, RetryDP)

// Designs returns the designs that are compared with each other.
func Designs() []Design {
	return []Design{
		SMS20,
		{Name: "workaround-wait", Policy: Waits, Doc: "as shipped, and the administrator waits until all sites are at rest (more than Q235788 advises)"},
		{Name: "workaround-twice", Policy: Twice, Doc: "as shipped, and the administrator updates a second time when all is at rest (Q258424)"},
		{Name: "repaired", Mechanisms: Repair, Doc: "the smallest set of mechanisms for which everything holds, faults included but late statuses"},
	}
}

// OtherDesigns returns the designs that have a name and are not compared unless
// somebody asks for them: two readings of the article's advice, and two other
// releases of the product, each SMS 2.0 as it shipped with one switch on.
func OtherDesigns() []Design {
	return []Design{
		{Name: "workaround-wait-package", Policy: WaitsForPackage, Doc: "as shipped, and the administrator lets each update of the same package complete first (Q235788 to the letter)"},
		{Name: "workaround-wait-dps", Policy: WaitsForDPs, Doc: "as shipped, and the administrator updates a package again once every distribution point serves it"},
		{Name: "sms12-despooler", Switches: Switches(ReadOnce), Doc: "as shipped, but " + ReadOnce.Doc()},
		{Name: "status-hotfix", Switches: Switches(StatusCheck), Doc: "as shipped, but " + StatusCheck.Doc()},
	}
}

// ParseDesign reads a design: names of designs, mechanisms and switches joined
// with "+", or "none".
func ParseDesign(text string) (Design, error) {
	named := slices.Concat(Designs(), OtherDesigns(), []Design{{Name: "none", Doc: SMS20.Doc}})
	var design Design
	words := strings.Split(text, "+")
	for _, word := range words {
		part, err := parsePart(named, word)
		if err != nil {
			return Design{}, err
		}
		if len(words) == 1 && part.Name != "" {
			return part, nil
		}
		design.Mechanisms |= part.Mechanisms
		design.Switches |= part.Switches
		if part.Policy != Eager && design.Policy != Eager && part.Policy != design.Policy {
			return Design{}, fmt.Errorf("%s: expected one administrator, found two", text)
		}
		design.Policy = max(design.Policy, part.Policy)
	}
	design.Name = design.canonical()
	design.Doc = "as shipped, with " + strings.ReplaceAll(design.Name, "+", ", ")
	return design, nil
}

// parsePart reads one word of a design. What has no name of its own is a
// mechanism or a switch.
func parsePart(named []Design, word string) (Design, error) {
	if i := slices.IndexFunc(named, func(d Design) bool { return d.Name == word }); i >= 0 {
		return named[i], nil
	}
	for _, m := range AllMechanisms() {
		if m.String() == word {
			return Design{Mechanisms: Mechanisms(m)}, nil
		}
	}
	for _, s := range AllSwitches() {
		if s.String() == word {
			return Design{Switches: Switches(s)}, nil
		}
	}
	return Design{}, &UnknownError{What: "design or mechanism", Name: word, Known: DesignWords()}
}

// canonical names what the design is made of, in the order of the lists, so that
// one design has one name.
func (d Design) canonical() string {
	var parts []string
	for _, other := range slices.Concat(Designs(), OtherDesigns()) {
		if d.Policy != Eager && other.Policy == d.Policy {
			parts = append(parts, other.Name)
		}
	}
	if d.Mechanisms != 0 {
		parts = append(parts, d.Mechanisms.String())
	}
	for _, s := range d.Switches.List() {
		parts = append(parts, s.String())
	}
	if parts == nil {
		return "none"
	}
	return strings.Join(parts, "+")
}

// DesignWords are the names that a design can be made of.
func DesignWords() []string {
	words := []string{"none"}
	for _, d := range slices.Concat(Designs(), OtherDesigns()) {
		words = append(words, d.Name)
	}
	for _, m := range AllMechanisms() {
		words = append(words, m.String())
	}
	for _, s := range AllSwitches() {
		words = append(words, s.String())
	}
	return words
}

// An UnknownError says that a name is not known, and which are.
type UnknownError struct {
	What  string // what the name should have been the name of
	Name  string
	Known []string
}

func (e *UnknownError) Error() string { return fmt.Sprintf("unknown %s %.40q", e.What, e.Name) }
