// Package diagnose holds the logs of a site against the model of SMS 2.0: whether a behaviour of the model explains what they
// say of a package, under which designs, and what such behaviours have in common at the end.
//
// Goals: a table says what each kind of message means (Readings) and another what may have become of a package (Symptoms); what
// is said to be so is so on every behaviour that explains the log, whatever left no line; where lines are missing, less is said and
// nothing wrong; everything that was assumed is named.
//
// Non-goals: it does not read files (package logs does), and it does not print.
package diagnose

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/check/conform"
	"pkgdist/props/logs"
)

// Options bound the work on one case.
type Options struct {
	// Tolerance is how many lines may be out of order.
	Tolerance int
	// MaxCandidates is how many candidates are tracked at a time; 0 is 150,000.
	MaxCandidates int
	// Limit is how long a case may take; 0 is 10 seconds.
	Limit time.Duration
}

// The most versions of a package in a scope: of a log that is taken as complete, and of one in which lines may be missing, where
// the candidates are all states that can be reached.
const (
	mostVersions = 6
	mostWithGaps = 3
	maxFaults    = 2
)

// A Diagnosis is what can be said of a case.
type Diagnosis struct {
	*Case
	// Complete: it is explained with every line in its place. Otherwise lines are missing, and Missing names some.
	Complete bool
	// Repaired: the product as it shipped does not explain it, not even with lines missing, and some of the Designs do.
	Repaired bool
	Missing  []Gap
	// Refused is why it is not explained by a complete log: the message that nothing explains, and what stops it.
	Refused *Refusal
	// Undecided is why nothing can be said, or empty.
	Undecided string
	// Unexplained: no behaviour explains the log, even with lines missing.
	Unexplained *Refusal

	// Found are the symptoms of the behaviours that explain the log, in the order of the table: one, if it is certain.
	Found []*Symptom
	// Version is the version that the symptom is about, as it is numbered in the log, or 0.
	Version int
	// Known is what is the same at the end of all these behaviours, and Open what is not.
	Known, Open []Fact
	// Claims are those of the catalogue, judged on these behaviours. There are none where lines are missing.
	Claims []Judged
	// AsShipped are the symptoms found of the product as it shipped, where another design that explains the log leaves open whether
	// there is harm at all; or nil. Undisturbed are those found as long as no component was restarted, where a restart leaves more open.
	AsShipped, Undisturbed []*Symptom
	// Designs are other products than the one that shipped, and whether they explain the log; those of Other make something possible
	// that would be excluded without them.
	Designs []Explains
	Other   []model.Design
	// Assumed is what was taken for granted, in sentences.
	Assumed []string

	story  *story
	faults [model.NumFaults]int
}

// A Refusal is a message that no behaviour explains.
type Refusal struct {
	Message *logs.Message
	Why     []string
}

// A Fact is what a field of the site is at the end.
type Fact struct {
	Label  string
	Values []string
}

// Judged is a claim of the catalogue on the behaviours that explain a log.
type Judged struct {
	Name, Says string
	On         conform.Share
}

// Explains says of a design whether it explains a log.
type Explains struct {
	Design  model.Design
	Outcome conform.Outcome
	Found   []*Symptom
}

// Unjudged is how many of the distribution points are left out where the log is taken as complete: a scope has no more than six.
func (d *Diagnosis) Unjudged() int {
	if !d.tellsAll() {
		return 0
	}
	return max(0, len(d.points())-model.MaxDPs)
}

// Certain is the symptom that every behaviour shows, or nil. That nobody has to act is not certain while lines are missing, or
// kinds of lines: all that tells of the last version may be among them. Nor is it where distribution points are not judged.
func (d *Diagnosis) Certain() *Symptom {
	if len(d.Found) == 1 && (d.Found[0].Harm || d.Found[0].IsUnfinished() || d.isWhole()) {
		return d.Found[0]
	}
	return nil
}

// tellsAll tells whether the log is explained with every line in its place.
func (d *Diagnosis) tellsAll() bool { return d.Complete || d.Repaired }

// isWhole tells whether the logs tell of every step too, as far as they go.
func (d *Diagnosis) isWhole() bool {
	return d.tellsAll() && d.Lacks() == nil && d.Unjudged() == 0
}

// IsHarmed tells whether something is wrong on every behaviour, whichever of the symptoms it is.
func (d *Diagnosis) IsHarmed() bool {
	return len(d.Found) > 0 && !slices.ContainsFunc(d.Found, func(s *Symptom) bool { return !s.Harm })
}

