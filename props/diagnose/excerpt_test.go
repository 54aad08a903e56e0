package diagnose

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props/article"
	"pkgdist/props/check/conform"
	"pkgdist/props/logs"
)

// Lines as the documentation of the product prints them. A message stands behind the component and the thread that write it.
const (
	despooler  = "SMS_DESPOOLER 310 (0x136) "
	replicator = "SMS_DISTRIBUTION_MANAGER 320 (0x140) "
	packager   = "SMS_DISTRIBUTION_MANAGER 500 (0x1F4) "

	applied      = replicator + "Updated replicated package info for package AUS0001B"
	starts       = replicator + "Started package processing thread for package 'AUS0001B', thread ID = 0x1F4 (500)"
	incoming     = replicator + `Processing incoming file D:\SMS\inboxes\distmgr.box\INCOMING\AUS0001B.PKG.`
	sleeps       = replicator + "Sleep 3600 seconds..."
	decompresses = packager + `Decompressing package E:\SMSPKG\AUS0001B.PCK to E:\SMSPKGE$\AUS0001B`
	copyBegins   = packager + `Start adding package AUS0001B to server ["Display=\\DP1\"]MSWNET:["SMS_SITE=B"]\\DP1\...`
	copyDone     = packager + `Successfully updated the package server status for ["Display=\\DP1\"]MSWNET:["SMS_SITE=B"]\\DP1\ for package AUS0001B, Status 3`
	done         = packager + "Successfully created/updated the package AUS0001B"
	exits        = packager + "Exiting package processing thread for package AUS0001B."
	cannot       = packager + `Cannot decompress package E:\SMSPKG\AUS0001B.PCK to E:\SMSPKGE$\AUS0001B, CTool return code = 1`
	copyFails    = packager + `STATMSG: ID=2328 SEV=E LEV=M SOURCE="SMS Server" COMP="SMS_DISTRIBUTION_MANAGER" SYS=B1 SITE=BNE PID=4 TID=500 GMTDATE=Mon Nov 30 09:00:27.000 2026 ISTR0="" NUMATTRS=2 AID0=400 AVAL0="AUS0001B" AID1=404 AVAL1="["Display=\\DP1\"]MSWNET:["SMS_SITE=B"]\\DP1\"`
	failed       = despooler + "Despooler failed to execute the instruction, error code = 32"
)

func received(version int) string {
	return fmt.Sprintf(despooler+`Received package AUS0001B version %d. Compressed file -  D:\X.PCK as E:\SMSPKG\AUS0001B.PCK`, version)
}

func stored(version int) string {
	return fmt.Sprintf(despooler+"Stored Package AUS0001B. Stored Package Version = %d", version)
}

func recorded(version, before int) string {
	return fmt.Sprintf(packager+"StoredPkgVersion (%d) of package AUS0001B. StoredPkgVersion in database is %d.", version, before)
}

func skipped(version, stored int) string {
	return fmt.Sprintf(replicator+"Package AUS0001B requires a newer version (%d) of source files and the new compressed files hasn't arrived yet, current version is %d, skip D:\\X.PKG", version, stored)
}

func status(id int) string {
	return fmt.Sprintf(packager+`STATMSG: ID=%d SEV=E LEV=M SOURCE="SMS Server" COMP="SMS_DISTRIBUTION_MANAGER" SYS=B1 SITE=BNE PID=4 TID=500 GMTDATE=Mon Nov 30 09:00:27.000 2026 ISTR0="" NUMATTRS=1 AID0=400 AVAL0="AUS0001B"`, id)
}

// one is all that a log says of version 1, which arrives.
var one = []string{received(1), stored(1), applied, decompresses, copyBegins, copyDone, done}

func followedBy(lines []string, more ...string) []string {
	return append(append([]string{}, lines...), more...)
}

// collected sorts the lines of one file.
func collected(t *testing.T, lines ...string) *Collect {
	t.Helper()
	var c Collect
	for r, err := range logs.Read(strings.NewReader(strings.Join(lines, "\n")), "site/site.log", nil) {
		require.NoError(t, err)
		m, ok := logs.Recognise(&r)
		require.True(t, ok, r.Text)
		c.Add(m)
	}
	return &c
}

// excerpt is what a log says of its only package.
func excerpt(t *testing.T, lines ...string) *Case {
	t.Helper()
	cases := collected(t, lines...).Cases()
	require.Len(t, cases, 1)
	return cases[0]
}

