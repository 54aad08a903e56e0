// Package document writes the documents that a reader finds without running
// anything: what must hold and what does (INVARIANTS.md, from the catalogue and
// from runs), what can happen (PROTOCOL.md, from the table of rules), and what
// notices when a rule is changed (MUTANTS.md, from the results that package mutant
// keeps).
//
// Goals: nothing in them is written twice, so that they cannot disagree with the
// code; they are the same, byte for byte, on every machine; names from files
// cannot break a table or a diagram.
//
// Non-goals: no times and no sizes in memory. Only the scenarios that come with
// the program are read here, and nothing is written.
package document

import (
	"fmt"
	"strings"

	"pkgdist/model"
	"pkgdist/props/article"
)

// notice stands at the top of each document.
const notice = "<!-- Written by `go tool pkgdist doc`. Change the code that it is written from, and write it again. -->\n\n"

var (
	plainText = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "<", "&lt;", ">", "&gt;", "\n", " ")
	inCode    = strings.NewReplacer("`", "'", "|", `\|`, "\n", " ")
)

// plain is a text as it reads in Markdown, in a table too.
func plain(text string) string { return plainText.Replace(strings.TrimSpace(text)) }

// code is a name in the type of code, in a table too.
func code(text string) string { return "`" + inCode.Replace(text) + "`" }

// codes is a list of names.
func codes(names []string) string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = code(name)
	}
	return strings.Join(list, ", ")
}

// table writes a table in Markdown. The cells are Markdown already.
func table(b *strings.Builder, header []string, rows [][]string) {
	fmt.Fprintf(b, "| %s |\n|%s\n", strings.Join(header, " | "), strings.Repeat("---|", len(header)))
	for _, row := range rows {
		fmt.Fprintf(b, "| %s |\n", strings.Join(row, " | "))
	}
	b.WriteByte('\n')
}

// sources tells what each fact says that a source cites.
func sources(source string) []string {
	var list []string
	for _, name := range model.Cited(source) {
		list = append(list, fmt.Sprintf("%s: %s", name, said(name)))
	}
	return list
}

// said is what a fact or an article says. An article that has a scenario of its
// own is told by its symptom.
func said(name string) string {
	for _, f := range model.Facts() {
		if f.Name == name {
			return f.Says
		}
	}
	for _, a := range article.All() {
		for _, n := range a.Numbers {
			if n == name {
				return a.Symptom
			}
		}
	}
	return ""
}
