package shard_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/props/shard"
)

// Every part is in exactly one shard, in the order of the parts, and no shard has more than one part more than another.
func TestEveryPartIsInOneShard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts, n := rapid.IntRange(0, 3000).Draw(t, "parts"), rapid.IntRange(1, 300).Draw(t, "shards")
		next := 0
		for i := range n {
			from, end := shard.Shard{Number: i + 1, Of: n}.Range(parts)
			require.Equal(t, next, from)
			require.Contains(t, []int{parts / n, (parts + n - 1) / n}, end-from)
			next = end
		}
		require.Equal(t, parts, next)
		from, end := shard.Shard{}.Range(parts)
		require.Equal(t, []int{0, parts}, []int{from, end}, "the whole")
	})
}

func TestAShardIsReadAsItPrints(t *testing.T) {
	for _, text := range []string{"1/1", "2/4", "100000/100000"} {
		var s shard.Shard
		require.NoError(t, s.UnmarshalText([]byte(text)))
		assert.Equal(t, text, s.String())
	}
	for _, text := range []string{"", "2", "0/4", "5/4", "-1/4", "1/0", "1/2/3", "a/b", "1/100001", "1.5/2"} {
		var s shard.Shard
		assert.ErrorContains(t, s.UnmarshalText([]byte(text)), "expected a shard I/N such as 2/4", text)
	}
}

type document struct {
	Shard *shard.Header `json:"shard"`
	Found []string      `json:"found"`
}

func header(number, of int) *shard.Header {
	return &shard.Header{Shard: shard.Shard{Number: number, Of: of}, Command: "check", Arguments: []string{"--scenario=article"}, Version: "v1.0.0", Inputs: "abc"}
}

func text(t require.TestingT, h *shard.Header) string {
	var b bytes.Buffer
	require.NoError(t, shard.Write(&b, h, document{h, []string{`"sum": ""`, "<"}}))
	return b.String()
}

// files keeps texts in files part1.json and so on.
func files(t *testing.T, texts ...string) (paths []string) {
	dir := t.TempDir()
	for i, text := range texts {
		paths = append(paths, filepath.Join(dir, fmt.Sprintf("part%d.json", i+1)))
		require.NoError(t, os.WriteFile(paths[i], []byte(text), 0o666))
	}
	return paths
}

// What was written reads back, in the order of the shards, whatever that of the files.
func TestPartsAreReadInTheirOrder(t *testing.T) {
	parts, err := shard.Read(files(t, text(t, header(3, 3)), text(t, header(1, 3)), text(t, header(2, 3))))
	require.NoError(t, err)
	require.Len(t, parts, 3)
	for i, p := range parts {
		assert.Equal(t, i+1, p.Shard.Number)
		var doc document
		require.NoError(t, p.Decode(&doc))
		assert.Equal(t, []string{`"sum": ""`, "<"}, doc.Found)
		assert.Equal(t, &p.Header, doc.Shard)
		assert.ErrorContains(t, p.Decode(&struct{ Shard shard.Header }{}), `part`+fmt.Sprint((i+1)%3+1)+`.json: expected what check --json writes: json: unknown field "found"`)
	}
}

