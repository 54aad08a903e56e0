package runs

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// A file is blocks one after the other, then the index, then the trailer: the length of the index, its checksum, and the
// mark. The index tells for each block where it is, its checksum, its rows and the first of them, and where sections end.

const (
	mark         = "pkgdist run 1\n" // at the beginning of a file and at its end
	trailerBytes = 8 + 4 + len(mark)
	writeBuffer  = 1 << 18 // bytes
	unfinished   = ".part" // after the name of a file that is being written
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// block is what the index knows of a block.
type block struct {
	offset   int64
	bytes    int
	checksum uint32
	rows     int
}

// index is what is known about the blocks of a file.
type index struct {
	words  int
	blocks []block
	firsts []uint64 // the first row of each block
	ends   []int    // the block at which each section ends
}

// Writer writes a file, in which one section follows another: each is a sorted set of rows. The file has its name when it
// is whole.
type Writer struct {
	index
	to       io.Writer
	most     int // words of a block
	lasts    bool
	codec    *codec
	rows     []uint64 // of the block to come
	bytes    []byte
	offset   int64
	checksum uint32 // of the index

	path   string // of a file that Create has begun
	file   *os.File
	buffer *bufio.Writer
}

// NewWriter begins to write what is in a file of rows of so many words. What is to last is made small, and the rest is made
// fast.
func NewWriter(to io.Writer, words int, lasts bool) (*Writer, error) {
	w := &Writer{index: index{words: words}, to: to, most: int(BlockRows(words)) * words, lasts: lasts, codec: encoders[lasts].Get().(*codec)}
	return w, w.write([]byte(mark))
}

// CreateFast begins a file for a short time, with so many rows in a block: what reads it has one of them in memory.
func CreateFast(path string, words, rows int) (*Writer, error) {
	w, err := Create(path, words, false)
	if err == nil {
		w.most = words * min(max(1, rows), int(BlockRows(words)))
	}
	return w, err
}

// Create begins a file.
func Create(path string, words int, lasts bool) (*Writer, error) {
	file, err := os.Create(path + unfinished)
	if err != nil {
		return nil, err
	}
	buffer := bufio.NewWriterSize(file, writeBuffer)
	w, err := NewWriter(buffer, words, lasts)
	w.path, w.file, w.buffer = path, file, buffer
	return w, err
}

func (w *Writer) write(b []byte) error {
	n, err := w.to.Write(b)
	w.offset += int64(n)
	return err
}

// Append adds rows to the section. They rise, and are above those before them.
func (w *Writer) Append(rows []uint64) error {
	for len(rows) > 0 {
		n := min(len(rows), w.most-len(w.rows))
		w.rows = append(w.rows, rows[:n]...)
		rows = rows[n:]
		if len(w.rows) == w.most {
			if err := w.endBlock(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *Writer) endBlock() error {
	if len(w.rows) == 0 {
		return nil
	}
	w.bytes = w.codec.encode(w.bytes[:0], w.rows, w.words)
	w.blocks = append(w.blocks, block{w.offset, len(w.bytes), crc32.Checksum(w.bytes, castagnoli), len(w.rows) / w.words})
	w.firsts = append(w.firsts, w.rows[:w.words]...)
	w.rows = w.rows[:0]
	return w.write(w.bytes)
}

// EndSection ends a section, and the next rows begin another one.
func (w *Writer) EndSection() error {
	err := w.endBlock()
	w.ends = append(w.ends, len(w.blocks))
	return err
}

// End writes what ends a file, and is for what NewWriter began.
func (w *Writer) End() error {
	b := w.appendTo(nil)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(b)))
	w.checksum = crc32.Checksum(b, castagnoli)
	b = binary.LittleEndian.AppendUint32(b, w.checksum)
	w.release()
	return w.write(append(b, mark...))
}

// Checksum is that of the index of a run that has ended, which has the checksums of all blocks: it tells what is in it.
func (w *Writer) Checksum() uint32 { return w.checksum }

// Close ends the file that Create began, and opens it for reading. One that is to last survives a failure of the machine from
// now on.
func (w *Writer) Close() (*File, error) {
	err := errors.Join(w.End(), w.buffer.Flush())
	if err == nil && w.lasts {
		err = w.file.Sync()
	}
	if err = errors.Join(err, w.file.Close()); err != nil {
		return nil, err
	}
	if err := os.Rename(w.path+unfinished, w.path); err != nil {
		return nil, err
	}
	if w.lasts {
		if err := syncFolder(filepath.Dir(w.path)); err != nil {
			return nil, err
		}
	}
	return Open(w.path)
}

// Abandon removes the file that is being written.
func (w *Writer) Abandon() {
	w.release()
	w.file.Close()
	os.Remove(w.path + unfinished)
}

// release lets others use the encoder.
func (w *Writer) release() {
	if w.codec != nil {
		encoders[w.lasts].Put(w.codec)
		w.codec = nil
	}
}

// syncFolder makes the names of the files in a folder durable.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func (x *index) appendTo(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(x.words))
	b = binary.AppendUvarint(b, uint64(len(x.blocks)))
	for i, k := range x.blocks {
		b = binary.AppendUvarint(b, uint64(k.bytes))
		b = binary.LittleEndian.AppendUint32(b, k.checksum)
		b = binary.AppendUvarint(b, uint64(k.rows))
		for _, word := range x.firsts[i*x.words:][:x.words] {
			b = binary.LittleEndian.AppendUint64(b, word)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(x.ends)))
	for _, end := range x.ends {
		b = binary.AppendUvarint(b, uint64(end))
	}
	return b
}

// File is a file that is whole. Any number of goroutines may read it.
type File struct {
	index
	path     string
	size     int64
	checksum uint32
	most     int // rows of a block
	file     io.ReaderAt
}

// Open opens a file and checks its index. A block is checked when it is read.
func Open(path string) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	f, err := Read(path, file, info.Size())
	if err != nil {
		file.Close()
	}
	return f, err
}

