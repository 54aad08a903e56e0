package diagnose

import (
	"cmp"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"pkgdist/props/logs"
)

// A Case is one package at one site: what the logs of that site say of it, in their order.
type Case struct {
	Package string
	// Site is the code that status messages give, or empty if none does.
	Site     string
	Messages []logs.Message
	// Sends: the site is the one that the package comes from, so that nothing of it is received there.
	Sends bool

	known map[variant]bool // what is written at all in the logs of the site
	idle  *logs.Message    // the first Sleep since the last message
}

// A variant is a way in which a kind of message is written: a step may write one of each.
type variant struct {
	kind   logs.Kind
	status int
	named  bool // it names a version
}

func variantOf(m *logs.Message) variant { return variant{m.Kind, m.Status, m.Version > 0} }

// Collect sorts messages into cases. The logs in one folder are those of one site.
type Collect struct {
	Read  int               // messages
	Other map[logs.Kind]int // those of no package

	sites map[string]*site
	order []*Case
}

type site struct {
	codes    map[string]int // how often status messages say that they are of this site
	cases    map[string]*Case
	known    map[variant]bool
	packages map[worker]string // that a thread works on
	received map[worker]string // that a thread of Despooler has begun to store
}

// A worker is a thread of a component. The number of one that has ended is given to others.
type worker struct {
	component string
	thread    int
}

func workerOf(m *logs.Message) worker { return worker{m.Component, m.Thread} }

// Add takes the next message in time.
func (c *Collect) Add(m logs.Message) {
	if c.sites == nil {
		c.sites, c.Other = map[string]*site{}, map[logs.Kind]int{}
	}
	c.Read++
	folder := filepath.Dir(m.File)
	s := c.sites[folder]
	if s == nil {
		s = &site{codes: map[string]int{}, cases: map[string]*Case{}, known: map[variant]bool{}, packages: map[worker]string{}, received: map[worker]string{}}
		c.sites[folder] = s
	}
	if m.Status > 0 && m.Site != "" {
		s.codes[m.Site]++
	}
	s.attribute(&m)
	if m.Kind == logs.Sleep && isManager(&m) {
		s.sleeps(&m)
	}
	if m.Package == "" {
		c.Other[m.Kind]++
		return
	}
	s.known[variantOf(&m)] = true
	is := s.cases[m.Package]
	if is == nil {
		is = &Case{Package: m.Package, known: s.known}
		s.cases[m.Package] = is
		c.order = append(c.order, is)
	}
	is.add(m)
}

// attribute gives a message that names no package that of its thread.
func (s *site) attribute(m *logs.Message) {
	at := workerOf(m)
	switch {
	case m.Kind == logs.ThreadStarted:
		s.packages[worker{m.Component, m.Worker}] = m.Package
	case m.Kind == logs.IncomingFile:
		if !strings.EqualFold(filepath.Ext(m.Path), ".pkg") { // a status, or what is forwarded, may be called like a package too
			m.Package = ""
		}
	case m.Thread == 0 || m.Kind == logs.Sleep || m.Kind == logs.Capacity || m.Kind == logs.InstructionDone:
	case m.Kind == logs.InstructionFailed:
		m.Package = s.received[at]
	case m.Package == "":
		m.Package = s.packages[at]
	case m.Kind == logs.VersionsSeen || m.Kind == logs.Adding || m.Kind == logs.Updating || m.Kind == logs.Decompressing:
		s.packages[at] = m.Package
	case m.Kind == logs.Received || m.Kind == logs.Storing:
		s.received[at] = m.Package
	}
	switch m.Kind {
	case logs.ThreadExits:
		delete(s.packages, at)
	case logs.Stored, logs.InstructionDone, logs.InstructionFailed:
		delete(s.received, at)
	}
}

// sleeps notes that Distribution Manager waits: for all packages of the site.
func (s *site) sleeps(m *logs.Message) {
	if s.packages[workerOf(m)] != "" {
		return // a package thread that waits before it tries something again
	}
	for _, c := range s.cases {
		if c.idle == nil {
			c.idle = m
		}
	}
}

func (c *Case) add(m logs.Message) {
	if c.idle != nil {
		c.Messages = append(c.Messages, *c.idle)
		c.idle = nil
	}
	c.Messages = append(c.Messages, m)
}

// Cases returns the cases, in the order in which the logs first name them. A file in INCOMING that is called like a package does not
// make one: its name is any, and may look like an id.
func (c *Collect) Cases() []*Case {
	for _, s := range c.sites {
		code := mostOf(s.codes)
		for _, is := range s.cases {
			is.Site = code
			if is.idle != nil {
				is.Messages, is.idle = append(is.Messages, *is.idle), nil
			}
			is.Sends = is.sends()
		}
	}
	return slices.DeleteFunc(slices.Clone(c.order), func(is *Case) bool {
		return !slices.ContainsFunc(is.Messages, func(m logs.Message) bool { return m.Package != "" && m.Kind != logs.IncomingFile })
	})
}

// mostOf is the code that is said most often.
func mostOf(codes map[string]int) string {
	return slices.MaxFunc(append(slices.Sorted(maps.Keys(codes)), ""), func(a, b string) int { return cmp.Compare(codes[a], codes[b]) })
}

// sends tells whether what the messages tell is told by the source site of the package: it sends, and receives nothing.
func (c *Case) sends() bool {
	source := false
	for i := range c.Messages {
		m := &c.Messages[i]
		switch r := readingOf[m.Kind]; {
		case r.AtSource:
			source = true
		case m.Kind == logs.Received || m.Kind == logs.Stored || m.Kind == logs.IncomingFile || m.Kind == logs.Applied || m.Kind == logs.VersionAhead:
			return false
		}
	}
	return source
}

// versions are those that the messages are about, in their order, and the last before them that the site is said to have had; 0 if
// none is.
func (c *Case) versions() (named []int, before int) {
	about := map[int]bool{}
	for i := range c.Messages {
		about[c.Messages[i].Version] = true
	}
	delete(about, 0)
	named = slices.Sorted(maps.Keys(about))
	for i := range c.Messages {
		switch v := c.Messages[i].Current; {
		case v == 0 || about[v]:
		case len(named) == 0 || v > named[0]:
			named, about[v] = append(named, v), true
			slices.Sort(named)
		default:
			before = max(before, v)
		}
	}
	return named, before
}

// points are the distribution points that the messages name, in the order in which they do.
func (c *Case) points() (names []string) {
	for i := range c.Messages {
		if name := point(c.Messages[i].DP); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

var display = regexp.MustCompile(`Display=([^"\]]*)`)

// point is the distribution point in a NAL path, in a form that a person reads and that is the same for all paths of it.
func point(path string) string {
	if found := display.FindStringSubmatch(path); found != nil {
		path = found[1]
	}
	return strings.Trim(strings.TrimSpace(path), `\`)
}

func isManager(m *logs.Message) bool {
	return strings.HasSuffix(strings.ToUpper(m.Component), "DISTRIBUTION_MANAGER")
}
