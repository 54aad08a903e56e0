package explore

import (
	"fmt"
	"slices"
	"strings"

	"pkgdist/props/check/show"
)

// A Difference is where two models part that take the same steps.
type Difference struct {
	At     int      // steps after which they differ; -1 is nowhere, as far as the path leads
	Says   string   // how, in words
	Fields []string // by name, those that differ where the person stands
}

// told are the fields of the states up to a place, as far as they can be walked to.
func (w *walker[S, T]) told(p Place) (list [][]show.Field, err error) {
	path, _, err := w.standing(p)
	for _, n := range path {
		list = append(list, n.fields)
	}
	return list, err
}

// Compare says where two models part on the way to a place.
func Compare(a, b Explorer, p Place) (*Difference, error) {
	one, err := a.told(p)
	if err != nil {
		return nil, err
	}
	other, err := b.told(p)
	if err != nil {
		return nil, err
	}
	d := &Difference{At: -1}
	both := min(len(one), len(other))
	for i := range both {
		if names := differing(one[i], other[i]); len(names) > 0 {
			d.At, d.Says = i, fmt.Sprintf("After step %d they differ: %s.", i, strings.Join(names[:min(3, len(names))], ", "))
			if i == 0 {
				d.Says = fmt.Sprintf("They begin differently: %s.", strings.Join(names[:min(3, len(names))], ", "))
			}
			break
		}
	}
	if d.At < 0 && len(one) != len(other) {
		name := a.About().Name
		if len(other) < len(one) {
			name = b.About().Name
		}
		d.At, d.Says = both, fmt.Sprintf("Step %d is not possible under %s.", both, name)
	}
	if len(one) == len(other) {
		d.Fields = differing(one[both-1], other[both-1])
	}
	return d, nil
}

// differing are the fields that have another value in the other state, or are in one of them alone.
func differing(one, other []show.Field) []string {
	var names []string
	values := map[string]string{}
	for _, f := range other {
		values[fieldName(f)] = f.Value
	}
	for _, f := range one {
		name := fieldName(f)
		if value, there := values[name]; !there || value != f.Value {
			names = append(names, name)
		}
		delete(values, name)
	}
	alone := []string{}
	for name := range values {
		alone = append(alone, name)
	}
	slices.Sort(alone)
	return append(names, alone...)
}