// Read is Open for what is elsewhere, and has so many bytes. The path is for errors.
func Read(path string, file io.ReaderAt, size int64) (*File, error) {
	f := &File{path: path, file: file, size: size}
	if err := f.readIndex(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

var errCut = errors.New("the file is cut short, or not a run of this program; expected what was written")

func (f *File) readIndex() error {
	begin, end := make([]byte, len(mark)), make([]byte, trailerBytes)
	if f.size < int64(len(begin)+len(end)) {
		return errCut
	}
	if _, err := f.file.ReadAt(begin, 0); err != nil {
		return err
	}
	if _, err := f.file.ReadAt(end, f.size-int64(len(end))); err != nil {
		return err
	}
	length := int64(binary.LittleEndian.Uint64(end))
	if string(begin) != mark || string(end[12:]) != mark || length < 0 || length > f.size-int64(len(begin)+len(end)) {
		return errCut
	}
	b := make([]byte, length+8)
	if _, err := f.file.ReadAt(b, f.size-int64(trailerBytes)-length); err != nil {
		return err
	}
	f.checksum = crc32.Checksum(b, castagnoli)
	if f.checksum != binary.LittleEndian.Uint32(end[8:]) {
		return errors.New("the index is damaged: its checksum is wrong")
	}
	r := indexReader{b: b[:length]}
	f.index = r.read()
	if r.bad {
		return errCut
	}
	for _, k := range f.blocks {
		f.most = max(f.most, k.rows)
	}
	return nil
}

// indexReader reads an index, whose checksum was right.
type indexReader struct {
	b   []byte
	bad bool
}

func (r *indexReader) read() index {
	x := index{words: int(r.number())}
	offset := int64(len(mark))
	for range r.number() {
		k := block{offset: offset, bytes: int(r.number())}
		k.checksum = uint32(r.fixed(4))
		k.rows = int(r.number())
		for range x.words {
			x.firsts = append(x.firsts, r.fixed(8))
		}
		x.blocks = append(x.blocks, k)
		if offset += int64(k.bytes); r.bad {
			return x
		}
	}
	for range r.number() {
		x.ends = append(x.ends, int(r.number()))
	}
	return x
}

func (r *indexReader) number() uint64 {
	value, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return value
}

func (r *indexReader) fixed(bytes int) uint64 {
	if len(r.b) < bytes {
		r.bad = true
		return 0
	}
	var whole [8]byte
	copy(whole[:], r.b[:bytes])
	r.b = r.b[bytes:]
	return binary.LittleEndian.Uint64(whole[:])
}

// Bytes is the size of the file.
func (f *File) Bytes() int64 { return f.size }

// Checksum is that of the writer.
func (f *File) Checksum() uint32 { return f.checksum }

// Name is the name of the file in its folder.
func (f *File) Name() string { return filepath.Base(f.path) }

// Sets are the sections of the file.
func (f *File) Sets() []*Set {
	var sets []*Set
	first := 0
	for section, end := range f.ends {
		s := &Set{words: f.words, file: f, first: first, end: end, section: section}
		for _, k := range f.blocks[first:end] {
			s.len += int64(k.rows)
		}
		sets = append(sets, s)
		first = end
	}
	return sets
}

// read reads a block into rows, which has room for the largest, and returns what it has.
func (f *File) read(number int, c *codec, rows []uint64) ([]uint64, error) {
	k := &f.blocks[number]
	c.bytes = slices.Grow(c.bytes[:0], k.bytes)[:k.bytes]
	if _, err := f.file.ReadAt(c.bytes, k.offset); err != nil {
		if errors.Is(err, io.EOF) {
			err = errCut
		}
		return nil, fmt.Errorf("%s: block %d, at byte %d: %w", f.path, number, k.offset, err)
	}
	if crc32.Checksum(c.bytes, castagnoli) != k.checksum {
		return nil, fmt.Errorf("%s: block %d, at byte %d, is damaged: its checksum is wrong", f.path, number, k.offset)
	}
	rows = rows[:k.rows*f.words]
	copy(rows, f.firsts[number*f.words:][:f.words])
	if err := c.decode(c.bytes, rows, f.words); err != nil {
		return nil, fmt.Errorf("%s: block %d, at byte %d, is damaged: %w", f.path, number, k.offset, err)
	}
	return rows, nil
}

// Close closes the file, which stays where it is.
func (f *File) Close() error {
	if c, is := f.file.(io.Closer); is {
		return c.Close()
	}
	return nil
}

// Remove closes the file and removes it.
func (f *File) Remove() error { return errors.Join(f.Close(), os.Remove(f.path)) }
