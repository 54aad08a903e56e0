package conform

import (
	"cmp"
	"fmt"
	"strings"

	"pkgdist/props/check"
	"pkgdist/props/check/show"
)

// Kind is how a subject fails.
type Kind int

// The kinds of failures.
const (
	Differs   Kind = iota // what is seen after the last step of the trace is not what the model expects
	Cannot                // the subject cannot do the last step of the trace, or is blocked or hangs in it
	Forbidden             // asked for the last step, the subject did another one by its own choice that is not possible in the model
	Unseen                // after the trace, the subject cannot be observed
)

func (k Kind) String() string {
	switch k {
	case Differs:
		return "the subject differs from the model"
	case Cannot:
		return "the subject cannot do what the model can"
	case Forbidden:
		return "the subject did what the model forbids"
	case Unseen:
		return "the subject cannot be observed"
	}
	return fmt.Sprintf("Kind(%d)", int(k))
}

// Failure is a run in which the subject does not do what the model does.
type Failure[S any, T comparable, O any] struct {
	Kind     Kind
	Trace    check.Trace[S, T] // of the model, as far as the subject followed it, with the step in which it failed
	Expected []O               // one, or several if the subject may be in several states; of a subject that differs
	Seen     O                 // of a subject that differs
	Err      error             // of any other
	Proof    string            // what is known about the length of the trace, in words
	Runs     int               // of the subject, to make it shorter

	model *check.Model[S, T]
}

// Document is the failure read for a person.
func (f *Failure[S, T, O]) Document() (*show.Document, error) {
	d, err := f.model.Document(&f.Trace)
	if err != nil {
		return nil, err
	}
	d.Property, d.Says = conformsTo(f.model.Name), "the subject does what the model does"
	d.Wrong, d.Conclusion = f.wrong(), f.Proof
	return d, nil
}

// wrong is what the subject did at the end.
func (f *Failure[S, T, O]) wrong() string {
	if f.Kind != Differs {
		return fmt.Sprintf("%s: %v", capital(f.Kind.String()), f.Err)
	}
	var expected []string
	for i := range f.Expected {
		var differing []string
		for _, c := range f.differing(i) {
			differing = append(differing, fmt.Sprintf("%s %s, and saw %s", c.Label, cmp.Or(c.Was, `""`), cmp.Or(c.Value, `""`)))
		}
		if differing == nil {
			differing = []string{fmt.Sprintf("%#v, and saw %#v", f.Expected[i], f.Seen)}
		}
		expected = append(expected, strings.Join(differing, "; "))
	}
	return "The model expects " + strings.Join(expected, "; or it expects ") + "."
}

// differing are the fields of what was seen that print not as expected.
func (f *Failure[S, T, O]) differing(i int) []show.Change {
	d, err := observations[O]().Document(&check.Trace[O, int]{States: []O{f.Expected[i], f.Seen}})
	if err != nil { // the runner has such a model
		return nil
	}
	return show.Changes(d.States[0].Fields, d.States[1].Fields)
}

// identity is the same for failures that are one to a person: while a trace is made shorter, another one does not count.
func (f *Failure[S, T, O]) identity() string {
	of := ""
	switch f.Kind {
	case Differs:
		if fields := f.differing(0); len(fields) > 0 {
			of = fields[0].Label
		}
	case Cannot:
		of = fmt.Sprint(f.Trace.Steps[len(f.Trace.Steps)-1])
	}
	return fmt.Sprintf("%v: %s", f.Kind, of)
}

// String is the failure as a person reads it, with the story of its trace.
func (f *Failure[S, T, O]) String() string {
	d, err := f.Document()
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%v, after %s\n\n", f.Kind, show.Count(len(f.Trace.Steps), "step", "steps"))
	if err := (show.Text{}).Story(&b, d); err != nil {
		return err.Error()
	}
	if f.Proof != "" {
		fmt.Fprintf(&b, "\n%s", f.Proof)
	}
	return b.String()
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
