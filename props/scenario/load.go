package scenario

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pkgdist/fixtures"
	"pkgdist/props/check/show"
)

const (
	folder    = "scenarios" // in fixtures.Scenarios
	extension = ".yaml"
	// first is the scenario that everything starts from.
	first = "article"
)

// Names returns the names of the scenarios that come with the program, sorted,
// but "article" first.
func Names() []string {
	files, err := fixtures.Scenarios.ReadDir(folder)
	if err != nil {
		panic("scenario: " + err.Error()) // the folder is a part of the program
	}
	names := []string{first}
	for _, f := range files {
		if name := baseName(f.Name()); name != first {
			names = append(names, name)
		}
	}
	slices.Sort(names[1:])
	return names
}

func baseName(file string) string { return strings.TrimSuffix(filepath.Base(file), extension) }

// Load reads a scenario that comes with the program, by its name, or else the
// file of that path. To read a file that has such a name, write ./article.
func Load(nameOrPath string) (*Scenario, error) {
	names := Names()
	if slices.Contains(names, nameOrPath) {
		file := nameOrPath + extension
		text, err := fixtures.Scenarios.ReadFile(folder + "/" + file)
		if err != nil {
			return nil, err
		}
		return Parse(file, text)
	}
	if _, err := os.Stat(nameOrPath); errors.Is(err, fs.ErrNotExist) {
		return nil, missing(nameOrPath, names)
	}
	text, err := show.ReadText(nameOrPath, MaxBytes)
	if err != nil {
		return nil, err
	}
	sc, err := Parse(nameOrPath, text)
	if err != nil {
		return nil, err
	}
	sc.File = nameOrPath
	return sc, nil
}

func missing(nameOrPath string, names []string) error {
	hint := show.DidYouMean(baseName(nameOrPath), names)
	if nameOrPath == "" {
		nameOrPath = `""`
	}
	return &show.FileError{
		File:    nameOrPath,
		Message: "no such file or scenario" + hint,
	}
}
