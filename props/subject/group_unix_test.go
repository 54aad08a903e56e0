//go:build unix

package subject

import (
	"bufio"
	"context"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A shell has what it runs in the background not heed an interruption, as a test might not.
func TestAnInterruptionLeavesNoProcessBehind(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", "sleep 1000 & echo $!; wait")
	ended := grouped(cmd)
	stream, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(stream).ReadString('\n')
	require.NoError(t, err)
	background, err := strconv.Atoi(strings.TrimSpace(line))
	require.NoError(t, err)
	cancel()
	require.Error(t, cmd.Wait())
	ended()
	gone := func() bool { // or a zombie, which nobody may have waited for
		state, err := exec.CommandContext(t.Context(), "ps", "-o", "stat=", "-p", strconv.Itoa(background)).Output()
		return err != nil || strings.HasPrefix(string(state), "Z") || syscall.Kill(background, 0) != nil
	}
	assert.Eventually(t, gone, time.Minute, 10*time.Millisecond)
}
