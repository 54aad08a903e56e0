package diagnose

import "pkgdist/model"

// rest looks ahead: what the site comes to, if nobody updates anything and nothing fails any more.
type rest struct {
	sc    *scope
	known map[string]model.Versions
}

func (sc *scope) rest() *rest { return &rest{sc, map[string]model.Versions{}} }

// stuck are the versions of which a .PKG lies in INCOMING when the site is at rest, while not every distribution point has that
// version: whatever it does until then.
func (r *rest) stuck(s *model.State) model.Versions {
	b := make([]byte, r.sc.sys.Width())
	r.sc.sys.Pack(s, b)
	key := string(b)
	if v, ok := r.known[key]; ok {
		return v
	}
	r.known[key] = 0 // a site that goes round is not at rest
	var nexts []model.State
	state := *s
	r.sc.model.StepsInPlace(&state, func(step model.Step, next *model.State) {
		if !r.sc.sys.Environment(step) {
			nexts = append(nexts, *next)
		}
	})
	all := ^model.Versions(0)
	for i := range nexts {
		all &= r.stuck(&nexts[i])
	}
	if len(nexts) == 0 {
		all = r.waiting(s)
	}
	r.known[key] = all
	return all
}

// waiting are the versions that lie in INCOMING and are missed.
func (r *rest) waiting(s *model.State) (missed model.Versions) {
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
