package diagnose

// Undiagnosed is what articles tell of and no log is found to show.
type Undiagnosed struct {
	Articles []string
	Is, Why  string
}

// NotDiagnosed returns the siblings of Q235788 that are not among the symptoms.
func NotDiagnosed() []Undiagnosed {
	return []Undiagnosed{
		{[]string{"Q318834", "Q288970"}, "The version that a site reports goes back.",
			"what a parent site believes is in its database: no line says which version a status brought there, or which one it replaced"},
		{[]string{"KB834123", "Q311085"}, "Updates outrun their notifications.",
			"it happens at the source site, whose lines are told and not judged; a notification names no version, and each update arrives all the same"},
		{[]string{"Q235774", "Q256013", "Q212937"}, "A package is deleted while it is updated or sent.",
			"the model has no deletion of packages: of a package that a line says is deleted, nothing is said"},
		{[]string{"Q260366", "Q304381"}, "Threads wait for each other when a component starts.",
			"a thread that waits writes nothing: a log that ends looks the same"},
	}
}
