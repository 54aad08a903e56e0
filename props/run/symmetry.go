package run

import "pkgdist/props"

// notUnderSymmetry is why a claim about what happens in the end has no verdict.
const notUnderSymmetry = "what happens in the end is not judged under symmetry, as claims about it and the fairness that they rest on name places, and places are exchanged: check it without"

// leavesOut tells whether a claim of the catalogue is not put to the checker. One
// that was named is, for the checker to refuse it.
func (r *Run) leavesOut(c props.Claim) bool { return r.Symmetry && !r.named && c.Kind.InTheEnd() }

// addLeftOut adds to the verdicts that there are none on what was left out.
func (r *Run) addLeftOut() {
	for _, c := range r.Claims {
		if r.leavesOut(c) {
			r.Result.Verdicts = append(r.Result.Verdicts, Verdict{Property: c.For(r.System), Reason: notUnderSymmetry})
		}
	}
}