// What does not belong together, or is not whole, is an error that names the file.
func TestWhatDoesNotBelongTogetherIsNotRead(t *testing.T) {
	one := text(t, header(1, 2))
	changed := func(change func(*shard.Header)) string {
		h := header(2, 2)
		change(h)
		return text(t, h)
	}
	for want, second := range map[string]string{
		"part1.json: expected all 2 shards beside it, found 1; 2/2 is missing":                                          "",
		"part2.json: expected each shard once, found 1/2, which ":                                                       one,
		"part2.json: expected a shard of N = 2, as ":                                                                    changed(func(h *shard.Header) { h.Shard.Of = 3 }),
		"part2.json: expected the command check, as ":                                                                   changed(func(h *shard.Header) { h.Command = "walk" }),
		"part2.json: expected the arguments --scenario=article, as ":                                                    changed(func(h *shard.Header) { h.Arguments = nil }),
		"part2.json: expected the version v1.0.0, as ":                                                                  changed(func(h *shard.Header) { h.Version = "v1.0.1" }),
		"part2.json: expected scenarios, rules and properties with the hash abc, as ":                                   changed(func(h *shard.Header) { h.Inputs = "def" }),
		"part2.json: expected one JSON object, found the end of the file after 40 bytes: it was cut short":              one[:40],
		"part2.json: expected one JSON object, found the end of the file after 0 bytes":                                 " "[1:] + "",
		"part2.json: expected one JSON object: invalid character 'p'":                                                   "part",
		"part2.json: expected one JSON object: invalid character '{' after top-level value":                             one + one,
		`part2.json: expected what a command with --shard and --json writes, found no object "shard" with its "format"`: `{"scenario": "article"}`,
		"part2.json: expected what a command with --shard and --json writes":                                            `[1]`,
		"part2.json: expected format 1, found 2: another version of the program wrote it":                               strings.Replace(text(t, header(2, 2)), `"format": 1`, `"format": 2`, 1),
		`part2.json: expected the object "shard": expected a shard I/N`:                                                 strings.Replace(text(t, header(2, 2)), `2/2`, `3/2`, 1),
		"part2.json: expected the sum ":                                                                                 strings.Replace(text(t, header(2, 2)), `"<"`, `">"`, 1),
	} {
		texts := []string{one, second}
		if strings.Contains(want, "is missing") {
			texts = texts[:1]
		}
		_, err := shard.Read(files(t, texts...))
		assert.ErrorContains(t, err, want)
	}
	_, err := shard.Read([]string{"none.json"})
	assert.EqualError(t, err, "none.json: cannot be read: no such file or directory")
}

// Whatever byte is damaged, and wherever a file is cut, it is not read, or nothing but the space between values has changed.
func TestNoDamageIsRead(t *testing.T) {
	whole := text(t, header(1, 1))
	var want document
	parts, err := shard.Read(files(t, whole))
	require.NoError(t, err)
	require.NoError(t, parts[0].Decode(&want))
	path := files(t, whole)
	damages := 0
	for i := range whole {
		for _, b := range []byte{whole[i] ^ 1, whole[i] ^ 0x20, ' ', '0', '"', 0} {
			damaged := []byte(whole)
			damaged[i] = b
			require.NoError(t, os.WriteFile(path[0], damaged, 0o666))
			parts, err := shard.Read(path)
			if err != nil {
				damages++
				continue
			}
			var got document
			require.NoError(t, parts[0].Decode(&got), "byte %d", i)
			require.Equal(t, want, got, "byte %d", i)
		}
		require.NoError(t, os.WriteFile(path[0], []byte(whole[:i]), 0o666))
		if _, err := shard.Read(path); i < len(whole)-1 {
			require.ErrorContains(t, err, "it was cut short")
		}
	}
	assert.Greater(t, damages, 4*len(whole))
}

// A part of another version of the program, or of other inputs, is not this program's.
func TestAPartBelongsToTheProgram(t *testing.T) {
	parts, err := shard.Read(files(t, text(t, header(1, 1))))
	require.NoError(t, err)
	assert.NoError(t, parts[0].BelongsTo(shard.Header{Version: "v1.0.0", Inputs: "abc"}))
	assert.ErrorContains(t, parts[0].BelongsTo(shard.Header{Version: "v2", Inputs: "abc"}), "part1.json: expected the version v2, as this program has, found v1.0.0")
	assert.ErrorContains(t, parts[0].BelongsTo(shard.Header{Version: "v1.0.0", Inputs: "def"}), "part1.json: expected scenarios, rules and properties with the hash def, as this program has, found abc")
}
