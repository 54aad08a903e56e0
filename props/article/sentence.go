package article

// A Sentence is one thing that the article Q235788 says, in words of our own, and
// what stands for it in the model.
type Sentence struct {
	Part string // of the article: symptom, effect, cause, workaround or resolution
	Says string
	// Rules, Properties and Designs stand for it, by their names.
	Rules, Properties, Designs []string
	// Scenario is where each of the Properties is violated, or reached, under the
	// product as shipped, and where each of the Designs that waits too little still
	// leaves a file in INCOMING.
	Scenario string
	// Note is what is left out, or added, and why; or empty.
	Note string
}

// Sentences returns what the article says, in its order.
func Sentences() []Sentence {
	return []Sentence{
		{Part: "symptom", Says: "It happens where packages go to child sites, primary or secondary ones.",
			Rules: []string{"package.send", "despooler.forward"}, Note: "A scope has a tree of sites of both kinds; a primary one forwards."},
		{Part: "symptom", Says: "Distribution Manager may not process a .PKG file in INCOMING.", Scenario: "article",
			Rules: []string{"sender.deliver", "replication.accept"}, Properties: []string{"incoming-empty-at-rest", "incoming-drains"}},
		{Part: "symptom", Says: "Meanwhile it runs and writes its log.",
			Rules: []string{"replication.wake", "replication.wait"}, Note: "There is no log in the model. That the thread still runs is that it wakes at the next change."},
		{Part: "symptom", Says: "It appears not to detect the file.", Scenario: "article",
			Properties: []string{"no-file-overlooked-at-rest"}, Note: "A file that is skipped, which the log says, is another symptom: Q245579."},
		{Part: "effect", Says: "The package reaches none of the site's distribution points.", Scenario: "article",
			Properties: []string{"accepted-served-at-rest", "accepted-reaches-all-dps"}, Note: "The properties ask for every distribution point, which is more than one of them."},
		{Part: "cause", Says: "Distribution Manager and Despooler update the source files of a package at the same time, with different version numbers.", Scenario: "article",
			Rules: []string{"despooler.store", "package.decompress"}, Properties: []string{"one-version-among-writers"}},
		{Part: "cause", Says: "Mostly this is when Distribution Manager receives an update while it decompresses an earlier one of the same package.", Scenario: "received-meanwhile",
			Properties: []string{"update-while-decompressing", "received-while-two-write", "overlap-heals"}, Note: "Where the channels keep their order, the announcement waits until its content is stored, and the two writers do not overlap any more."},
		{Part: "cause", Says: "How the file comes to stay from there is not said.",
			Rules: []string{"replication.leave", "package.record"}, Note: "Inferred: the notification fires while the replication thread is busy, and the row is written back with the old version. The file can stay without any overlap as well, and without a second update."},
		{Part: "workaround", Says: "The same package is not to be updated at distribution points in a close time frame.", Scenario: "article",
			Designs: []string{"workaround-wait-package"}, Note: "To the letter it is too little: the replication thread may still be busy when nothing of the package is under way."},
		{Part: "workaround", Says: "Each update is to complete before the next.", Scenario: "article",
			Designs: []string{"workaround-wait-dps"}, Note: "Whoever takes the distribution points for the sign of it updates too early. To wait until all sites are at rest is enough where the channels keep their order: workaround-wait."},
		{Part: "resolution", Says: "A service pack corrects it. How is not said.",
			Note: "Nothing stands for it: repaired is our own."},
	}
}