// IsWell tells whether nobody has to act on any behaviour.
func (d *Diagnosis) IsWell() bool {
	return len(d.Found) > 0 && d.isWhole() && !slices.ContainsFunc(d.Found, func(s *Symptom) bool { return s.Harm || s.IsUnfinished() })
}

// Diagnose explains a case by the product as it shipped. The end of ctx leaves it undecided.
func Diagnose(ctx context.Context, c *Case, opt Options) (*Diagnosis, error) {
	d := &Diagnosis{Case: c}
	if c.Sends {
		d.Undecided = "this is the site that sends the package; the model judges what becomes of it at the sites below"
		return d, nil
	}
	if i := slices.IndexFunc(c.Messages, func(m logs.Message) bool { return m.Kind == logs.Deleting }); i >= 0 {
		d.Undecided = fmt.Sprintf("the package is deleted (%s:%d), and the model has no deletion of packages", base(c.Messages[i].File), c.Messages[i].Line)
		return d, nil
	}
	if opt.MaxCandidates == 0 {
		opt.MaxCandidates = 150_000
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(opt.Limit, 10*time.Second))
	defer cancel()
	found, err := c.attempt(ctx, d, opt)
	if err != nil || !found {
		return d, err
	}
	if err = c.disturb(ctx, d, opt); err != nil || d.Repaired {
		return d, err
	}
	// Which designs explain a log with gaps makes a difference only to what would be certain.
	if d.Complete || d.isDecided() {
		err = c.compare(ctx, d, opt)
	}
	return d, err
}

// isDecided tells whether something is said that more behaviours could leave open. A log that ends too early says nothing.
func (d *Diagnosis) isDecided() bool { return d.IsHarmed() || d.IsWell() }

// disturb finds out whether what is found is all that is possible where a component was restarted: a restart leaves no line.
func (c *Case) disturb(ctx context.Context, d *Diagnosis, opt Options) error {
	found := slices.Clone(d.Found)
	if !d.isDecided() || d.faults == c.silentFaults() {
		return nil
	}
	list, err := c.again(ctx, model.SMS20, d.Complete, c.restarts(), opt)
	if err != nil {
		return err
	}
	switch last := list[len(list)-1].x; last.Outcome {
	case conform.Undecided:
		d.Found, d.Undecided = nil, "whether a restart explains it, too: "+last.Reason
		return nil
	case conform.Refuted: // of a product that is repaired
		return nil
	}
	for _, s := range common(list, shownBy(list)) {
		if !slices.Contains(found, s) {
			d.Found, d.Undisturbed = append(d.Found, s), found
		}
	}
	if d.Undisturbed == nil {
		d.Assumed = append(d.Assumed, "A restart of a component leaves no line; one of each would change nothing here.")
	}
	return nil
}

// attempt explains the log: by the product as it shipped, as a complete log and then as one in which lines are missing; as a complete
// one by other designs; and last by the product as it shipped, with faults of which no line tells. It reports whether it is explained.
func (c *Case) attempt(ctx context.Context, d *Diagnosis, opt Options) (bool, error) {
	a, err := c.asComplete(ctx, model.SMS20, c.faults(), opt, true)
	if err != nil {
		return false, err
	}
	d.Missing = a.told.missing
	switch a.x.Outcome {
	case conform.Explained:
		d.Complete, d.faults = true, c.faults()
		d.Assumed = append(d.Assumed, "No line is missing, and no version is on its way that none names. Nothing in the log contradicts that.")
		return true, d.conclude([]*attempted{a})
	case conform.Refuted:
		d.Refused = a.refusal(c)
	}
	for _, try := range []func(context.Context, *Diagnosis, Options) (bool, error){c.attemptWithGaps, c.attemptOthers, c.attemptWithFaults} {
		if done, err := try(ctx, d, opt); done || err != nil || d.Undecided != "" {
			return done, err
		}
	}
	return false, nil
}

func (c *Case) attemptWithGaps(ctx context.Context, d *Diagnosis, opt Options) (bool, error) {
	return c.explainGaps(ctx, d, c.faults(), "Nothing failed of which no line tells.", opt)
}

func (c *Case) attemptWithFaults(ctx context.Context, d *Diagnosis, opt Options) (bool, error) {
	return c.explainGaps(ctx, d, c.silentFaults(), "Something failed of which no line tells: a component was restarted, or something was sent twice. Without that, nothing explains the log.", opt)
}

