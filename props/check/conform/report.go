package conform

import (
	"strings"

	"pkgdist/props/check/conform/record"
	"pkgdist/props/check/show"
)

// Found is what can be reported: a *Driven, a *Killed or an *Explanation.
type Found interface{ record() record.Record }

// attributed is what Report needs of a *testing.T.
type attributed interface{ Attr(key, value string) }

// Report says in an attribute of the test what was found, for go tool pkgdist conform. Require does so. A test that judges for
// itself what Drive, KillAtEach or Explain found calls Report: if the test passes, what was found is taken for expected.
func Report(t attributed, found Found) { t.Attr(record.Key, found.record().String()) }

func (d *Driven[S, T, O]) record() record.Record {
	r := record.Record{Model: d.model, Module: d.module, Verdict: record.Conforms, Covered: d.Covered, All: d.Transitions, Unit: "transitions"}
	if r.All == 0 {
		r.Covered, r.Unit = d.Traces, "traces"
	}
	switch f := d.Failure; {
	case f != nil:
		r.Verdict = [...]record.Verdict{Differs: record.Differs, Cannot: record.Cannot, Forbidden: record.Forbidden, Unseen: record.Unseen}[f.Kind]
		r.Steps, r.Story = len(f.Trace.Steps), f.lines()
	case d.Transitions > 0 && !d.Complete(), len(d.Left) > 0:
		r.Verdict, r.Story = record.InPart, lines(d.String()+d.firstLeft())
	}
	return r
}

// lines are those of the story, of any width, and what is known about its length.
func (f *Failure[S, T, O]) lines() []string {
	d, err := f.Document()
	if err != nil {
		return lines(err.Error())
	}
	var b strings.Builder
	if err := (show.Text{Width: 1 << 20}).Story(&b, d); err != nil {
		return lines(err.Error())
	}
	return append(lines(b.String()), "", f.Proof)
}

func lines(text string) []string { return strings.Split(strings.TrimRight(text, "\n"), "\n") }

func (k *Killed[S, T]) record() record.Record {
	r := record.Record{Model: k.model, Module: k.module, Verdict: record.Conforms, Covered: k.Kills, All: k.Calls, Unit: "calls"}
	switch {
	case len(k.Refusals) > 0:
		r.Verdict, r.Story = record.Forbidden, lines(k.String())
	case !k.Complete():
		r.Verdict, r.Story = record.InPart, lines(k.String())
	}
	return r
}

func (x *Explanation[S, T]) record() record.Record {
	r := record.Record{Model: x.model.Name, Verdict: record.Conforms, Covered: len(x.log.Lines), All: len(x.log.Lines), Unit: "lines"}
	if x.Outcome != Explained {
		r.Covered, r.Story = x.Line, lines(x.String())
		r.Verdict = [...]record.Verdict{Undecided: record.Undecided, Refuted: record.Refuted}[x.Outcome]
	}
	return r
}
