package scenario

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheArticleStandsFirst(t *testing.T) {
	files, err := filepath.Glob("../../fixtures/scenarios/*.yaml")
	require.NoError(t, err)
	require.Len(t, Names(), len(files))
	assert.Equal(t, "article", Names()[0])
	assert.True(t, slices.IsSorted(Names()[1:]), Names())
}

func TestEveryScenarioThatComesWithTheProgramTellsItsStory(t *testing.T) {
	for _, name := range Names() {
		s, err := Load(name)
		if assert.NoError(t, err) {
			assert.Equal(t, name, s.Name)
			assert.NotEmpty(t, s.Title, name)
			assert.NotEmpty(t, s.Source, name)
			assert.NotEmpty(t, s.About, name)
			assert.NotEmpty(t, slices.Concat(s.Expect.Sometimes, s.Expect.Rules), name)
		}
	}
}

func TestAPathIsReadWhereNoScenarioHasThatName(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("article", []byte(small), 0o600))

	mine, err := Load("./article")
	require.NoError(t, err)
	assert.Equal(t, "T", mine.Title)

	shipped, err := Load("article")
	require.NoError(t, err)
	assert.NotEqual(t, "T", shipped.Title)
}

func TestLoadSaysWhatIsThereInstead(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("dir", 0o700))
	require.NoError(t, os.WriteFile("bad.yaml", []byte("title: [\n"), 0o600))
	const some = "there are article, cannot-apply, company, crash, crash-and-duplicate, created-and-updated, dp-away, dp-threads, duplicates, early-read, faults and 10 more"
	for arg, want := range map[string]string{
		"artcle":             "artcle: no such file or scenario; did you mean article?",
		"x/three-tiers.yaml": "x/three-tiers.yaml: no such file or scenario; did you mean three-tiers?",
		"nothing":            "nothing: no such file or scenario; " + some,
		"":                   `"": no such file or scenario; ` + some,
		"dir":                "dir: expected a file, found a directory",
		"bad.yaml/x":         "bad.yaml/x: cannot be read: not a directory",
		"bad.yaml":           "bad.yaml:1:8: not YAML: sequence end token ']' not found",
	} {
		_, err := Load(arg)
		assert.EqualError(t, err, want)
	}
}

func TestALargestFileIsStillRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "large.yaml")
	text := small + strings.Repeat("#", MaxBytes-len(small))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	s, err := Load(file)
	require.NoError(t, err)
	assert.Equal(t, "large", s.Name)
}