func (c *Case) explainGaps(ctx context.Context, d *Diagnosis, faults [model.NumFaults]int, assumed string, opt Options) (bool, error) {
	list, err := c.gapsOfEach(ctx, model.SMS20, faults, opt)
	if err != nil {
		return false, err
	}
	switch last := list[len(list)-1]; last.x.Outcome {
	case conform.Undecided:
		d.Undecided = last.x.Reason
		return false, nil
	case conform.Refuted:
		d.Unexplained = last.refusal(c)
		return false, nil
	}
	d.Unexplained, d.faults = nil, faults
	d.Assumed = append(d.Assumed, "Of each version that came to the site, or is on its way, at least one line is there. "+assumed)
	return true, d.conclude(list)
}

// attemptOthers takes the log as a complete one of another product: of all that explain it.
func (c *Case) attemptOthers(ctx context.Context, d *Diagnosis, opt Options) (bool, error) {
	var list []*attempted
	for _, design := range compared()[1:] {
		a, err := c.asComplete(ctx, design, c.faults(), opt, true)
		if err != nil {
			return false, err
		}
		if d.Designs = append(d.Designs, Explains{design, a.x.Outcome, nil}); a.x.Outcome == conform.Explained {
			list = append(list, a)
		}
	}
	if list == nil {
		d.Designs = nil
		return false, nil
	}
	d.Unexplained, d.Repaired = nil, true
	d.Assumed = append(d.Assumed, "No line is missing, and no version is on its way that none names. Nothing in the log contradicts that.")
	return true, d.conclude(list)
}

// gapsOfEach does so for each distribution point, up to the first that is not explained.
func (c *Case) gapsOfEach(ctx context.Context, design model.Design, faults [model.NumFaults]int, opt Options) (list []*attempted, err error) {
	for _, point := range c.pointsOrOne() {
		a, err := c.asGaps(ctx, design, []string{point}, faults, opt)
		if err != nil {
			return nil, err
		}
		if list = append(list, a); a.x.Outcome != conform.Explained {
			break
		}
	}
	return list, nil
}

// restarts are the faults that messages name, and a restart of each component, which leaves no line.
func (c *Case) restarts() [model.NumFaults]int {
	budget := c.faults()
	budget[model.DespoolerCrash], budget[model.ManagerCrash] = min(budget[model.DespoolerCrash]+1, maxFaults), min(budget[model.ManagerCrash]+1, maxFaults)
	return budget
}

// silentFaults are those, and something that is sent twice.
func (c *Case) silentFaults() [model.NumFaults]int {
	budget := c.restarts()
	budget[model.Duplicate] = max(budget[model.Duplicate], 1)
	return budget
}

// pointsOrOne are the distribution points that the log names, or one that it does not.
func (c *Case) pointsOrOne() []string {
	if points := c.points(); points != nil {
		return points
	}
	return []string{""}
}

// attempted is a log as it was taken, and what came of it.
type attempted struct {
	sc    *scope
	told  *told
	x     *conform.Explanation[model.State, model.Step]
	past  history
	ahead *rest
	list  []props.Claim // judged, after those of the past
}

// asComplete takes the log as complete. With missing lines it is refuted without looking for a behaviour.
func (c *Case) asComplete(ctx context.Context, design model.Design, faults [model.NumFaults]int, opt Options, judge bool) (*attempted, error) {
	points := c.pointsOrOne()
	points = points[:min(len(points), model.MaxDPs)]
	sc, err := c.scope(design, mostVersions, points, faults, true)
	if err != nil {
		return nil, err
	}
	a := &attempted{sc: sc, ahead: sc.rest(), told: c.complete(sc)}
	var all []model.Version
	for i := range sc.real {
		all = append(all, model.Version(i+1))
	}
	a.past = historyOf(all...)
	if judge {
		a.list = judged()
	}
	if len(a.told.missing) > 0 {
		a.x = &conform.Explanation[model.State, model.Step]{Outcome: conform.Refuted, Line: -1}
		return a, nil
	}
	return a, a.explain(ctx, opt)
}

// asGaps takes the log as one in which lines may be missing, of one distribution point at a time: that leaves out conditions on
// the others, so that it allows more behaviours and not fewer.
func (c *Case) asGaps(ctx context.Context, design model.Design, points []string, faults [model.NumFaults]int, opt Options) (*attempted, error) {
	sc, err := c.scope(design, mostWithGaps, points, faults, false)
	if err != nil {
		return nil, err
	}
	a := &attempted{sc: sc, ahead: sc.rest(), told: c.withGaps(sc)}
	a.past = historyOf()
	if err := a.explain(ctx, opt); err != nil || a.x.Outcome != conform.Explained {
		return a, err
	}
	// What happened to the file makes a difference only if it is certain that one is stuck.
	if stuck := a.stuck(); stuck != nil {
		a.past = historyOf(stuck...)
		return a, a.explain(ctx, opt)
	}
	return a, nil
}

