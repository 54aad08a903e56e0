package subject

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// library is the package that a test uses to hold code against a model.
const library = "pkgdist/props/check/conform"

// A suite is the packages of a module whose tests use the library, with one set of versions.
type suite struct {
	folder   string   // in which go test runs
	modFile  string   // the path of the file with the versions; empty is go.mod
	packages []string // by their import paths
}

// suites are what is asked for by folders, each of which means all that is in it, nested modules too, and by patterns of packages.
// Each file *.mod beside a go.mod is a set of versions.
func suites(ctx context.Context, asked []string) (all []suite, err error) {
	for _, what := range asked {
		var found []suite
		info, missing := os.Stat(what)
		switch {
		case missing != nil:
			found, err = suitesOf(ctx, ".", what)
		case !info.IsDir():
			err = fmt.Errorf("%s: expected a folder or a pattern of packages, found a file", what)
		default:
			found, err = suitesIn(ctx, what)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// suitesIn are those of the module that a folder belongs to, as far as it is in the folder, and of all modules below.
func suitesIn(ctx context.Context, folder string) (suites []suite, err error) {
	folders, err := modulesIn(folder)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(folders, filepath.Clean(folder)) {
		folders = append([]string{folder}, folders...)
	}
	for _, folder := range folders {
		found, err := suitesOf(ctx, folder, "./...")
		if err != nil {
			return nil, err
		}
		suites = append(suites, found...)
	}
	return suites, nil
}

// modulesIn are the folders with a go.mod. The go command ignores some folders, and so does this.
func modulesIn(folder string) (modules []string, err error) {
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != folder && (name == "testdata" || name == "vendor" || strings.ContainsAny(name[:1], "._")):
			return filepath.SkipDir
		case !entry.IsDir() && name == "go.mod":
			modules = append(modules, filepath.Dir(path))
		}
		return nil
	})
	return modules, err
}

// suitesOf are a suite for each set of versions of the module that a folder belongs to, if it belongs to one.
func suitesOf(ctx context.Context, folder, pattern string) (suites []suite, err error) {
	mod, err := output(ctx, folder, "env", "GOMOD")
	if err != nil {
		return nil, err
	}
	file := strings.TrimSpace(string(mod))
	if file == "" || file == os.DevNull {
		return nil, nil
	}
	sets, err := setsOfVersions(ctx, file)
	if err != nil {
		return nil, err
	}
	for _, set := range sets {
		s := suite{folder: folder, modFile: set}
		if s.packages, err = s.find(ctx, pattern); err != nil {
			return nil, err
		}
		if len(s.packages) > 0 {
			suites = append(suites, s)
		}
	}
	return suites, nil
}

// setsOfVersions are go.mod, which is empty here, and the files *.mod beside it that require all that it requires. A file that
// has no more than some tools is none.
func setsOfVersions(ctx context.Context, goMod string) (sets []string, err error) {
	files, err := filepath.Glob(filepath.Join(filepath.Dir(goMod), "*.mod"))
	if err != nil {
		return nil, err
	}
	needed, err := required(ctx, goMod)
	if err != nil {
		return nil, err
	}
	sets = []string{""}
	for _, file := range files {
		if file == goMod {
			continue
		}
		found, err := required(ctx, file)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(needed, func(module string) bool { return !slices.Contains(found, module) }) {
			sets = append(sets, file)
		}
	}
	return sets, nil
}

// required are the modules that a file requires for what is imported.
func required(ctx context.Context, file string) (modules []string, err error) {
	text, err := output(ctx, ".", "mod", "edit", "-json", file)
	if err != nil {
		return nil, err
	}
	var read struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal(text, &read); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	for _, r := range read.Require {
		if !r.Indirect {
			modules = append(modules, r.Path)
		}
	}
	return modules, nil
}

// command is a go command with the versions of the suite.
func (s *suite) command(ctx context.Context, verb string, args ...string) *exec.Cmd {
	if s.modFile != "" {
		args = append([]string{"-modfile=" + s.modFile}, args...)
	}
	cmd := exec.CommandContext(ctx, "go", append([]string{verb}, args...)...)
	cmd.Dir = s.folder
	if s.modFile != "" {
		cmd.Env = append(os.Environ(), "GOWORK=off") // beside a workspace, no other file is allowed
	}
	return cmd
}

// name is that of the file with the versions; empty is go.mod.
func (s *suite) name() string {
	if s.modFile == "" {
		return ""
	}
	return filepath.Base(s.modFile)
}

// fromHere is a command that runs a test of the suite again, as it has to be given in the current folder.
func (s *suite) fromHere(again string) string {
	if again != "" && s.modFile != "" {
		again = strings.Replace(again, " go test ", " go test -modfile="+s.modFile+" ", 1)
	}
	if again != "" && s.folder != "." {
		again = fmt.Sprintf("cd %s && %s", s.folder, again)
	}
	return again
}

// find finds the packages whose tests use the library, by whatever way.
func (s *suite) find(ctx context.Context, pattern string) (packages []string, err error) {
	listed, err := outputOf(s.command(ctx, "list", "-e", "-test", "-json=ImportPath,Deps,Error", pattern))
	if err != nil {
		return nil, err
	}
	for decoder := json.NewDecoder(bytes.NewReader(listed)); ; {
		var p struct {
			ImportPath string
			Deps       []string
			Error      *struct{ Err string }
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		path, isTest := strings.CutSuffix(p.ImportPath, ".test")
		switch {
		case p.Error != nil && p.ImportPath == pattern: // there is none of that name
			return nil, fmt.Errorf("%s: %s", pattern, p.Error.Err)
		case isTest && path != library && slices.Contains(p.Deps, library):
			packages = append(packages, path)
		}
	}
}

// output is what a go command prints in a folder.
func output(ctx context.Context, folder string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = folder
	return outputOf(cmd)
}

// outputOf is what a go command prints. If it fails, the error is what it says.
func outputOf(cmd *exec.Cmd) ([]byte, error) {
	var said bytes.Buffer
	cmd.Stderr = &said
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s in %s: %s", strings.Join(cmd.Args[:2], " "), cmd.Dir, cmp.Or(strings.ReplaceAll(strings.TrimSpace(said.String()), "\t", "  "), err.Error()))
	}
	return text, nil
}
