package model

// The status of a package travels up from a site when its package thread ends.
func statusRules() []Rule {
	arrives := []Effect{
		{Name: "the reported version is the one that arrives, without a check", If: off(StatusCheck), Writes: FieldReported, Do: func(c binding) {
			c.pkg.Reported = c.Version
		}, Remarks: []Remark{{"an older status overwrites a newer one: nobody compares them", func(c binding) bool { return c.pkg.Reported > c.Version }}}},
		{Name: "the reported version is the one that arrives, unless a later one was reported", If: on(StatusCheck), Reads: FieldReported, Writes: FieldReported, Do: func(c binding) {
			c.pkg.Reported = max(c.pkg.Reported, c.Version)
		}},
	}
	return []Rule{
		{
			Name:   "status.report",
			Says:   "Site {site} reports version {version} of {package}.",
			Origin: from("protocol, step 12; Q318834"),
			By:     ActorPackageThread,
			Hands:  Handover{From: ActorPackageThread, To: ActorAdministrator, What: "status of version {version} of {package}"},
			Where:  Anywhere,
			Of:     &Choice{"its status is on its way", FieldStatus, func(c binding) Versions { return c.pkg.Status.Set() }},
			Effects: append([]Effect{
				{Name: "the status has arrived", Writes: FieldStatus, Do: func(c binding) { c.pkg.Status = 0 }},
			}, arrives...),
		},
		{
			Name:   "status.report-late",
			Says:   "The status that was held up arrives: site {site} reports version {version} of {package}.",
			Origin: from("protocol, step 12; Q318834"),
			By:     ActorPackageThread,
			Hands:  Handover{From: ActorPackageThread, To: ActorAdministrator, What: "late status of version {version} of {package}"},
			Only:   []Fault{LateStatus},
			Where:  Anywhere,
			Of:     &Choice{"its status is held up on its way", FieldLate, func(c binding) Versions { return c.pkg.Late.Set() }},
			Effects: append([]Effect{
				{Name: "the late status has arrived", Writes: FieldLate, Do: func(c binding) { c.pkg.Late = 0 }},
			}, arrives...),
		},
	}
}
