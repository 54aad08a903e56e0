package props

import "pkgdist/model"

// A Term is a name that formulas use. What it stands for is said in words, or by
// a formula of its own.
type Term struct {
	// Name is the term with its arguments: "served(s,p,v)".
	Name string
	// Says is what it stands for, in words: the beginning of a sentence, without a
	// full stop.
	Says string
	// Is is the formula that it abbreviates, unless it is read off the state.
	Is string
}

// Notation returns the terms: what is read off a state first, and then what
// abbreviates a formula.
func Notation() []Term {
	terms := []Term{
		{Name: "source", Says: "the source site, where the administrator updates packages"},
		{Name: "last", Says: "the last version that the administrator asks for in the scope"},
		{Name: "threadLimit", Says: "how many package threads a site may run"},
		{Name: "copyLimit", Says: "how many distribution points a package thread may feed at the same time"},
		{Name: "budget(f)", Says: "how often the fault f can happen in the scope"},
		{Name: "left(f)", Says: "how often it still can"},
		{Name: "atRest", Says: "no step of the system itself is possible, but only one of the administrator, or a fault"},
	}
	for _, f := range model.StateFields() {
		operands := "(s"
		if f.Package {
			operands += ",p"
		}
		if f.DP {
			operands += ",d"
		}
		for _, t := range f.Terms {
			terms = append(terms, Term{Name: t.Name + operands + ")", Says: t.Says})
		}
	}
	return append(terms, []Term{
		{Name: "files(s)", Says: "how many .PKG files are in INCOMING, of all packages together"},
		{Name: "whole(v)", Says: "version v and nothing else; whole(0) is nothing at all"},
		{Name: "torn(c)", Says: "c is not the whole of one version: half written, or a mixture"},
		{Name: "version(c)", Says: "the version of c, or where it is torn, the one that was there before or that it is taken for; 0 if none"},
		{Name: "running(s)", Says: "how many package threads of the site are not idle"},
		{Name: "copies(s,p)", Says: "to how many distribution points the package is being copied"},
		{Name: "stores(s,p)", Says: "Despooler is storing the package"},
		{Name: "ways(s,p,v)", Says: "in how many ways the replication thread can judge the .PKG of v: how many of replication.discard, skip, delete, leave and accept are possible with v"},
		{Name: "settled(s,p,v)", Says: "after each of these ways the .PKG is off the list"},

		{Name: "unpacks(s,p)", Says: "the package thread decompresses the package", Is: "Thread(s,p) = decompressing"},
		{Name: "writes(s,p)", Says: "somebody writes the package at the site", Is: "stores(s,p) ∨ Thread(s,p) = compressing ∨ Thread(s,p) = decompressing"},
		{Name: "feeds(s,p)", Says: "the package thread writes anything", Is: "Thread(s,p) = compressing ∨ Thread(s,p) = decompressing ∨ Thread(s,p) = distributing"},
		{Name: "accepted(s,p)", Says: "the site has accepted a .PKG of the package", Is: "s ≠ source ∧ Source(s,p) > 0"},
		{Name: "served(s,p,v)", Says: "every distribution point of the site serves v or a later version", Is: "∀ d: ¬torn(Served(s,p,d)) ∧ version(Served(s,p,d)) ≥ v"},
		{Name: "stopped", Says: "the administrator has asked for the last version of every package", Is: "∀ p: Source(source,p) ≥ last"},
		{Name: "waits(s,p,v)", Says: "a writer of v waits for its turn", Is: "v ∈ Content(s,p) ∨ Thread(s,p) = started ∧ Working(s,p) = v"},
		{Name: "received(s,p,v)", Says: "the .PKG of v is in INCOMING while Despooler stores v and the package thread decompresses an earlier version", Is: "v ∈ Incoming(s,p) ∧ stores(s,p) ∧ Taken(s) = v ∧ unpacks(s,p) ∧ Working(s,p) < v"},
		{Name: "underWay(s,p,v)", Says: "the status of v is on its way up, or held up there", Is: "Status(s,p) = v ∨ Late(s,p) = v"},
		{Name: "happens(f)", Says: "the step is the fault f", Is: "left′(f) < left(f)"},
		{Name: "disturbed", Says: "a component has crashed, or something was sent twice", Is: "left(duplicates) < budget(duplicates) ∨ left(despooler-crashes) < budget(despooler-crashes) ∨ left(manager-crashes) < budget(manager-crashes)"},
	}...)
}

// Signs explains the signs of the formulas, each with what it means here.
func Signs() [][2]string {
	return [][2]string{
		{"□ φ", "in every state of every run, φ"},
		{"□[φ]", "for every step of every run, φ; a name with ′ is meant after the step, one without before it"},
		{"φ ⇝ ψ", "whenever φ is true, ψ is true then or later, in every fair run"},
		{"◇□ φ", "in every fair run φ is true from some time on"},
		{"E◇ φ", "a state can be reached in which φ; E◇⟨φ⟩ is said of a step"},
		{"s, p, d, v, f", "a site, a package, a distribution point of the site s, a version from 1 to last, a fault"},
		{"∀ ∃ ¬ ∧ ∨ →", "for all, there is, not, and, or, if … then …; the sooner here, the tighter it binds, and ∀ and ∃ reach as far as they can"},
		{"∈ ∉ ∪ ∩ ∖ ∅", "is in, is not in, union, intersection, without, the empty set"},
	}
}
