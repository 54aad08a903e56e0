package beam

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"

	"pkgdist/props/check/internal/runs"
)

// folder is where the files of a search are, on a file system that Beam knows.
type folder string

// file is a run in the folder. Its name is new in each attempt to write it, and counts only when the pipeline has come out
// with it: what an attempt leaves that fails, or is made twice, nobody reads.
type file struct {
	Partition   int
	Name        string
	Words       int // of a row
	Rows, Bytes int64
	Checksum    uint32
}

const (
	levelPrefix, knownPrefix, backPrefix, reportPrefix = "level-", "known-", "back-", "report-"
	writeBuffer                                        = 1 << 18 // bytes
)

// attempt is a name that no other attempt has.
func attempt() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it never fails
	return hex.EncodeToString(b[:])
}

func (f folder) path(name string) string { return strings.TrimSuffix(string(f), "/") + "/" + name }

// with calls do with the file system of the folder.
func (f folder) with(ctx context.Context, do func(fs filesystem.Interface) error) error {
	fs, err := filesystem.New(ctx, string(f))
	if err != nil {
		return err
	}
	return errors.Join(do(fs), fs.Close())
}

// open opens a run, and checks that it is the one that was written. Where the file system can read from the middle, as the
// local one can, only what is needed is read; elsewhere the run is read into memory.
func (f folder) open(ctx context.Context, from file) (run *runs.File, err error) {
	name := f.path(from.Name)
	err = f.with(ctx, func(fs filesystem.Interface) error {
		r, err := fs.OpenRead(ctx, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if local, is := r.(*os.File); is {
			run, err = runs.Read(name, local, from.Bytes)
			return err
		}
		b, err := io.ReadAll(r)
		if err = errors.Join(err, r.Close()); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		run, err = runs.Read(name, bytes.NewReader(b), int64(len(b)))
		return err
	})
	if err != nil {
		return nil, err
	}
	if sets := run.Sets(); len(sets) != 1 || sets[0].Len() != from.Rows || run.Bytes() != from.Bytes || run.Checksum() != from.Checksum {
		return nil, errors.Join(fmt.Errorf("%s is another file than the one that was written; expected %d rows in %d bytes, with the checksum %08x", name, from.Rows, from.Bytes, from.Checksum), run.Close())
	}
	return run, nil
}

// output is a run that is being written. It has no file while it has no rows.
type output struct {
	ctx    context.Context
	to     folder
	name   string
	words  int
	lasts  bool // it survives a failure of the machine, where the file system leaves that to the writer
	rows   int64
	file   io.WriteCloser
	buffer *bufio.Writer
	writer *runs.Writer
	size   counter
}

// counter counts bytes, and keeps the last ones, among which the checksum is.
type counter struct {
	io.Writer
	bytes int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.Writer.Write(b)
	c.bytes += int64(n)
	return n, err
}

func (f folder) create(ctx context.Context, name string, words int, lasts bool) *output {
	return &output{ctx: ctx, to: f, name: name, words: words, lasts: lasts}
}

func (o *output) append(rows []uint64) (err error) {
	if len(rows) == 0 {
		return nil
	}
	if o.writer == nil {
		err = o.to.with(o.ctx, func(fs filesystem.Interface) (err error) {
			o.file, err = fs.OpenWrite(o.ctx, o.to.path(o.name))
			return err
		})
		if err != nil {
			return err
		}
		o.buffer = bufio.NewWriterSize(o.file, writeBuffer)
		o.size.Writer = o.buffer
		if o.writer, err = runs.NewWriter(&o.size, o.words, true); err != nil {
			return err
		}
	}
	o.rows += int64(len(rows) / o.words)
	return o.writer.Append(rows)
}

// end ends the run and returns its file: nil if it has no rows.
func (o *output) end() (*file, error) {
	if o.writer == nil {
		return nil, nil
	}
	err := errors.Join(o.writer.EndSection(), o.writer.End(), o.buffer.Flush())
	if local, is := o.file.(*os.File); is && o.lasts && err == nil {
		err = local.Sync()
	}
	if err = errors.Join(err, o.file.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", o.to.path(o.name), err)
	}
	return &file{Name: o.name, Words: o.words, Rows: o.rows, Bytes: o.size.bytes, Checksum: o.writer.Checksum()}, nil
}

// replace writes a file whole, or leaves the one that is there. One that lasts is as an output that does.
func (f folder) replace(ctx context.Context, name string, text []byte, lasts bool) error {
	return f.with(ctx, func(fs filesystem.Interface) error {
		aside := f.path(name + "." + attempt())
		w, err := fs.OpenWrite(ctx, aside)
		if err != nil {
			return err
		}
		_, err = w.Write(text)
		if local, is := w.(*os.File); is && lasts && err == nil {
			err = local.Sync()
		}
		if err = errors.Join(err, w.Close()); err != nil {
			return err
		}
		return filesystem.Rename(ctx, fs, aside, f.path(name))
	})
}

// read reads a file, and reports whether it is there.
func (f folder) read(ctx context.Context, name string) (text []byte, there bool, err error) {
	names, err := f.list(ctx)
	if err != nil {
		return nil, false, err
	}
	for _, n := range names {
		there = there || n == name
	}
	if !there {
		return nil, false, nil
	}
	err = f.with(ctx, func(fs filesystem.Interface) error {
		text, err = filesystem.Read(ctx, fs, f.path(name))
		return err
	})
	return text, true, err
}

// list names the files in the folder.
func (f folder) list(ctx context.Context) (names []string, err error) {
	err = f.with(ctx, func(fs filesystem.Interface) error {
		paths, err := fs.List(ctx, f.path("*"))
		for _, p := range paths {
			names = append(names, path.Base(strings.ReplaceAll(p, "\\", "/")))
		}
		return err
	})
	return names, err
}

// remove removes files, where the file system can.
func (f folder) remove(ctx context.Context, names []string) error {
	return f.with(ctx, func(fs filesystem.Interface) error {
		remover, can := fs.(filesystem.Remover)
		if !can {
			return nil
		}
		var errs []error
		for _, name := range names {
			errs = append(errs, remover.Remove(ctx, f.path(name)))
		}
		return errors.Join(errs...)
	})
}
