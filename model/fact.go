package model

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A Fact is what an article or the product's documentation says, in words of our
// own. Rules and properties name it as their source.
type Fact struct {
	Name string // "Q235788, cause", "protocol, step 5"
	Says string
}

// ProtocolSteps tells the protocol step by step, as the articles and the documentation
// describe it, from the administrator's update to the report of a child site.
// "Protocol, step 5" is the fifth.
func ProtocolSteps() []string {
	return []string{
		"The administrator asks for an update of the distribution points: the package's source version rises by one, and Distribution Manager at the source site is notified.",
		"Distribution Manager takes a snapshot of the package source and compresses it. The compressed copy is of the latest version.",
		"The site sends to each child site, on two channels: the compressed content (.PCK), and the replication file that announces the version (.PKG). Whatever is tried again is sent again.",
		"Despooler at the child site begins to store the content over the site's compressed copy, which is of no whole version until that is done.",
		"Despooler has stored the content, and records its version as StoredPkgVersion.",
		"The .PKG file enters INCOMING, and a change notification fires.",
		"The notification wakes the replication thread of Distribution Manager, which lists INCOMING.",
		"The replication thread judges each .PKG: announced before the last one applied, it is discarded; ahead of what is stored, it is skipped and stays; behind it, it is deleted; else it is applied, and a package thread starts, if one can.",
		"The package thread reads which version is stored, and begins to decompress the copy.",
		"The package thread has decompressed the package, and writes its row in the database back.",
		"DP threads copy the unpacked files to the distribution points of the site, several at the same time.",
		"The package thread ends, and the version's status goes up to the administrator.",
		"A site with child sites of its own sends to them what it has stored, content and metadata, as the source site did.",
	}
}

// Facts returns what else is cited, beside the articles that have a scenario of
// their own (package article says what those tell of).
func Facts() []Fact {
	facts := []Fact{
		{"protocol, actors", "Each site has one Despooler, one replication thread, at most one package thread for each package and three in all, and for each package thread at most five DP threads, unless it is set otherwise."},
		{"Q235788, symptom", "A .PKG file lies in INCOMING of a child site. Distribution Manager runs and writes its log, and does not seem to see the file."},
		{"Q235788, effect", "The package arrives at none of the distribution points of that site."},
		{"Q235788, cause", "Distribution Manager and Despooler work on the source files of one package at the same time with different version numbers, mostly when an update comes in while an earlier one is being decompressed."},
		{"Q235788, workaround", "The same package is not to be updated at distribution points in a close time frame: each update is to complete before the next."},
		{"KB834123, cause", "Each of several updates in a row leaves a notification of its own, and what the first sets off takes in the last version already."},
		{"Q182419", "Decompressing can break off half way."},
		{"Q193766", "A file on a distribution point that is in use makes the copy to it fail."},
		{"Q207416", "A package source with an open file cannot be compressed."},
		{"Q235837", "Part of a package's content can be there without the instruction that belongs to it."},
		{"Q260366", "Threads that wait for each other at the start bring the component to a standstill."},
		{"Q304381", "Files pile up in a receiving folder while nothing works on them."},
		{"Q288970", "A status with an older number than the last one is to be ignored."},
		{"Q319207", "Whatever is tried again is sent again in full, and a copy to a distribution point that failed is tried again later."},
	}
	for i, says := range ProtocolSteps() {
		facts = append(facts, Fact{fmt.Sprintf("protocol, step %d", i+1), says})
	}
	return facts
}

var citation = regexp.MustCompile(`(?:Q|KB)\d+(?:, (?:cause|effect|symptom|workaround))?|protocol, (?:actors|steps? \d+(?: and \d+)*)`)

// Cited lists the names of the facts and the articles that a source names.
func Cited(source string) []string {
	var names []string
	for _, name := range citation.FindAllString(source, -1) {
		numbers, steps := strings.CutPrefix(name, "protocol, steps ")
		if !steps {
			names = append(names, name)
			continue
		}
		for number := range strings.SplitSeq(numbers, " and ") {
			names = append(names, "protocol, step "+number)
		}
	}
	return slices.Compact(names)
}
