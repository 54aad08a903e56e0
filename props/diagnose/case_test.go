package diagnose

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props/logs"
)

func kinds(c *Case) (list []logs.Kind) {
	for i := range c.Messages {
		list = append(list, c.Messages[i].Kind)
	}
	return list
}

// The logs in a folder are those of a site, whose code its statuses say. A package is a case at each site.
func TestACaseIsAPackageAtASite(t *testing.T) {
	var c Collect
	add := func(folder, id, site string, number int) {
		m := logs.Message{Record: logs.Record{File: folder + "/distmgr.log"}, Kind: logs.Stored, Package: id, Version: 1, Site: site, Status: number}
		c.Add(m)
	}
	add("b", "AUS0001B", "BNE", 2301)
	add("c", "AUS0001B", "", 0)
	add("b", "AUS00002", "SYD", 2301) // a status that was forwarded
	add("b", "AUS0001B", "BNE", 2301)
	add("b", "AUS0001B", "XYZ", 0) // what is no status names another site
	add("b", "AUS0001B", "XYZ", 0)
	add("b", "AUS0001B", "XYZ", 0)
	cases := c.Cases()
	require.Len(t, cases, 3)
	var found [][2]string
	for _, is := range cases {
		found = append(found, [2]string{is.Package, is.Site})
	}
	assert.Equal(t, [][2]string{{"AUS0001B", "BNE"}, {"AUS0001B", ""}, {"AUS00002", "BNE"}}, found)
	assert.Equal(t, []int{5, 1, 1}, []int{len(cases[0].Messages), len(cases[1].Messages), len(cases[2].Messages)})
	assert.Equal(t, 7, c.Read)
	assert.Empty(t, c.Other)
}

// A message that names no package is about the one that its thread works on.
func TestAMessageIsAboutThePackageOfItsThread(t *testing.T) {
	fails := packager + `Cannot decompress package E:\SMSPKG\X.PCK to E:\Y, CTool return code = 1`
	begins := packager + `Start adding package to server DP1...`
	other := `SMS_PACKAGE_TRANSFER_MANAGER 500 (0x1F4) Retry Interval is 30 minutes, number of retries left is 99.`
	for _, c := range []struct {
		what  string
		lines []string
		kinds []logs.Kind
		other map[logs.Kind]int
	}{
		{"after it has read its row", []string{packager + "Start adding package AUS0001B...", fails}, []logs.Kind{logs.Adding, logs.DecompressFailed}, map[logs.Kind]int{}},
		{"after it was started", []string{starts, begins}, []logs.Kind{logs.ThreadStarted, logs.DPBegins}, map[logs.Kind]int{}},
		{"not after its end", []string{starts, exits, fails}, []logs.Kind{logs.ThreadStarted, logs.ThreadExits}, map[logs.Kind]int{logs.DecompressFailed: 1}},
		{"not of another thread", []string{applied, fails}, []logs.Kind{logs.Applied}, map[logs.Kind]int{logs.DecompressFailed: 1}},
		{"not of a thread with the same number in another component", []string{starts, other}, []logs.Kind{logs.ThreadStarted}, map[logs.Kind]int{logs.DPRetry: 1}},
		{"what Despooler failed with is what it received last", []string{received(1), failed}, []logs.Kind{logs.Received, logs.InstructionFailed}, map[logs.Kind]int{}},
		{"but not once that is stored", []string{received(1), stored(1), failed}, []logs.Kind{logs.Received, logs.Stored}, map[logs.Kind]int{logs.InstructionFailed: 1}},
		{"nor once it is done", []string{received(1), despooler + "Despooler successfully executed one instruction.", failed}, []logs.Kind{logs.Received}, map[logs.Kind]int{logs.InstructionFailed: 1, logs.InstructionDone: 1}},
		{"nor twice", []string{received(1), failed, failed}, []logs.Kind{logs.Received, logs.InstructionFailed}, map[logs.Kind]int{logs.InstructionFailed: 1}},
		{"how many threads run is about no package", []string{starts, packager + "Used 1 out of 3 allowed processing threads."}, []logs.Kind{logs.ThreadStarted}, map[logs.Kind]int{logs.Capacity: 1}},
	} {
		found := collected(t, c.lines...)
		require.Len(t, found.Cases(), 1, c.what)
		assert.Equal(t, c.kinds, kinds(found.Cases()[0]), c.what)
		assert.Equal(t, c.other, found.Other, c.what)
	}
}

