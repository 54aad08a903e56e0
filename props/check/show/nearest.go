package show

import (
	"fmt"
	"strings"
)

const (
	mostEdits = 3   // more are another name
	mostLine  = 150 // characters of names that a message lists
	leastName = 4   // characters of a name that is the beginning of another
	mostShown = 40  // characters that a message repeats of a name
)

// DidYouMean ends a message about a name that is not known: with the name that
// may have been meant, or with the names that there are.
func DidYouMean(name string, known []string) string {
	if near, ok := Nearest(name, known); ok {
		return "; did you mean " + near + "?"
	}
	if len(known) == 0 {
		return ""
	}
	text := "; there are " + Excerpt(known[0], mostShown)
	for i, k := range known[1:] {
		next := ", " + Excerpt(k, mostShown)
		if len(text)+len(next) > mostLine {
			return text + fmt.Sprintf(" and %d more", len(known)-1-i)
		}
		text += next
	}
	return text
}

// Nearest returns the known name that was probably meant: the one with the fewest
// edits (a character added, left out or replaced, or two neighbours swapped), if
// they are few for the name's length. Upper and lower case count as the same. Of
// several, it returns the first. If there is none, a name that begins with it will do.
func Nearest(name string, known []string) (best string, found bool) {
	most := min(mostEdits, max(1, (len(name)+1)/3))
	from := []rune(strings.ToLower(name))
	for _, candidate := range known {
		to := []rune(strings.ToLower(candidate))
		// A difference in length alone needs as many edits: a huge name costs nothing.
		if max(len(from)-len(to), len(to)-len(from)) > most {
			continue
		}
		// A name of which nothing is left was hardly meant: B is not near to C.
		if n := edits(from, to); n <= most && n < min(len(from), len(to)) {
			best, found = candidate, true
			most = n - 1
		}
	}
	for _, candidate := range known {
		if !found && len(name) >= leastName && strings.HasPrefix(candidate, strings.ToLower(name)) {
			return candidate, true
		}
	}
	return best, found
}

// edits counts by optimal string alignment: Levenshtein's distance, with a swap
// of two neighbours as one edit.
func edits(a, b []rune) int {
	var before []int // the row before the last one
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			replace := last[j]
			if a[i] != b[j] {
				replace++
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, replace)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