func TestAnExcerptIsDiagnosed(t *testing.T) {
	overlap := followedBy(one[:4], received(2), stored(2), copyBegins, copyDone, done)
	for _, c := range []struct {
		what     string
		lines    []string
		complete bool
		found    []string
	}{
		{"one version arrives", one, true, []string{"arrived"}},
		{"two versions, one after the other", followedBy(one, received(2), stored(2), applied, decompresses, copyBegins, copyDone, done), true, []string{"arrived"}},
		// The row may have been written back before Despooler began, and the .PKG of version 2 may be on its way.
		{"no line tells when the row was written", overlap, true, []string{"two-writers", "file-overlooked", "mixture", "unfinished"}},
		{"its .PKG is skipped, for the row has gone back", followedBy(overlap, skipped(2, 1), sleeps), true, []string{"two-writers"}},
		{"the .PKG comes first", followedBy(one, skipped(2, 1), sleeps, received(2), stored(2), sleeps), true, []string{"version-ahead", "unfinished"}},
		// Version 1 is sent twice, and stored again while it is decompressed: two writers, and one version.
		{"two writers of one version", []string{received(1), stored(1), applied, decompresses, received(1), stored(1), copyBegins, copyDone, done}, true, []string{"half-written", "arrived"}},
		{"the copy cannot be decompressed", followedBy(one[:4], cannot, sleeps), true, []string{"file-cannot-be-applied", "arrived", "unfinished"}},
		{"a copy to a distribution point fails", followedBy(one[:5], copyFails, done), true, []string{"copy-failed"}},
		// Where nothing was repaired it is overlooked.
		{"the .PKG is looked at while the package thread is busy", []string{received(1), stored(1), incoming, applied, decompresses, recorded(1, 1), received(2), stored(2), incoming, sleeps, copyBegins, copyDone, done, sleeps}, true, []string{"file-overlooked", "unfinished"}},
	} {
		d := diagnosedCase(t, excerpt(t, c.lines...))
		assert.Equal(t, c.complete, d.Complete, c.what)
		assert.Equal(t, c.found, names(d.Found), c.what)
	}
}

// explained tells whether the lines are explained with every line in its place.
func explained(t *testing.T, lines ...string) bool {
	t.Helper()
	c := excerpt(t, lines...)
	a, err := c.asComplete(t.Context(), model.SMS20, c.faults(), unhurried, false)
	require.NoError(t, err)
	return a.x.Outcome == conform.Explained
}

// A line is of the version that it names, and what it says of the stored version is so.
func TestALineOfAnotherVersionIsOfAnotherStep(t *testing.T) {
	assert.True(t, explained(t, received(2), stored(2)))
	assert.False(t, explained(t, received(1), stored(2)))
	assert.True(t, explained(t, followedBy(one, received(2), stored(2), skipped(3, 2))...))
	assert.False(t, explained(t, followedBy(one, received(2), stored(2), skipped(3, 1))...), "version 2 is stored")
}

// Despooler fails with version 2: whether it had begun to store, and whether it tries again, no line says. It writes no more.
func TestWhatDespoolerFailsWithIsNotWritten(t *testing.T) {
	d := diagnosedCase(t, excerpt(t, received(1), failed))
	assert.True(t, d.Complete)
	assert.Equal(t, []string{"content-lost", "arrived", "unfinished"}, names(d.Found), "no line tells what Distribution Manager does")

	d = diagnosedCase(t, excerpt(t, followedBy(one, received(2), failed, skipped(2, 1), sleeps)...))
	assert.True(t, d.Complete)
	assert.Equal(t, []string{"content-lost", "version-ahead", "unfinished"}, names(d.Found))
	assert.Equal(t, []string{"Q161043"}, d.Found[0].Articles)

	d = diagnosedCase(t, excerpt(t, followedBy(one, received(2), failed, received(2), stored(2), applied, decompresses, copyBegins, copyDone, done)...))
	assert.Equal(t, []string{"file-left-over", "arrived"}, names(d.Found), "it did try again; version 2 was sent twice, or not")

	// Without the failure Despooler would store version 2 when version 1 is decompressed.
	writers := []string{received(1), stored(1), received(2), applied, decompresses, recorded(1, 1)}
	assert.Contains(t, names(diagnosedCase(t, excerpt(t, writers...)).Found), "two-writers")
	writers = append(writers[:3:3], append([]string{failed}, writers[3:]...)...)
	for _, name := range names(diagnosedCase(t, excerpt(t, writers...)).Found) {
		assert.NotContains(t, name, "two-writers")
	}
}

