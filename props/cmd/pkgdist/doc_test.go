package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheBeginningOfADifferenceIsShown(t *testing.T) {
	const head = "diff F what it should be\n--- F\n+++ what it should be\n"
	assert.Equal(t, head+"@@ -1,2 +1,2 @@\n a\n-b\n+c\n", difference("F", "a\nb\n", "a\nc\n"))

	many := strings.Repeat("b\n", 100)
	text := difference("F", "a\n", "a\n"+many)
	assert.Equal(t, head+"@@ -1,1 +1,101 @@\n a\n"+strings.Repeat("+b\n", shown-5)+"… and 65 lines more\n", text)
}