// That Distribution Manager waits is so for each package of the site. Of several such lines in a row, the first tells as much.
func TestDistributionManagerWaitsForAllPackages(t *testing.T) {
	second := replicator + "Updated replicated package info for package AUS00002"
	cases := collected(t, applied, sleeps, sleeps, second, sleeps, second).Cases()
	require.Len(t, cases, 2)
	assert.Equal(t, []logs.Kind{logs.Applied, logs.Sleep}, kinds(cases[0]))
	assert.Equal(t, 2, cases[0].Messages[1].Line)
	assert.Equal(t, []logs.Kind{logs.Applied, logs.Sleep, logs.Applied}, kinds(cases[1]))

	retries := collected(t, starts, packager+"Sleep 1800 seconds...", despooler+"Sleep 900 seconds...").Cases()
	assert.Equal(t, []logs.Kind{logs.ThreadStarted}, kinds(retries[0]), "a package thread waits, and Despooler does")
}

// The names of files in INCOMING are any. Only those that end in .PKG announce a version.
func TestAFileInIncomingMakesNoPackage(t *testing.T) {
	named := replicator + `Processing incoming file D:\INCOMING\`
	assert.Empty(t, collected(t, named+"00000012.PKG").Cases(), "a name that looks like an id")
	c := excerpt(t, applied, named+"AUS0001B.PKG", named+"AUS0001B.STA", named+"AUS0001B.FWD", named+"AUS0001B.pkg")
	assert.Equal(t, []logs.Kind{logs.Applied, logs.IncomingFile, logs.IncomingFile}, kinds(c))
}

// A site that sends, and receives nothing, is the source site of the package.
func TestTheSourceSiteIsNotJudged(t *testing.T) {
	sends := []string{packager + "The compressed size of package AUS0001B is 12 KBytes"}
	c := excerpt(t, sends...)
	assert.True(t, c.Sends)
	d := diagnosedCase(t, c)
	assert.Nil(t, d.Certain())
	assert.Contains(t, d.Undecided, "sends the package")
	for _, receives := range []string{received(1), stored(1), applied, skipped(2, 1)} {
		assert.False(t, excerpt(t, append(slices.Clone(sends), receives)...).Sends, receives)
	}
	assert.False(t, excerpt(t, decompresses).Sends)
}

// The versions are those that lines are about, and what the site is said to have besides.
func TestVersionsOfACase(t *testing.T) {
	for _, c := range []struct {
		lines  []string
		named  []int
		before int
	}{
		{[]string{received(8), stored(7)}, []int{7, 8}, 0},
		{[]string{skipped(8, 5)}, []int{8}, 5},
		{[]string{skipped(8, 5), skipped(8, 6)}, []int{8}, 6},
		{[]string{received(5), skipped(8, 7)}, []int{5, 7, 8}, 0},
		{[]string{applied}, nil, 0},
		{[]string{packager + "StoredPkgVersion (0) of package AUS0001B. StoredPkgVersion in database is 3."}, []int{3}, 0},
	} {
		named, before := excerpt(t, c.lines...).versions()
		assert.Equal(t, c.named, named, c.lines)
		assert.Equal(t, c.before, before, c.lines)
	}
}

// What may have failed is what a line says has failed, as often as lines say so and twice at the most.
func TestFaultsAreThoseThatLinesName(t *testing.T) {
	for _, c := range []struct {
		lines  []string
		faults map[model.Fault]int
	}{
		{one, map[model.Fault]int{}},
		{[]string{received(1), received(2)}, map[model.Fault]int{}},
		{[]string{received(1), received(1)}, map[model.Fault]int{model.Duplicate: 1}},
		{[]string{received(1), received(1), received(1), received(1)}, map[model.Fault]int{model.Duplicate: 2}},
		{[]string{starts, cannot}, map[model.Fault]int{model.FailedDecompress: 1}},
		{[]string{copyFails}, map[model.Fault]int{model.SharingViolation: 1}},
		{[]string{status(2302)}, map[model.Fault]int{model.FailedDecompress: 1, model.ManagerCrash: 1}},
		{[]string{received(1), failed}, map[model.Fault]int{model.EarlyRead: 1, model.DespoolerCrash: 1}},
	} {
		found := map[model.Fault]int{}
		for f, n := range excerpt(t, c.lines...).faults() {
			if n > 0 {
				found[model.Fault(f)] = n
			}
		}
		assert.Equal(t, c.faults, found, c.lines)
	}
}