// A package thread that failed may be gone, as after a restart.
func TestAPackageThreadThatFailedIsNoWriter(t *testing.T) {
	lines := []string{received(1), stored(1), applied, decompresses, recorded(1, 1), copyBegins, copyDone, done, received(2), stored(2), applied, decompresses, status(2302)}
	d := diagnosedCase(t, excerpt(t, followedBy(lines, received(3))...))
	assert.True(t, d.Complete)
	assert.False(t, d.IsHarmed(), "%v", names(d.Found))
	// It ended before it decompressed: another is started for version 3.
	before, after := followedBy(one, received(2), stored(2), applied), []string{received(3), stored(3), applied, decompresses, copyBegins, copyDone, done}
	assert.False(t, explained(t, followedBy(before, after...)...))
	assert.True(t, explained(t, append(followedBy(before, status(2302)), after...)...))
}

func TestWhatIsDeletedIsNotJudged(t *testing.T) {
	d := diagnosedCase(t, excerpt(t, followedBy(one, packager+"Start deleting the package AUS0001B...")...))
	assert.Empty(t, d.Found)
	assert.Equal(t, "the package is deleted (site.log:8), and the model has no deletion of packages", d.Undecided)
}

// An article is either that of a symptom, or among those that are not diagnosed, with the reason.
func TestAnArticleIsDiagnosedOrSaidNotToBe(t *testing.T) {
	is := map[string]bool{}
	for _, s := range Symptoms() {
		for _, a := range s.Articles {
			is[a] = true
		}
	}
	for _, u := range NotDiagnosed() {
		assert.NotEmpty(t, u.Why)
		for _, a := range u.Articles {
			assert.False(t, is[a], a)
			is[a] = true
		}
	}
	for _, a := range article.All() {
		for _, number := range a.Numbers {
			assert.True(t, is[number], number)
		}
	}
}

// Lines may be out of order by as much as the tolerance.
func TestLinesAreOutOfOrderByNoMoreThanTheTolerance(t *testing.T) {
	c := excerpt(t, stored(1), received(1))
	for tolerance, complete := range []bool{false, true} {
		d, err := Diagnose(t.Context(), c, Options{Limit: unhurried.Limit, MaxCandidates: unhurried.MaxCandidates, Tolerance: tolerance})
		require.NoError(t, err)
		assert.Equal(t, complete, d.Complete)
	}
}

// Where lines are missing, one distribution point is judged at a time: what is wrong with one is wrong.
func TestHarmOfOneDistributionPointIsCertain(t *testing.T) {
	second := strings.ReplaceAll(copyDone, "DP1", "DP2")
	d := diagnosedCase(t, excerpt(t, received(1), copyBegins, copyFails, second, done))
	require.False(t, d.Complete)
	assert.Equal(t, []string{"DP1", "DP2"}, d.Points())
	assert.Equal(t, []string{"copy-failed"}, names(d.AsShipped))
	// A line that names no version is told without one.
	var told []string
	for _, e := range d.Timeline() {
		told = append(told, e.Says)
	}
	assert.Equal(t, []string{"Despooler receives version 1 and begins to store it.", "A DP thread begins to copy to distribution point DP1.",
		"The copy to distribution point DP1 fails.", "Distribution point DP2 has the package.", "The package thread is done with the package."}, told)
}

// The log begins with version 8, and says that the site had version 7.
func TestTheVersionBeforeTheLogHadArrived(t *testing.T) {
	over := despooler + "Package AUS0001B (version 7) exists in the distribution source, save the newer version (version 8)."
	d := diagnosedCase(t, excerpt(t, received(8), over, stored(8), applied, decompresses, copyBegins, copyDone, done))
	assert.Equal(t, "arrived", d.Certain().Name)
	assert.Contains(t, d.Assumed, "Version 7, which the site had before, had come to all distribution points.")
	// Without that line it may have had one, and what became of it is open.
	d = diagnosedCase(t, excerpt(t, received(8), stored(8), applied, decompresses, copyBegins, copyDone, done))
	assert.NotContains(t, strings.Join(d.Assumed, " "), "Version 7")
	assert.Equal(t, []string{"file-left-over", "arrived"}, names(d.Found))
}

// The last line ends the log, though it says nothing: until then, what leaves no line may have happened.
func TestTheLogEndsWithItsLastLine(t *testing.T) {
	begins := followedBy(one, received(2), stored(2), applied) // and the line of the thread that starts is not written yet
	lines := slices.Insert(slices.Clone(begins), 3, starts)
	assert.True(t, explained(t, lines...))
	assert.False(t, explained(t, append(lines, decompresses)...))
	missing := replicator + "The contents for the package AUS0001B hasn't arrived from site AUS yet, will retry later."
	assert.Equal(t, []string{"unfinished"}, names(diagnosedCase(t, excerpt(t, received(1), stored(1))).Found))
	assert.Contains(t, names(diagnosedCase(t, excerpt(t, received(1), stored(1), missing)).Found), "arrived")
}

