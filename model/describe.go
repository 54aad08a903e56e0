package model

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// A Field is one thing that a state says, for a person: where it is, what it is
// called and its value.
type Field struct {
	// Place is the site, with the package where it concerns one: "B", "B/P".
	// It is empty for what concerns no site.
	Place string
	// Site and Package are the same by their index, or NoSite and NoPackage.
	Site, Package int
	// Area is the part of the site that it belongs to.
	Area Area
	// Kept: it is on disk, in the database or on its way, and not lost in a crash.
	Kept  bool
	Label string
	Value string
	// Bad: the value is torn content.
	Bad bool
	// Data is the value itself, of a type that can be compared.
	Data any
}

// NoPackage is the package of what concerns none.
const NoPackage = -1

// An Area is a part of a site, or what is left of the faults.
type Area uint8

// The parts, in the order in which an update passes them.
const (
	AreaFaults Area = iota
	AreaUpdates
	AreaChannels
	AreaDespooler
	AreaIncoming
	AreaReplication
	AreaCopy
	AreaRow
	AreaThread
	AreaUnpacked
	AreaDPs
	AreaStatus
)

func (p Area) String() string {
	return [...]string{"faults left", "updates not noticed yet", "on its way", "Despooler", "INCOMING", "replication thread", "stored copy",
		"row in the database", "package thread", "decompressed source", "distribution points", "status"}[p]
}

// An instance is a field where a scope has it: at a site, and where there is one
// for each, at a package, at a distribution point or of a fault.
type instance struct {
	*StateField
	operands Step   // the fault stands in for the distribution point
	label    string // Label, of that distribution point or fault
}

func newInstance(f *StateField, operands Step) instance {
	label := strings.ReplaceAll(f.Label, "{dp}", strconv.Itoa(int(operands.DP)+1))
	label = strings.ReplaceAll(label, "{fault}", Fault(operands.DP%uint8(NumFaults)).String())
	return instance{f, operands, label}
}

// instances lists what the scope has of each field: what is left of the faults,
// and then the fields of each site and of each package there.
func (sys *System) instances() (list []instance) {
	for f, n := range sys.scope.Faults {
		if n > 0 {
			list = append(list, newInstance(fieldBudget[0].field, Step{DP: uint8(f)}))
		}
	}
	for i := range sys.scope.Sites {
		at := Step{Site: uint8(i)}
		list = append(list, sys.instancesAt(at, false)...)
		for p := range sys.scope.Packages {
			at.Package = uint8(p)
			list = append(list, sys.instancesAt(at, true)...)
		}
	}
	return list
}

// instancesAt lists the fields of a site, or those of a package there. Fields of
// distribution points that are neighbours in the table are listed point by point.
func (sys *System) instancesAt(at Step, ofPackage bool) (list []instance) {
	var ofDPs []*StateField
	flush := func() {
		for at.DP = range uint8(sys.scope.Sites[at.Site].DPs) {
			for _, f := range ofDPs {
				list = append(list, newInstance(f, at))
			}
		}
		at.DP, ofDPs = 0, nil
	}
	for _, f := range stateFields {
		switch {
		case f.budget || f.Package != ofPackage || !sys.applies(f.Where, int(at.Site)) || !sys.hasOneOf(f.Only):
		case f.DP:
			ofDPs = append(ofDPs, f)
		default:
			flush()
			list = append(list, newInstance(f, at))
		}
	}
	flush()
	return list
}

// value is the field in a state, by reflection.
func (sys *System) value(s *State, in instance) reflect.Value {
	return reflect.ValueOf(in.at(bind(sys, s, in.operands))).Elem()
}

// Describe lists everything that a state says, always the same fields in the
// same order for one system, so that two states can be compared field by field.
func (sys *System) Describe(s *State) []Field {
	var list []Field
	for _, in := range sys.fields {
		f := Field{Site: NoSite, Package: NoPackage, Area: in.Area, Kept: in.Kept, Label: in.label, Data: sys.value(s, in).Interface()}
		f.Value = sys.text(in.StateField, f.Data)
		if content, is := f.Data.(Content); is {
			f.Bad = content.Torn
		}
		if !in.budget {
			f.Site = int(in.operands.Site)
			f.Place = sys.scope.Sites[f.Site].Name
		}
		if in.Package {
			f.Package = int(in.operands.Package)
			f.Place += "/" + sys.scope.Packages[f.Package]
		}
		list = append(list, f)
	}
	return list
}

// text is the value of a field, in words.
func (sys *System) text(f *StateField, value any) string {
	switch v := value.(type) {
	case bool:
		if v {
			return f.words[0]
		}
		return f.words[1]
	case Version:
		return Content{Version: v}.String()
	case PackageThread:
		if v.Phase == ThreadIdle {
			return v.Phase.String()
		}
		return fmt.Sprintf("%v version %d", v.Phase, v.Version)
	case Despooler:
		if v.Phase == DespoolerIdle {
			return v.Phase.String()
		}
		return fmt.Sprintf("%v version %d of %s", v.Phase, v.Version, sys.scope.Packages[v.Package])
	default:
		return fmt.Sprint(value)
	}
}
