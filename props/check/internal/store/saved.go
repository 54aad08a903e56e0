package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pkgdist/props/check/internal/runs"
)

// Saved is what is needed, beside the files, to go on with Levels.
type Saved struct {
	Layout
	Written int
	Levels  [][]Section
}

// Section is where a set is: a section of a file in the folder.
type Section struct {
	File   string
	Number int
}

// enoughPending is how many levels of the largest size that stays in memory are worth a file.
const enoughPending = 4

// Due reports whether so much is in memory alone that it should be saved.
func (l *Levels) Due() bool { return l.pending >= enoughPending*l.smallRows() }

// Save writes the levels that are in memory alone into one file, and returns what to keep.
func (l *Levels) Save() (*Saved, error) {
	if l.pending > 0 {
		if err := l.write(); err != nil {
			return nil, err
		}
	}
	saved := &Saved{Layout: Layout{l.base, l.placed}, Written: l.written}
	for _, level := range l.levels {
		var sections []Section
		for _, s := range level.sets {
			sections = append(sections, Section{s.File().Name(), s.Section()})
		}
		saved.Levels = append(saved.Levels, sections)
	}
	return saved, nil
}

// write replaces the levels that are in memory by sections of a new file.
func (l *Levels) write() error {
	w, err := runs.Create(filepath.Join(l.folder, fileName(levelPrefix, l.written, permanent)), l.words, true)
	if err != nil {
		return err
	}
	l.written++
	var old []*runs.Set
	for _, level := range l.levels {
		for _, s := range level.sets {
			if s.File() != nil {
				continue
			}
			old = append(old, s)
			if err := errors.Join(w.Append(s.Rows(l.words)), w.EndSection()); err != nil {
				w.Abandon()
				return err
			}
		}
	}
	f, err := w.Close()
	if err != nil {
		return err
	}
	replaced := map[*runs.Set]*runs.Set{}
	for i, s := range f.Sets() {
		replaced[old[i]] = s
	}
	replace := func(sets []*runs.Set) {
		for i, s := range sets {
			if by := replaced[s]; by != nil {
				sets[i] = by
			}
		}
	}
	for _, level := range l.levels {
		replace(level.sets)
	}
	replace(l.known)
	l.pending = 0
	return nil
}

// Restore opens what was saved. What a search left in the folder that was killed before it had saved it is removed.
func Restore(words int, folder string, saved *Saved, memory int64, workers int) (*Levels, error) {
	if err := saved.RemoveOthers(folder); err != nil {
		return nil, err
	}
	l := NewLevels(words, folder, memory, workers)
	if len(saved.Base) != words {
		return nil, fmt.Errorf("the states in %s have %d words; expected %d", folder, len(saved.Base), words)
	}
	l.Use(saved.Layout)
	l.written = saved.Written
	sets := map[string][]*runs.Set{}
	for _, sections := range saved.Levels {
		var next level
		for _, s := range sections {
			if _, open := sets[s.File]; !open {
				f, err := runs.Open(filepath.Join(folder, s.File))
				if err != nil {
					return nil, err
				}
				sets[s.File] = f.Sets()
			}
			if s.Number >= len(sets[s.File]) {
				return nil, fmt.Errorf("%s has %d sections; expected more than %d", filepath.Join(folder, s.File), len(sets[s.File]), s.Number)
			}
			next.sets = append(next.sets, sets[s.File][s.Number])
		}
		if err := l.add(next); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// RemoveOthers removes the files in a folder that do not belong to what was saved.
func (saved *Saved) RemoveOthers(folder string) error {
	keep := map[string]bool{}
	for _, sections := range saved.Levels {
		for _, s := range sections {
			keep[s.File] = true
		}
	}
	for _, pattern := range prefixes {
		files, err := filepath.Glob(filepath.Join(folder, pattern+"*"))
		if err != nil {
			return err
		}
		for _, file := range files {
			if !keep[filepath.Base(file)] {
				if err := os.Remove(file); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

var prefixes = []string{levelPrefix, knownPrefix, foundPrefix, marksPrefix}

// IsOurs reports whether a file has a name that Levels give.
func IsOurs(file string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(file, prefix) })
}
