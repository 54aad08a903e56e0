package show_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check/show"
)

func names(t *testing.T, dir string) []string {
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func mode(t *testing.T, file string) fs.FileMode {
	info, err := os.Stat(file)
	require.NoError(t, err)
	return info.Mode()
}

func TestWhatWasWrittenIsReadBackAndNothingElseIsLeft(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "c.txtar")
	want := parse(t, string(parse(t, kept).Format()))
	require.NoError(t, show.Write(file, want))
	got, err := show.Read(file, sections...)
	require.NoError(t, err)
	assert.Equal(t, want, got)
	assert.Equal(t, []string{"c.txtar"}, names(t, dir))

	other, err := os.Create(filepath.Join(dir, "other"))
	require.NoError(t, err)
	other.Close()
	assert.Equal(t, mode(t, other.Name()), mode(t, file), "a new file has the permissions of any new file")
}

func TestAReplacedFileKeepsItsPermissionsAndALinkStaysALink(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "c.txtar"), filepath.Join(dir, "link.txtar")
	require.NoError(t, os.WriteFile(file, []byte("old"), 0o600))
	require.NoError(t, os.Chmod(file, 0o640))
	if err := os.Symlink("c.txtar", link); err != nil {
		t.Skip(err)
	}
	require.NoError(t, show.Write(link, parse(t, kept)))
	assert.Equal(t, fs.FileMode(0o640), mode(t, file))
	target, err := os.Readlink(link)
	require.NoError(t, err)
	assert.Equal(t, "c.txtar", target)
	_, err = show.Read(file, sections...)
	assert.NoError(t, err)

	dangling := filepath.Join(dir, "dangling.txtar")
	require.NoError(t, os.Symlink("none.txtar", dangling))
	assert.EqualError(t, show.WriteFile(dangling, nil), dangling+" cannot be written: no such file or directory")
}

func TestWhatCannotBeWrittenLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "c.txtar")
	require.NoError(t, os.WriteFile(file, []byte("old"), 0o600))

	k := parse(t, kept)
	k.Property = "(none)" // which stands for no property
	assert.EqualError(t, show.Write(file, k), `counterexample not written: the property cannot be kept: expected words in one line, found "(none)"`)
	assert.EqualError(t, show.Write(dir, parse(t, kept)), "counterexample not written: "+dir+" is not a regular file")
	inNoFolder := filepath.Join(dir, "none", "c.txtar")
	assert.EqualError(t, show.Write(inNoFolder, parse(t, kept)), "counterexample not written: "+inNoFolder+" cannot be written: no such file or directory")

	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "old", string(text))
	assert.Equal(t, []string{"c.txtar"}, names(t, dir))
}
