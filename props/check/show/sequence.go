package show

import (
	"cmp"
	"strings"
)

// A sequence is the sequence diagram of the page: a lane an actor, a row a step.
// All is in pixels.
type sequence struct {
	Width, Height, Tall int
	Lanes               []sequenceLane
	Rows                []sequenceRow
}

type sequenceLane struct {
	X            int
	Place, Actor string
}

type sequenceRow struct {
	Number, Top, Base     int
	Sentence, Class, Mark string
	Label                 string
	LabelX, LabelY        int
	Anchor                string
	Arrows                []sequenceArrow
	Dot                   int // where an actor does something by itself, or 0
}

type sequenceArrow struct{ From, To int }

const (
	sequenceHead  = 52  // above the first row
	sequenceRowOf = 28  // a row
	sequenceLeft  = 130 // to the first lane
	sequenceLane1 = 150 // from lane to lane
	sequenceChar  = 7   // a character
)

// sequence returns nothing where nobody hands anything over.
func (d *Document) sequence() *sequence {
	lane := func(i int) int { return sequenceLeft + i*sequenceLane1 }
	s := &sequence{Width: lane(len(d.Lanes)-1) + sequenceLane1, Height: sequenceHead + len(d.Steps)*sequenceRowOf, Tall: sequenceRowOf}
	for i, l := range d.Lanes {
		drawn := sequenceLane{X: lane(i), Actor: cmp.Or(l.Actor, d.place(l.Place))}
		if l.Place != "" && l.Actor != "" {
			drawn.Place = Capital(d.place(l.Place))
		}
		s.Lanes = append(s.Lanes, drawn)
	}
	messages := 0
	for i, step := range d.Steps {
		messages += len(step.Messages)
		row := sequenceRow{Number: i + 1, Top: sequenceHead + i*sequenceRowOf, Sentence: strings.Join(append([]string{step.Sentence}, d.notes(i)...), "\n")}
		row.Base, row.Class = row.Top+sequenceRowOf-8, "step"
		if len(step.Remarks) > 0 {
			row.Class, row.Mark = row.Class+" remarked", "⚠ "
		}
		if d.decides(i) {
			row.Class, row.Mark = row.Class+" decides", "◆ "
		}
		for _, m := range step.Messages {
			row.Arrows = append(row.Arrows, sequenceArrow{lane(m.From), lane(m.To)})
		}
		room := s.Width / 3
		if x := lane(step.By); len(step.Messages) > 0 {
			m := step.Messages[0]
			row.Label, row.LabelX, row.LabelY, row.Anchor = m.What, (lane(m.From)+lane(m.To))/2, row.Base-5, "middle"
		} else {
			row.Label, row.Dot, row.LabelX, row.LabelY, room = step.Sentence, x, x+10, row.Base+4, s.Width-x
			if x > s.Width/2 {
				row.LabelX, row.Anchor, room = x-10, "end", x-sequenceLeft/2
			}
		}
		row.Label = Excerpt(row.Label, room/sequenceChar)
		s.Rows = append(s.Rows, row)
	}
	if messages == 0 {
		return nil
	}
	return s
}
