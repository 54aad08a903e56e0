package beam

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofrs/flock"

	"pkgdist/props/check"
	"pkgdist/props/check/internal/store"
	"pkgdist/props/check/show"
)

const (
	savedName   = "search.json"
	lockName    = "lock"
	savedFormat = 2
)

// state is a search at the end of a level. It is replaced as a whole, and says which files of the folder count.
type state struct {
	Format   int
	Identity []show.Item
	Written  string // by which attempt: another one in its place is that of another coordinator
	Layout   store.Layout
	Levels   [][]file // of each level, the runs of the partitions that have states in it
	Known    [][]file // of each partition, the runs of all states that are known
	check.Tally
	Done bool
}

func (s *state) lens() (lens []int64) {
	for _, level := range s.Levels {
		states := int64(0)
		for _, run := range level {
			states += run.Rows
		}
		lens = append(lens, states)
	}
	return lens
}

func (s *state) states() (states int64) {
	for _, n := range s.lens() {
		states += n
	}
	return states
}

func (s *state) bytes() (bytes int64) {
	for _, level := range s.Levels {
		for _, run := range level {
			bytes += run.Bytes
		}
	}
	return bytes
}

// then is the state after a level from which that came out.
func (s *state) then(out *outcome) *state {
	next := *s
	next.Layout = s.Layout.With(out.unplaced)
	next.Verdicts, next.Coverage = slices.Clone(s.Verdicts), slices.Clone(s.Coverage)
	for i := range next.Coverage {
		next.Coverage[i].Blocked = slices.Clone(next.Coverage[i].Blocked)
	}
	next.Tally.Add(&out.tally)
	next.Known = slices.Clone(s.Known)
	for partition, known := range out.known {
		next.Known[partition] = known
	}
	for _, f := range out.found {
		next.Known[f.Partition] = append(slices.Clip(next.Known[f.Partition]), f)
	}
	next.spread(s.Layout)
	if next.Done = len(out.found) == 0; !next.Done {
		next.Levels = append(slices.Clip(s.Levels), out.found)
	}
	return &next
}

// spread has every partition know the states of the first one, which had all of them while the layout was that before.
func (s *state) spread(before store.Layout) {
	if s.Layout.Divided() && !before.Divided() {
		for i := range s.Known {
			s.Known[i] = slices.Clone(s.Known[0])
		}
	}
}

// identity is what has to be the same for a search to go on in the folder.
func (c *coordinator) identity() ([]show.Item, error) {
	list, err := c.search.Identity()
	return append(list, show.Item{Label: "the number of partitions", Value: fmt.Sprint(c.Partitions)}), err
}

// resume goes on with the search in the folder, or begins one.
func (c *coordinator) resume(ctx context.Context) error {
	identity, err := c.identity()
	if err != nil {
		return err
	}
	was, there, err := c.saved(ctx)
	if err != nil {
		return err
	}
	if !there {
		if err := c.mustBeOurs(ctx); err != nil {
			return err
		}
		first, err := c.firstLevel(ctx)
		if err != nil {
			return err
		}
		first.Format, first.Identity = savedFormat, identity
		return c.save(ctx, first, false)
	}
	if err := check.CompareIdentity(string(c.folder), was.Identity, identity); err != nil {
		return err
	}
	c.state = *was
	return c.sweep(ctx)
}

// saved is the state in the folder.
func (c *coordinator) saved(ctx context.Context) (was *state, there bool, err error) {
	text, there, err := c.folder.read(ctx, savedName)
	if err != nil || !there {
		return nil, false, err
	}
	name := c.folder.path(savedName)
	body, _, _ := bytes.Cut(text, []byte("\n"))
	if !bytes.Equal(withChecksum(body), text) {
		return nil, false, fmt.Errorf("%s is damaged: its checksum is wrong; expected what was written, or an empty folder", name)
	}
	was = &state{}
	if err := json.Unmarshal(body, was); err != nil || was.Format != savedFormat {
		return nil, false, fmt.Errorf("%s has format %d (%v); expected %d, that of this version", name, was.Format, err, savedFormat)
	}
	return was, true, nil
}

// save makes a state the one of the folder, unless another coordinator was at work there. The lock says so where there is
// one; where there is none, this finds out late, but before anything counts.
func (c *coordinator) save(ctx context.Context, next *state, lasts bool) error {
	was, there, err := c.saved(ctx)
	if err != nil {
		return err
	}
	if there && was.Written != c.state.Written || !there && c.state.Written != "" {
		return fmt.Errorf("%s was written by another process meanwhile; expected a folder of its own for each search", c.folder.path(savedName))
	}
	next.Written = attempt()
	text, err := json.Marshal(next)
	if err != nil {
		return err
	}
	if err := c.folder.replace(ctx, savedName, withChecksum(text), lasts); err != nil {
		return err
	}
	c.state = *next
	return nil
}

// withChecksum ends a text with a line that has its checksum.
func withChecksum(text []byte) []byte {
	return fmt.Appendf(slices.Clip(text), "\n%08x\n", crc32.ChecksumIEEE(text))
}

var prefixes = []string{levelPrefix, knownPrefix, backPrefix, reportPrefix, savedName}

func ours(name string) bool {
	return name == lockName || slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// mustBeOurs refuses a folder in which something else is.
func (c *coordinator) mustBeOurs(ctx context.Context) error {
	names, err := c.folder.list(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if !ours(name) {
			return fmt.Errorf("%s has %s and no %s; expected an empty folder, or one of an earlier search", c.folder, name, savedName)
		}
	}
	return c.sweep(ctx)
}

// sweep removes what does not count: what attempts have left that failed, or were made twice.
func (c *coordinator) sweep(ctx context.Context) error {
	names, err := c.folder.list(ctx)
	if err != nil {
		return err
	}
	keep := map[string]bool{lockName: true}
	for _, list := range slices.Concat(c.state.Levels, c.state.Known) {
		for _, run := range list {
			keep[run.Name] = true
		}
	}
	var remove []string
	for _, name := range names {
		if !keep[name] && ours(name) && !(name == savedName && c.state.Written != "") {
			remove = append(remove, name)
		}
	}
	return c.folder.remove(ctx, remove)
}

// lock takes a folder of the local file system for this process alone.
func (f folder) lock() (unlock func(), err error) {
	if strings.Contains(string(f), "://") {
		return func() {}, nil
	}
	if err := os.MkdirAll(string(f), 0o777); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(string(f), lockName))
	if free, err := lock.TryLock(); err != nil {
		return nil, err
	} else if !free {
		return nil, fmt.Errorf("%s is in use by another process; expected a folder of its own for each search", f)
	}
	return func() { _ = lock.Unlock() }, nil
}