// The line of a file that is looked at comes before what is done with it.
func TestALineOfAFileBelongsToWhatFollows(t *testing.T) {
	d := diagnosedCase(t, excerpt(t, received(1), stored(1), applied, incoming, decompresses))
	assert.False(t, d.Complete)
	require.Len(t, d.Missing, 1)
	assert.Equal(t, 3, d.Missing[0].Message.Line)
	assert.Contains(t, d.Missing[0].Why, "Processing incoming file")
}

// Where no line tells that a copy begins, the copy of a later version may have begun.
func TestNothingIsCalledSoundWithoutAKindOfLine(t *testing.T) {
	for missing := range one {
		lines := slices.Delete(slices.Clone(one), missing, missing+1)
		d := diagnosedCase(t, excerpt(t, lines...))
		assert.Len(t, d.Lacks(), 1, one[missing])
		assert.Nil(t, d.Certain(), one[missing])
		assert.False(t, d.IsWell(), one[missing])
	}
	d := diagnosedCase(t, excerpt(t, one...))
	assert.Empty(t, d.Lacks())
	assert.True(t, d.IsWell())
}

// The .PKG of version 1 is applied twice, so that it came twice, though nothing says so.
func TestWhatLeavesNoLineIsAssumedOnlyIfNothingElseExplainsTheLog(t *testing.T) {
	d := diagnosedCase(t, excerpt(t, followedBy(one, one[2:]...)...))
	assert.False(t, d.Complete)
	assert.NotEmpty(t, d.Found)
	assert.Contains(t, strings.Join(d.Assumed, " "), "something was sent twice. Without that, nothing explains the log.")
	d = diagnosedCase(t, excerpt(t, one...))
	assert.NotContains(t, strings.Join(d.Assumed, " "), "sent twice")
}

// The file is looked at twice, and no other came: only a product that looks there by itself writes such a log.
func TestAProductThatIsRepairedIsSaidToBe(t *testing.T) {
	twice := []string{skipped(3, 2), sleeps, skipped(3, 2), sleeps}
	d := diagnosedCase(t, excerpt(t, followedBy(one, skipped(2, 1), sleeps, skipped(2, 1), sleeps)...))
	assert.True(t, d.Repaired)
	assert.False(t, d.Complete)
	for _, e := range d.Designs {
		timer := e.Design.Mechanisms.Has(model.RescanTimer)
		assert.Equal(t, timer, e.Outcome == conform.Explained, e.Design.Name)
	}
	// The .PKG of version 2 may have come in between, if its line is missing. Then nobody needs to have repaired anything.
	c := collected(t, followedBy([]string{replicator + "Updated replicated package info for package AUS00002", received(2), stored(2)}, twice...)...).Cases()[1]
	d = diagnosedCase(t, c)
	assert.False(t, d.Complete)
	assert.False(t, d.Repaired)
	assert.NotEmpty(t, d.Found)
}

// What may be said of what was found: nobody has to act only if the log tells of every step, and has come to its end.
func TestWhatIsCertainOfWhatWasFound(t *testing.T) {
	symptom := func(name string) *Symptom {
		return &symptoms[slices.IndexFunc(symptoms, func(s Symptom) bool { return s.Name == name })]
	}
	whole, part := excerpt(t, one...), excerpt(t, one[1:]...)
	for _, is := range []struct {
		c                      *Case
		complete               bool
		found                  []string
		certain, harmed, wells bool
	}{
		{whole, true, []string{"arrived"}, true, false, true},
		{whole, false, []string{"arrived"}, false, false, false}, // lines are missing
		{part, true, []string{"arrived"}, false, false, false},   // or a kind of line
		{whole, true, []string{"file-left-over"}, true, false, true},
		{whole, false, []string{"file-left-over"}, false, false, false},
		{whole, true, []string{"file-left-over", "arrived"}, false, false, true},
		{whole, true, []string{"arrived", "unfinished"}, false, false, false},
		{whole, true, []string{"unfinished"}, true, false, false},
		{part, false, []string{"two-writers"}, true, true, false},
		{part, false, []string{"two-writers", "version-ahead"}, false, true, false},
		{whole, true, []string{"two-writers", "arrived"}, false, false, false},
		{whole, true, nil, false, false, false},
	} {
		d := &Diagnosis{Case: is.c, Complete: is.complete}
		for _, name := range is.found {
			d.Found = append(d.Found, symptom(name))
		}
		assert.Equal(t, is.certain, d.Certain() != nil, is.found)
		assert.Equal(t, is.harmed, d.IsHarmed(), is.found)
		assert.Equal(t, is.wells, d.IsWell(), is.found)
	}
}
