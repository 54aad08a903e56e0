package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/article"
)

func printed(t *testing.T, command func(terminal) error) string {
	t.Helper()
	var stdout bytes.Buffer
	out := bufio.NewWriter(&stdout)
	require.NoError(t, command(terminal{ctx: t.Context(), stdout: out, stderr: io.Discard}))
	require.NoError(t, out.Flush())
	return stdout.String()
}

// Where the model is not what an article says, each form says so, and the exit
// code is that of a violation.
func TestAnArticleThatIsNotAsTheTableSaysIsReported(t *testing.T) {
	wrong := article.All()
	wrong[1].ShownUnder, wrong[1].Cure = wrong[1].AbsentUnder, article.Cure{}
	for form, c := range map[string]articlesCommand{"text": {}, "all": {All: true}, "markdown": {Markdown: true}} {
		code := -1
		stdout := printed(t, func(on terminal) error { return c.list(on, wrong, &code) })
		assert.Equal(t, exitViolated, code, form)
		said := strings.Join(strings.Fields(stdout), " ")
		assert.Contains(t, said, "sites-converged-at-rest under workaround-twice: expected violated, found holds", form)
	}
}

// Runs that end early tell nothing, and the text does not say that they do.
func TestArticlesThatWereNotMeasuredAreInconclusive(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	code := -1
	stdout := printed(t, func(on terminal) error {
		on.ctx = ctx
		return (&articlesCommand{All: true}).Run(on, &code)
	})
	assert.Equal(t, exitInconclusive, code)
	assert.Equal(t, len(article.All()), strings.Count(stdout, "not found under"))
	assert.NotContains(t, stdout, "0 steps")
}

// The table of articles in props/README.md is what the command prints.
func TestTheReadmesTableOfArticlesIsCurrent(t *testing.T) {
	var stdout, stderr bytes.Buffer
	require.Equal(t, exitHolds, execute([]string{"articles", "--markdown"}, &stdout, &stderr))
	assert.True(t, strings.Contains(file(t, propsRead), "\n\n"+stdout.String()+"\n"),
		"props/README.md has another table than go tool pkgdist articles --markdown prints")
}
