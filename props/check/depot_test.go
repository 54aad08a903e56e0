package check_test

import (
	"fmt"

	"pkgdist/props/check"
)

// A depot is a toy race: a spooler and a refresher write the same copy, half by half, and a parcel that arrives while the
// spooler is writing wakes nobody. A clock and some lamps make noise, and faults send either back to the
// beginning.

const (
	parcels = 3
	hours   = 6
	lamps   = 5
)

type depot struct {
	sent, inbox uint8
	woken       bool
	spooler     writer
	refresher   writer
	half        [2]uint8
	record      uint8
	clock       uint8
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

var depotRules = []string{"send", "refresh", "wake", "begin", "end", "overwrite", "close", "crash", "quit", "tick", "light"}

// deed is a rule and, for the light, which lamp.
type deed struct{ rule, lamp int }

func (d deed) String() string {
	if d.rule == doLight {
		return fmt.Sprintf("light(%d)", d.lamp)
	}
	return depotRules[d.rule]
}

type depotRace struct{}

func (m depotRace) model() check.Model[depot, deed] {
	return check.Model[depot, deed]{
		Init: func() []depot { return []depot{{}} }, Steps: m.Steps,
		Environment: func(d deed) bool { return d.rule <= doRefresh || d.rule >= doCrash },
		Rules:       depotRules,
		Rule:        func(d deed) int { return d.rule },
		Fault:       func(rule int) bool { return rule >= doCrash },
	}
}

func (depotRace) Steps(s depot, yield func(deed, depot)) {
	fire := func(rule int, possible bool, effect func(next *depot)) {
		if possible {
			next := s
			effect(&next)
			yield(deed{rule: rule}, next)
		}
	}
	fire(doTick, true, func(n *depot) { n.clock = (n.clock + 1) % hours })
	for i := range lamps {
		next := s
		next.lit[i] = !next.lit[i]
		yield(deed{doLight, i}, next)
	}
	fire(doSend, s.sent < parcels, func(n *depot) {
		n.sent++
		n.inbox = n.sent
		n.woken = n.spooler.phase < 2 // lost if the spooler is writing
	})
	fire(doRefresh, s.record > 0 && s.refresher.phase == 0, func(n *depot) { n.refresher = writer{1, s.record} })
	fire(doWake, s.woken && s.spooler.phase == 0, func(n *depot) { n.woken, n.spooler = false, writer{1, s.inbox} })
	fire(doBegin, s.spooler.phase == 1, func(n *depot) { n.spooler.phase, n.half[0] = 2, s.spooler.version })
	fire(doEnd, s.spooler.phase == 2, func(n *depot) {
		n.half[1], n.record, n.spooler = s.spooler.version, s.spooler.version, writer{}
		if s.inbox == s.spooler.version {
			n.inbox = 0
		}
	})
	fire(doOverwrite, s.refresher.phase == 1, func(n *depot) { n.refresher.phase, n.half[0] = 2, s.refresher.version })
	fire(doClose, s.refresher.phase == 2, func(n *depot) { n.half[1], n.refresher = s.refresher.version, writer{} })
	fire(doCrash, s.spooler.phase == 1, func(n *depot) { n.spooler, n.woken = writer{}, true })
	fire(doQuit, s.refresher.phase == 1, func(n *depot) { n.refresher = writer{} })
}

// claimsOfDepot are false, each of them.
func claimsOfDepot() []check.Property[depot] {
	idle := func(s *depot) bool { return s.spooler.phase == 0 && s.refresher.phase == 0 }
	return []check.Property[depot]{
		check.Never("two writers", func(s *depot) bool { return s.spooler.phase == 2 && s.refresher.phase == 2 }),
		check.Always("no mixture", func(s *depot) bool { return s.half[0] == s.half[1] }).Given(idle),
		check.OnStep("never back", func(before, after *depot) bool { return after.half[1] >= before.half[1] }),
		check.Always("all stored", func(s *depot) bool { return s.inbox == 0 }).OnlyAtRest(),
	}
}
