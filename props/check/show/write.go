package show

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// WriteFile writes a text aside and renames it, so that the file is there as a
// whole or as it was before. A file that is replaced keeps its permissions, and a
// link stays a link.
func WriteFile(path string, text []byte) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	aside, err := writeAside(path, text)
	if err != nil {
		return err
	}
	if err := os.Rename(aside, path); err != nil {
		os.Remove(aside)
		return err
	}
	return nil
}

// writeAside writes a file beside the one that it is to replace, with the
// permissions of that file, and returns its name.
func writeAside(path string, text []byte) (aside string, err error) {
	old, statErr := os.Stat(path)
	switch {
	case statErr == nil && !old.Mode().IsRegular():
		return "", fmt.Errorf("%s is not a regular file", path)
	case statErr != nil && !errors.Is(statErr, fs.ErrNotExist):
		return "", statErr
	}
	// The number keeps two writers apart. The system's mask decides on the
	// permissions of a new file, which os.CreateTemp would not let it.
	aside = fmt.Sprintf("%s.%08x.tmp", path, rand.Uint32())
	f, err := os.OpenFile(aside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return "", err
	}
	_, err = f.Write(text)
	if err == nil && old != nil {
		err = f.Chmod(old.Mode().Perm())
	}
	if err == nil {
		err = f.Sync() // or a crash after the rename could leave an empty file
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		os.Remove(aside)
	}
	return aside, err
}
