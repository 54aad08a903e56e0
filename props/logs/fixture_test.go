package logs

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each story in fixtures/logs is read without an error, each of its records is
// recognised, and in the order of time they are these.
func TestKeptLogs(t *testing.T) {
	for story, wanted := range map[string]string{
		"clean-update": `CCM from 09:00:01 to 09:00:27: Received 2, Storing 2/1, Stored 2, InstructionDone, IncomingFile, Applied, UpdateFound,
			ThreadStarted, Capacity, VersionsSeen 2/2, Updating, Decompressing, Sleep, DPBegins, DPDone 2, DPDone, PackageDone, ThreadExits`,
		"stuck-after-overlap": `SMS 2.0 from 10:00:01 to 14:12:31: Received 1, Stored 1, InstructionDone, IncomingFile, Applied, ThreadStarted, Capacity,
			VersionsSeen 1/1, Sleep, Adding, Decompressing, Received 2, Storing 2/1, Stored 2, InstructionDone, DPBegins, DPDone,
			PackageDone, ThreadExits, IncomingFile, VersionAhead 2/1, Sleep`,
		"version-ahead": `SMS 2003 from 15:00:05 to 15:07:41: IncomingFile, VersionAhead 2/1, ContentMissing, Sleep, Received 2, Stored 2,
			InstructionDone, WriteConflict, StuckFile`,
		"content-first": `documentation from 00:00:00 to 00:00:00: ReceivedTooEarly 1, IncomingFile, Applied, Received 1, Stored 1, InstructionDone`,
		"early-read":    `SMS 1.x from 10:00:01 to 10:00:02: Received 1, InstructionFailed, Sleep`,
		"dp-away":       `clipboard from 10:00:19 to 10:31:40: DPBegins, DPRetry, DPRetry, DPFailed, DPDone 2`,
	} {
		files, err := filepath.Glob(filepath.Join("..", "..", "fixtures", "logs", story, "*"))
		require.NoError(t, err)
		records, bad := read(t, ReadFiles(100*time.Millisecond, nil, files...))
		require.Empty(t, bad, story)
		require.NotEmpty(t, records, story)
		var said []string
		for _, r := range records {
			m, ok := Recognise(&r)
			require.True(t, ok, "%s: %q", story, r.Text)
			text := m.Kind.String()
			if m.Version > 0 {
				text += fmt.Sprint(" ", m.Version)
			}
			if m.Current > 0 {
				text += fmt.Sprint("/", m.Current)
			}
			said = append(said, text)
		}
		first, last := records[0], records[len(records)-1]
		found := fmt.Sprintf("%v from %s to %s: %s", first.Grammar, first.Time.Format(time.TimeOnly), last.Time.Format(time.TimeOnly), strings.Join(said, ", "))
		assert.Equal(t, strings.Join(strings.Fields(wanted), " "), found, story)
	}
}
