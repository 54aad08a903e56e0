package model

import "strings"

// An Actor is who takes steps: a component of the product at a site, or the
// administrator.
type Actor uint8

// The actors, in the order in which an update passes them. The package threads
// of a site are one actor, and so are its distribution points: a step says which
// one it is about.
const (
	noActor Actor = iota
	ActorAdministrator
	ActorSender
	ActorDespooler
	ActorReplication
	ActorPackageThread
	ActorDPs
)

var actors = [...]struct{ name, doc string }{
	noActor:            {"nobody", ""},
	ActorAdministrator: {"administrator", "Updates packages at the source site, and is told which version each site reports."},
	ActorSender:        {"Sender", "The Scheduler and the Sender: carry content and metadata from a site to its child sites, on two channels, and put the .PKG into INCOMING."},
	ActorDespooler:     {"Despooler", "Receives content and stores it as the site's compressed copy, one thing at a time for all packages; forwards it where the site has child sites."},
	ActorReplication:   {"replication thread", "Part of Distribution Manager: reads INCOMING when a change notification wakes it (with a mechanism, a timer does so too), and judges each .PKG there."},
	ActorPackageThread: {"package thread", "Part of Distribution Manager, at most one for each package: at the source site it starts when an update is noticed, compresses and sends; below, it decompresses. Then it has the distribution points fed, and sends its status up."},
	ActorDPs:           {"distribution points", "Receive what was unpacked, from DP threads of Distribution Manager, a few at the same time."},
}

// Actors returns every actor, in their order.
func Actors() []Actor {
	var list []Actor
	for a := ActorAdministrator; int(a) < len(actors); a++ {
		list = append(list, a)
	}
	return list
}

func (a Actor) String() string { return actors[a].name }

// Doc returns what the actor is, in sentences.
func (a Actor) Doc() string { return actors[a].doc }

// A Handover is what a step hands from one actor to another.
type Handover struct {
	From, To Actor
	// What is handed over; {package}, {version} and {dp} stand for operands.
	What string
	// Down: the receivers are at the child sites, and otherwise at the same site.
	Down bool
}

// A Lane is an actor at a site. The administrator is at no site: NoSite.
type Lane struct {
	Site  int
	Actor Actor
}

// NoSite is the site of what is at none.
const NoSite = -1

func laneAt(site int, a Actor) Lane {
	if a == ActorAdministrator {
		site = NoSite
	}
	return Lane{site, a}
}

// A Message is a handover between two lanes, in words.
type Message struct {
	From, To Lane
	What     string
}

// TakenBy returns who takes a step.
func (sys *System) TakenBy(step Step) Lane {
	return laneAt(int(step.Site), table[step.Rule].By)
}

// Messages returns what a step hands over, to each receiver.
func (sys *System) Messages(step Step) []Message {
	h := &table[step.Rule].Hands
	if h.From == noActor {
		return nil
	}
	m := Message{From: laneAt(int(step.Site), h.From), What: sys.fill(h.What, step)}
	receivers := []int{int(step.Site)}
	if h.Down {
		receivers = sys.children[step.Site]
	}
	var list []Message
	for _, site := range receivers {
		m.To = laneAt(site, h.To)
		list = append(list, m)
	}
	return list
}

// fill puts the operands of a step into a text.
func (sys *System) fill(text string, step Step) string {
	for _, o := range sys.operandsOf(step) {
		text = strings.ReplaceAll(text, "{"+o.key+"}", o.value)
	}
	return text
}
