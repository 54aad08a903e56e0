package diagnose

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"pkgdist/props/counterexample"
	"pkgdist/props/logs"
	runpkg "pkgdist/props/run"
)

func TestTmp(t *testing.T) {
	ce, err := counterexample.Read("../../fixtures/counterexamples/stuck-after-overlap.txtar")
	require.NoError(t, err)
	r, err := runpkg.Again(ce, "")
	require.NoError(t, err)
	rr := runOf(r.System, *r.Trace)
	byFile := map[string][]logs.Record{}
	for _, l := range rr.lines {
		byFile[l.File] = append(byFile[l.File], l.Record)
	}
	for f, recs := range byFile {
		os.MkdirAll("/tmp/h/diagnose/site", 0o777)
		w, err := os.Create("/tmp/h/diagnose/" + f)
		require.NoError(t, err)
		require.NoError(t, logs.Write(w, logs.Format{Grammar: logs.SMS2}, recs...))
		w.Close()
	}
}
