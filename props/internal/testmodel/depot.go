package testmodel

import (
	"fmt"

	"pkgdist/props/check"
)

const (
	parcels = 3
	hours   = 6
	lamps   = 5
)

// A Depot is a state of a toy race: a spooler and a refresher write the same copy, half by half, and a parcel that arrives
// while the spooler is writing wakes nobody. A clock and some lamps make noise, and faults send either back to the beginning.
type Depot struct {
	Sent, inbox uint8
	woken       bool
	spooler     writer
	refresher   writer
	half        [2]uint8
	record      uint8
	Clock       uint8
	lit         [lamps]bool
}

// writer is at work on a version.
type writer struct {
	phase, version uint8 // phase 0 is idle
}

const (
	doSend = iota
	doRefresh
	doWake
	doBegin
	doEnd
	doOverwrite
	doClose
	doCrash
	doQuit
	doTick
	doLight
)

// DepotRules are the names of its rules.
var DepotRules = []string{"send", "refresh", "wake", "begin", "end", "overwrite", "close", "crash", "quit", "tick", "light"}

// A Deed is a rule and, for the light, which lamp.
type Deed struct{ rule, lamp int }

func (d Deed) String() string {
	if d.rule == doLight {
		return fmt.Sprintf("light(%d)", d.lamp)
	}
	return DepotRules[d.rule]
}

// DepotModel is the model of the Depot. Failures are rare enough in it to be looked for.
var DepotModel = check.Model[Depot, Deed]{
	Init: func() []Depot { return []Depot{{}} }, Steps: depotSteps,
	Environment: func(d Deed) bool { return d.rule <= doRefresh || d.rule >= doCrash },
	Rules:       DepotRules,
	Rule:        func(d Deed) int { return d.rule },
	Fault:       func(rule int) bool { return rule >= doCrash },
}

func depotSteps(s Depot, yield func(Deed, Depot)) {
	fire := func(rule int, possible bool, effect func(next *Depot)) {
		if possible {
			next := s
			effect(&next)
			yield(Deed{rule: rule}, next)
		}
	}
	fire(doTick, true, func(n *Depot) { n.Clock = (n.Clock + 1) % hours })
	for i := range lamps {
		next := s
		next.lit[i] = !next.lit[i]
		yield(Deed{doLight, i}, next)
	}
	fire(doSend, s.Sent < parcels, func(n *Depot) {
		n.Sent++
		n.inbox = n.Sent
		n.woken = n.spooler.phase < 2 // lost if the spooler is writing
	})
	fire(doRefresh, s.record > 0 && s.refresher.phase == 0, func(n *Depot) { n.refresher = writer{1, s.record} })
	fire(doWake, s.woken && s.spooler.phase == 0, func(n *Depot) { n.woken, n.spooler = false, writer{1, s.inbox} })
	fire(doBegin, s.spooler.phase == 1, func(n *Depot) { n.spooler.phase, n.half[0] = 2, s.spooler.version })
	fire(doEnd, s.spooler.phase == 2, func(n *Depot) {
		n.half[1], n.record, n.spooler = s.spooler.version, s.spooler.version, writer{}
		if s.inbox == s.spooler.version {
			n.inbox = 0
		}
	})
	fire(doOverwrite, s.refresher.phase == 1, func(n *Depot) { n.refresher.phase, n.half[0] = 2, s.refresher.version })
	fire(doClose, s.refresher.phase == 2, func(n *Depot) { n.half[1], n.refresher = s.refresher.version, writer{} })
	fire(doCrash, s.spooler.phase == 1, func(n *Depot) { n.spooler, n.woken = writer{}, true })
	fire(doQuit, s.refresher.phase == 1, func(n *Depot) { n.refresher = writer{} })
}

// DepotClaims are false, each of them.
func DepotClaims() []check.Property[Depot] {
	idle := func(s *Depot) bool { return s.spooler.phase == 0 && s.refresher.phase == 0 }
	return []check.Property[Depot]{
		check.Never("two writers", func(s *Depot) bool { return s.spooler.phase == 2 && s.refresher.phase == 2 }),
		check.Always("no mixture", func(s *Depot) bool { return s.half[0] == s.half[1] }).Given(idle),
		check.OnStep("never back", func(before, after *Depot) bool { return after.half[1] >= before.half[1] }),
		check.Always("all stored", func(s *Depot) bool { return s.inbox == 0 }).OnlyAtRest(),
	}
}
