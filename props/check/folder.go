package check

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"pkgdist/props/check/internal/store"
	"pkgdist/props/check/show"

	"github.com/gofrs/flock"
	"github.com/google/renameio/v2/maybe"
)

// A folder keeps a search on disk, as far as whole levels go. Its runs never change; one file says which of them count, and
// is replaced as a whole. So whenever the search is killed, that file and the runs that it names are as they were when a
// level ended.

const (
	savedName   = "search.json"
	lockName    = "lock"
	savedFormat = 1
	// probedStates is how many states are asked for what identifies a model, beside what it says of itself.
	probedStates = 1 << 10
)

// saved is a search at the end of a level.
type saved struct {
	Format   int
	Identity []show.Item
	States   *store.Saved
	Values   [][]savedValues // by part of varying length
	Tally
	Done bool
}

// savedValues is a file of values of parts of varying length, and how many they are.
type savedValues struct {
	File  string
	Count int
}

// openFolder makes the folder ready, and takes it for this process alone.
func (d *onDisk) openFolder(path string) (err error) {
	if d.folder = path; path == "" {
		d.own = true
		d.folder, err = os.MkdirTemp("", "pkgdist-")
		return err
	}
	if err := os.MkdirAll(path, 0o777); err != nil {
		return err
	}
	d.lock = flock.New(filepath.Join(path, lockName))
	if free, err := d.lock.TryLock(); err != nil {
		return err
	} else if !free {
		return fmt.Errorf("%s is in use by another process; expected a folder of its own for each search", path)
	}
	return nil
}

// close gives the folder back, and removes it if nobody knows it.
func (d *onDisk) close() error {
	var err error
	if d.levels != nil {
		err = d.levels.Close()
	}
	if d.lock != nil {
		err = errors.Join(err, d.lock.Unlock())
	}
	if d.own {
		err = errors.Join(err, os.RemoveAll(d.folder))
	}
	return err
}

// identity is what has to be the same for a search to go on.
func (s *search[S, T]) identity() ([]show.Item, error) {
	var names []string
	for _, p := range s.properties {
		names = append(names, p.name)
	}
	program, err := programHash()
	if err != nil {
		return nil, err
	}
	behaviour, err := s.behaviour()
	if err != nil {
		return nil, err
	}
	list := []show.Item{{Label: "the model", Value: s.Name}}
	list = append(append(list, s.About...), s.opt.Subject...)
	return append(list,
		show.Item{Label: "the list of properties", Value: strings.Join(names, ", ")},
		show.Item{Label: "symmetry", Value: fmt.Sprint(s.opt.Symmetry)},
		show.Item{Label: "coverage of all rules", Value: fmt.Sprint(s.opt.Coverage)},
		show.Item{Label: "the type of states", Value: fmt.Sprintf("%T, %v", *new(S), s.codec.parts)},
		show.Item{Label: "the version of the model (by the steps out of its first states)", Value: behaviour},
		show.Item{Label: "the version of the program (by its contents)", Value: program},
	), nil
}

// programHash identifies the program that runs: a model is Go, and nothing else says that it is the same.
var programHash = sync.OnceValues(func() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
})

// behaviour is a hash of the first states, in breadth-first order, and of the steps out of them.
func (s *search[S, T]) behaviour() (hash string, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = panicked(value, "in an initial state, or in the text of a step")
		}
	}()
	initial, err := s.initial()
	if err != nil {
		return "", err
	}
	h, x, seen := sha256.New(), newExpansion(s.machine), map[string]bool{}
	var queue []S
	add := func(state *S) {
		if id := x.Identity(state); !seen[id] {
			seen[id] = true
			queue = append(queue, x.Clone(state))
		}
	}
	for i := range initial {
		add(&initial[i])
	}
	for i := 0; i < len(queue) && i < probedStates; i++ {
		if panics(func() { x.Enter(&queue[i]) }) {
			fmt.Fprintln(h, "panics") // the search says where
			continue
		}
		id := x.Identity(&x.State)
		fmt.Fprintf(h, "%d %s %v\n", len(id), id, x.AtRest)
		for n, step := range x.Steps {
			id := x.Identity(&x.Nexts[n])
			fmt.Fprintf(h, "%v %d %s\n", step, len(id), id)
			add(&x.Nexts[n])
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}

func panics(do func()) (is bool) {
	defer func() { is = recover() != nil }()
	do()
	return false
}

// save replaces the file that says how far the search is.
func (s *search[S, T]) save(done bool) error {
	d := s.disk
	if d.own && done {
		return nil
	}
	states, err := d.levels.Save()
	if err != nil || d.own {
		return err
	}
	if err := s.saveValues(); err != nil {
		return err
	}
	text, err := json.Marshal(saved{Format: savedFormat, Identity: d.identity, States: states, Values: d.values, Tally: s.figures(), Done: done})
	if err != nil {
		return err
	}
	return maybe.WriteFile(filepath.Join(d.folder, savedName), withChecksum(text), 0o666)
}

// withChecksum ends a text with a line that has its checksum.
func withChecksum(text []byte) []byte {
	return fmt.Appendf(slices.Clip(text), "\n%08x\n", crc32.ChecksumIEEE(text))
}

// resume goes on where an earlier search ended, and reports whether there is one in the folder.
func (s *search[S, T]) resume() (found bool, err error) {
	d := s.disk
	if d.own {
		return false, nil
	}
	if d.identity, err = s.identity(); err != nil {
		return false, err
	}
	file := filepath.Join(d.folder, savedName)
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, d.mustBeEmpty()
	}
	if err != nil {
		return false, err
	}
	body, _, _ := bytes.Cut(text, []byte("\n"))
	var was saved
	if !bytes.Equal(withChecksum(body), text) {
		return false, fmt.Errorf("%s is damaged: its checksum is wrong; expected what was written, or an empty folder", file)
	}
	if err := json.Unmarshal(body, &was); err != nil || was.Format != savedFormat {
		return false, fmt.Errorf("%s has format %d (%v); expected %d, that of this version", file, was.Format, err, savedFormat)
	}
	if err := CompareIdentity(d.folder, was.Identity, d.identity); err != nil {
		return false, err
	}
	if err := s.restoreValues(was.Values); err != nil {
		return false, err
	}
	if d.levels, err = store.Restore(len(s.codec.parts), d.folder, was.States, s.diskMemory(), s.opt.workers()); err != nil {
		return false, err
	}
	s.goOnFrom(was.Tally)
	d.kept, d.done = d.levels, was.Done
	return true, nil
}

