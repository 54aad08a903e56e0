package explore

import (
	"context"
	"time"

	"pkgdist/props/check/show"
)

// Found is the way to a state.
type Found struct {
	Steps []string // from the place on; none if the state there is one already
	None  string   // why there is no way; empty if there is one
}

// findStates is how many states a search for a condition looks at, and findTime how long it takes at the most: longer
// than that nobody waits without wanting to know more.
const (
	findStates = 1_000_000
	findTime   = 30 * time.Second
)

// Find is the shortest way from a place to a state that meets a condition.
func (w *walker[S, T]) Find(ctx context.Context, p Place, text string) (*Found, error) {
	path, _, err := w.standing(p)
	if err != nil {
		return nil, err
	}
	from := path[len(path)-1]
	c, err := parseCondition(text, from.fields)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, findTime)
	defer cancel()
	var f *Found
	return f, guarded(func() error {
		f, err = w.find(ctx, from, c)
		return err
	})
}

func (w *walker[S, T]) find(ctx context.Context, from *node[S, T], c condition) (*Found, error) {
	x, done := w.expansion(&from.state)
	defer done()
	goal := func(s *S) bool {
		return c.holds(w.model.Fields(s), func() bool { x.Enter(s); return x.AtRest })
	}
	t, complete, err := w.model.Nearest(ctx, from.state, goal, findStates)
	switch {
	case err != nil:
		return nil, err
	case t == nil && complete:
		return &Found{None: "No state that can be reached from here meets this. All were looked at."}, nil
	case t == nil && ctx.Err() != nil:
		return &Found{None: "No state was found that meets this, in " + findTime.String() + ". There may be one further away."}, nil
	case t == nil:
		return &Found{None: "None of the nearest " + show.Number(findStates) + " states meets this. There may be one further away."}, nil
	}
	steps, err := w.references(x, t)
	return &Found{Steps: steps}, err
}
