package logs

import (
	"bufio"
	"bytes"
	"io"

	"golang.org/x/text/encoding/unicode"
)

// sample is how much of a file shows its encoding, in bytes.
const sample = 1 << 10

// decode returns the text of a file in UTF-8, without a byte order mark.
//
// Where UTF-16 has no mark, half of the bytes of a log are zero, and which
// half says the order. What is neither stays as it is: SMS also writes the
// characters of the language of Windows, whose code page the file does not say.
func decode(r io.Reader) io.Reader {
	in := bufio.NewReaderSize(r, 1<<16)
	head, _ := in.Peek(sample) // what is wrong shows again when that is read
	utf8Mark := []byte("\xef\xbb\xbf")
	switch {
	case bytes.HasPrefix(head, utf8Mark):
		_, _ = in.Discard(len(utf8Mark))
	case bytes.HasPrefix(head, []byte("\xff\xfe")), zeros(head, 1) && !zeros(head, 0):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(in)
	case bytes.HasPrefix(head, []byte("\xfe\xff")), zeros(head, 0) && !zeros(head, 1):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder().Reader(in)
	}
	return in
}

// zeros reports whether most of the bytes at even or odd offsets are zero.
func zeros(head []byte, odd int) bool {
	n := 0
	for i := odd; i < len(head); i += 2 {
		if head[i] == 0 {
			n++
		}
	}
	return n > len(head)/4
}