// stuck are the versions of which a file is stuck, if one is at every end.
func (a *attempted) stuck() (versions []model.Version) {
	for i := range a.x.Ends {
		e := a.past.ending(a.sc, a.ahead, &a.x.Ends[i])
		if e.look(); e.stuck == 0 {
			return nil
		}
		if !slices.Contains(versions, e.stuck) {
			versions = append(versions, e.stuck)
		}
	}
	return versions
}

func (a *attempted) explain(ctx context.Context, opt Options) (err error) {
	claims := slices.Clone(a.past.claims)
	for _, claim := range a.list {
		claims = append(claims, claim.For(a.sc.sys))
	}
	a.told.Tolerance, a.told.MaxCandidates = opt.Tolerance, opt.MaxCandidates
	a.x, err = conform.Explain(ctx, a.sc.model, a.told.Log, claims...)
	return err
}

// refusal is the message that was not explained.
func (a *attempted) refusal(c *Case) *Refusal {
	if a.x.Line < 0 {
		return nil
	}
	r := &Refusal{Message: &c.Messages[a.told.messages[a.x.Line]]}
	for _, told := range a.x.Told {
		for _, why := range told.Why {
			if why = a.sc.renumber(why); !slices.Contains(r.Why, why) {
				r.Why = append(r.Why, why)
			}
		}
	}
	return r
}

// faults are those that messages name, as often as they do.
func (c *Case) faults() (budget [model.NumFaults]int) {
	add := func(f model.Fault) { budget[f] = min(budget[f]+1, maxFaults) }
	received := map[int]int{}
	for i := range c.Messages {
		switch m := &c.Messages[i]; m.Kind {
		case logs.DecompressFailed:
			add(model.FailedDecompress)
		case logs.DPFailed:
			add(model.SharingViolation)
		case logs.PackageFailed: // the thread ends where it is
			add(model.FailedDecompress)
			add(model.ManagerCrash)
		case logs.InstructionFailed: // before it began to store, or after
			add(model.EarlyRead)
			add(model.DespoolerCrash)
		case logs.Received:
			if received[m.Version]++; received[m.Version] > 1 {
				add(model.Duplicate)
			}
		}
	}
	return budget
}

// judged are the claims of the catalogue that a log can decide: about every state and every step of a site below, but for what is
// reported.
func judged() []props.Claim {
	return slices.DeleteFunc(props.Catalogue(), func(c props.Claim) bool {
		return c.Kind.Liveness() || c.Kind == check.KindSometimes || c.TooStrong ||
			slices.Contains([]string{"status-never-goes-back", "status-agrees-at-rest", "sites-converged-at-rest"}, c.Name)
	})
}

// conclude says what the behaviours have in common.
func (d *Diagnosis) conclude(list []*attempted) error {
	shown := shownBy(list)
	switch sc := list[0].sc; {
	case sc.cut:
		d.Assumed = append(d.Assumed, fmt.Sprintf("What came before version %d is done: the log names too many versions for all of them to be judged at once.", sc.real[1]))
	case sc.settles:
		d.Assumed = append(d.Assumed, fmt.Sprintf("Version %d, which the site had before, had come to all distribution points.", sc.real[0]))
	}
	if n := d.Unjudged(); n > 0 {
		d.Assumed = append(d.Assumed, fmt.Sprintf("What the log says of the distribution points after %s, %d of them, was not looked at: the model has no more.", list[0].sc.points[model.MaxDPs-1], n))
	}
	d.Found = common(list, shown)
	show := shown[d.Found[0]]
	if show.version > 0 {
		d.Version = show.a.sc.real[show.version-1]
	}
	d.facts(list)
	for i, claim := range list[0].list {
		j := list[0].x.Claims[len(list[0].past.claims)+i]
		d.Claims = append(d.Claims, Judged{claim.Name, claim.Says, j.On})
	}
	var err error
	d.story, err = show.a.tell(d.Case, show.end)
	return err
}