// hasSaved reports whether an earlier search is in the folder.
func (s *search[S, T]) hasSaved() bool {
	_, err := os.Stat(filepath.Join(s.opt.Dir, savedName))
	return s.opt.Dir != "" && err == nil
}

// mustBeEmpty refuses a folder in which something else is, and removes what a search left that was killed before anything
// was saved.
func (d *onDisk) mustBeEmpty() error {
	entries, err := os.ReadDir(d.folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() != lockName && !store.IsOurs(e.Name()) && !strings.HasPrefix(e.Name(), valuesPrefix) {
			return fmt.Errorf("%s has %s and no %s; expected an empty folder, or one of an earlier search", d.folder, e.Name(), savedName)
		}
	}
	return new(store.Saved).RemoveOthers(d.folder)
}

// CompareIdentity refuses a folder in which a search is that had another identity, and says in what they differ.
func CompareIdentity(folder string, was, is []show.Item) error {
	for i := range is {
		if i >= len(was) || was[i].Label != is[i].Label {
			return fmt.Errorf("%s belongs to another search: it says nothing of %s; expected %q, or another folder", folder, is[i].Label, is[i].Value)
		}
		if was[i].Value != is[i].Value {
			return fmt.Errorf("%s belongs to another search: there, %s is %q; expected %q, or another folder", folder, is[i].Label, was[i].Value, is[i].Value)
		}
	}
	return nil
}

const valuesPrefix = "values-"

// saveValues writes the parts of varying length that are new since they were saved last.
func (s *search[S, T]) saveValues() error {
	d := s.disk
	if d.values == nil {
		d.values = make([][]savedValues, len(s.codec.interns))
	}
	for part, n := range s.codec.interns {
		from := 0
		for _, v := range d.values[part] {
			from += v.Count
		}
		values := n.since(from)
		if len(values) == 0 {
			continue
		}
		var b []byte
		for _, v := range values {
			b = append(binary.AppendUvarint(b, uint64(len(v))), v...)
		}
		file := savedValues{fmt.Sprintf("%s%d-%06d", valuesPrefix, part, len(d.values[part])), len(values)}
		b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
		if err := maybe.WriteFile(filepath.Join(d.folder, file.File), b, 0o666); err != nil {
			return err
		}
		d.values[part] = append(d.values[part], file)
	}
	return nil
}

// restoreValues gives all values the numbers that they had.
func (s *search[S, T]) restoreValues(values [][]savedValues) error {
	s.disk.values = values
	for part, files := range values {
		for _, v := range files {
			path := filepath.Join(s.disk.folder, v.File)
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			end := len(b) - 4
			if end < 0 || crc32.ChecksumIEEE(b[:end]) != binary.LittleEndian.Uint32(b[end:]) {
				return fmt.Errorf("%s is damaged: its checksum is wrong", path)
			}
			b = b[:end]
			for range v.Count {
				length, n := binary.Uvarint(b)
				if n <= 0 || length > uint64(len(b)-n) {
					return fmt.Errorf("%s has fewer than %d values", path, v.Count)
				}
				s.codec.interns[part].number(b[n : n+int(length)])
				b = b[n+int(length):]
			}
		}
	}
	return nil
}
