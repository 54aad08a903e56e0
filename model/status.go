package model

// The status of a package travels up from a site when its package thread ends.
func statusRules() []Rule {
	return []Rule{
		{
			Name:   "status.report",
			Says:   "Site {site} reports version {version} of {package}.",
			Source: "protocol, step 12; Q318834",
			Where:  Anywhere,
			Of:     &Choice{"its status is on its way", func(c spot) Versions { return c.pkg.Status.Set() }},
			Effects: []Effect{
				{Name: "the reported version is the one that arrives, without a check", Do: func(c spot) {
					c.pkg.Reported, c.pkg.Status = c.Version, 0
				}},
			},
		},
	}
}