func shownBy(list []*attempted) map[*Symptom]*showing {
	shown := map[*Symptom]*showing{}
	for _, a := range list {
		for i := range a.x.Ends {
			end := &a.x.Ends[i]
			e := a.past.ending(a.sc, a.ahead, end)
			for _, s := range e.symptoms() {
				// One in which the file is there already says more.
				if shown[s] == nil || e.now.Incoming.Has(e.stuck) && !at(shown[s].end.State).Incoming.Has(shown[s].version) {
					shown[s] = &showing{a, end, max(e.stuck, e.lost)}
				}
			}
		}
	}
	return shown
}

// showing is a behaviour that shows a symptom.
type showing struct {
	a       *attempted
	end     *conform.End[model.State, model.Step]
	version model.Version
}

// common are the symptoms that are possible. Each attempt is about some of the distribution points, and allows more than is
// possible: a harm that is certain of one is certain, and the package is sound if it is for each.
func common(list []*attempted, shown map[*Symptom]*showing) (found []*Symptom) {
	for i := range symptoms {
		if shown[&symptoms[i]] != nil {
			found = append(found, &symptoms[i])
		}
	}
	for _, a := range list {
		if s := a.certain(); s != nil && s.Harm {
			return []*Symptom{s}
		}
	}
	return found
}

// certain is the symptom that every behaviour shows, or nil.
func (a *attempted) certain() (s *Symptom) {
	for i := range a.x.Ends {
		shows := a.past.ending(a.sc, a.ahead, &a.x.Ends[i]).symptoms()
		if len(shows) > 1 || s != nil && s != shows[0] {
			return nil
		}
		s = shows[0]
	}
	return s
}

// facts compares what the ends say of the site.
func (d *Diagnosis) facts(list []*attempted) {
	a := list[0]
	var facts []Fact
	for i := range a.x.Ends {
		n := 0
		for _, f := range a.sc.model.Describe(a.x.Ends[i].State) {
			if f.Place != d.siteName() && f.Place != d.siteName()+"/"+d.Package || f.Group == model.AreaStatus.String() {
				continue
			}
			if n == len(facts) {
				facts = append(facts, Fact{Label: f.Label})
			}
			if !slices.Contains(facts[n].Values, f.Value) {
				facts[n].Values = append(facts[n].Values, f.Value)
			}
			n++
		}
	}
	for _, f := range facts {
		if slices.Sort(f.Values); len(f.Values) == 1 {
			d.Known = append(d.Known, f)
		} else {
			d.Open = append(d.Open, f)
		}
	}
}

// compare finds out which designs explain the log, in the way in which the product as shipped does. What is certain of that one is
// so only as long as no other leaves it open whether there is harm at all.
func (c *Case) compare(ctx context.Context, d *Diagnosis, opt Options) error {
	found, decided, harmed := slices.Clone(d.Found), d.isDecided(), d.IsHarmed()
	d.Designs = []Explains{{model.SMS20, conform.Explained, found}}
	for _, design := range compared()[1:] {
		list, err := c.again(ctx, design, d.Complete, d.faults, opt)
		if err != nil {
			return fmt.Errorf("design %s: %w", design.Name, err)
		}
		e := Explains{Design: design, Outcome: list[len(list)-1].x.Outcome}
		if e.Outcome == conform.Explained {
			e.Found = common(list, shownBy(list))
		}
		d.Designs = append(d.Designs, e)
		if !decided {
			continue
		}
		if e.Outcome == conform.Undecided {
			d.Found, d.Undecided = nil, "whether another design explains it, too: "+list[len(list)-1].x.Reason
			return nil
		}
		for _, s := range e.Found {
			if s.Harm != harmed && !slices.Contains(d.Found, s) {
				d.Found, d.Other, d.AsShipped = append(d.Found, s), append(d.Other, design), found
			}
		}
	}
	return nil
}

// again explains the log by a design, or with other faults.
func (c *Case) again(ctx context.Context, design model.Design, complete bool, faults [model.NumFaults]int, opt Options) ([]*attempted, error) {
	if !complete {
		return c.gapsOfEach(ctx, design, faults, opt)
	}
	a, err := c.asComplete(ctx, design, faults, opt, false)
	return []*attempted{a}, err
}

// compared are the product as shipped, the repair, and each mechanism alone. What an administrator does who waits is what one
// does who does not.
func compared() (list []model.Design) {
	list = append(list, model.SMS20)
	for _, d := range model.Designs() {
		if d.Name == "repaired" {
			list = append(list, d)
		}
	}
	for _, m := range model.AllMechanisms() {
		list = append(list, model.Design{Name: m.String(), Mechanisms: model.Mechanisms(m), Doc: m.Doc()})
	}
	return list
}
