package run

import (
	"slices"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/check/explore"
	"pkgdist/props/check/show"
	"pkgdist/props/counterexample"
	"pkgdist/props/scenario"
)

// Explorer walks a scenario under a design and a fairness, as Explore knows them. Of the whole catalogue, it leaves out the
// claims that are too strong: whoever walks wants to see what is wrong.
func Explorer(sc *scenario.Scenario, design model.Design, fairness string, properties []string, opt explore.Options) (explore.Explorer, error) {
	sys, err := model.NewSystem(sc.Scope, design)
	if err != nil {
		return nil, err
	}
	list, err := claims(sc, properties)
	if err != nil {
		return nil, err
	}
	var judged []check.Property[model.State]
	for _, c := range slices.DeleteFunc(list, func(c props.Claim) bool { return c.TooStrong && len(properties) == 0 }) {
		judged = append(judged, c.For(sys))
	}
	opt.Name = design.Name
	opt.Tell = func(d *show.Document) {
		d.Subject, d.Title, d.Source = "Scenario", sc.Title, sc.Source
		d.About = []show.Item{{Label: "Design", Value: design.Name}}
		d.Sections = (&counterexample.Counterexample{Scenario: sc, Design: design.Name}).Written()
		d.Name = sc.Name + "-" + design.Name + "-" + d.Name
		d.Rerun = []string{"go tool pkgdist replay " + d.Name + show.Extension}
	}
	return explore.New(props.Under(props.Model(sys), fairness), judged, opt)
}
