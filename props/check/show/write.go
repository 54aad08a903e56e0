package show

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2/maybe"
)

// FileName is a name of which every system can make a file.
func FileName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == '.' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' {
			return r
		}
		return '-'
	}, name)
}

// WriteFile replaces a file atomically: it has the new text, or it stays as it
// was. It keeps its permissions, and a link stays a link.
func WriteFile(path string, text []byte) error {
	// The library would replace a link or a pipe by a file.
	target := path
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if target, err = filepath.EvalSymlinks(path); err != nil {
			return cannotWrite(path, err)
		}
	}
	if info, err := os.Stat(target); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file", path)
	}
	return cannotWrite(path, maybe.WriteFile(target, text, 0o666))
}

// cannotWrite leaves out the name of a temporary file, which the library's errors
// have.
func cannotWrite(path string, err error) error {
	var at *fs.PathError
	var renamed *os.LinkError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &at):
		err = at.Err
	case errors.As(err, &renamed):
		err = renamed.Err
	}
	return fmt.Errorf("%s cannot be written: %w", path, err)
}
