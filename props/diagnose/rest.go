package diagnose

import "pkgdist/model"

// rest looks ahead: what the site comes to, if nobody updates anything and nothing fails any more.
type rest struct {
	sc    *scope
	known map[string]lying
}

// lying are the versions of which a .PKG lies in INCOMING when the site is at rest, whatever it does until then: all, and those that
// not every distribution point has.
type lying struct{ all, missed model.Versions }

func (sc *scope) rest() *rest { return &rest{sc, map[string]lying{}} }

func (r *rest) of(s *model.State) lying {
	b := make([]byte, r.sc.sys.Width())
	r.sc.sys.Pack(s, b)
	key := string(b)
	if v, ok := r.known[key]; ok {
		return v
	}
	r.known[key] = lying{} // a site that goes round is not at rest
	var nexts []model.State
	state := *s
	r.sc.model.StepsInPlace(&state, func(step model.Step, next *model.State) {
		if !r.sc.sys.Environment(step) {
			nexts = append(nexts, *next)
		}
	})
	l := lying{^model.Versions(0), ^model.Versions(0)}
	for i := range nexts {
		next := r.of(&nexts[i])
		l.all, l.missed = l.all&next.all, l.missed&next.missed
	}
	if len(nexts) == 0 {
		l = lying{at(s).Incoming, r.missed(s)}
	}
	r.known[key] = l
	return l
}

func (r *rest) missed(s *model.State) (missed model.Versions) {
	for left := at(s).Incoming; left != 0; left &= left - 1 {
		v := left.Lowest()
		for _, d := range at(s).DPs[:r.sc.sys.Bounds().Sites[below].DPs] {
			if !d.Serves(v) {
				missed |= v.Set()
			}
		}
	}
	return missed
}
