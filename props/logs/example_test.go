package logs_test

import (
	"fmt"
	"strings"

	"pkgdist/props/logs"
)

// What a site's log says about the distribution of packages. A line that
// cannot be read is an error with its place, and reading goes on.
func Example() {
	const log = `Updated replicated package info for package AUS0001B $$<SMS_DISTRIBUTION_MANAGER><11-30-2026 10:00:05.200+300><thread=320 (0x140)>
Sleep 3600 seconds... $$<SMS_DISTRIBUTION_MANAGER><11-31-2026 10:00:06.030+300><thread=320 (0x140)>
<![LOG[Package AUS0001B requires a newer version (2) of source files and the new compressed files hasn't arrived yet, current version is 1, skip D:\SMS\inboxes\distmgr.box\INCOMING\7Z0M3XWC.PKG]LOG]!><time="10:00:07.000+300" date="11-30-2026" component="SMS_DISTRIBUTION_MANAGER" context="" type="1" thread="320" file="">
`
	for record, err := range logs.Read(strings.NewReader(log), "distmgr.log", nil) {
		if err != nil {
			fmt.Println(err)
			continue
		}
		if m, ok := logs.Recognise(&record); ok {
			fmt.Println(m.Line, m.Time.Format("15:04:05"), m.Kind, m.Package, m.Version, m.Current)
		}
	}
	// Output:
	// 1 15:00:05 Applied AUS0001B 0 0
	// distmgr.log:2: expected a day of the calendar, found "Sleep 3600 seconds... $$<SMS_DISTRIBUTION_MANAGER><11-31-2026 10:00:06.030+300><"
	// 3 15:00:07 VersionAhead AUS0001B 2 1
}
