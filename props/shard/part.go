package shard

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"pkgdist/props/check/show"
)

// format is the version of the JSON of shards.
const format = 1

// A Header is the object "shard" in the JSON of a shard, which comes first there: what the shard is of. The object is an
// interface: its keys stay.
type Header struct {
	Format    int      `json:"format"`
	Shard     Shard    `json:"shard"`
	Command   string   `json:"command"`
	Arguments []string `json:"arguments"` // the flags, but for the shard and how to print
	Version   string   `json:"version"`   // of the program
	Inputs    string   `json:"inputs"`    // a hash of the scenarios, rules and properties
	Sum       string   `json:"sum"`       // a hash of the whole object without it
}

// sumKey is what the object has before its sum is known. The header is the first in it, so this is found first.
const sumKey = `"sum":""`

// Write writes the JSON of a shard, which has the header as its first key.
func Write(w io.Writer, header *Header, document any) error {
	header.Format, header.Sum = format, ""
	var text, compact bytes.Buffer
	if err := show.WriteJSON(&text, "  ", document); err != nil {
		return err
	}
	if err := json.Compact(&compact, text.Bytes()); err != nil {
		return err
	}
	spaced := strings.Replace(sumKey, ":", ": ", 1)
	_, err := w.Write(bytes.Replace(text.Bytes(), []byte(spaced), []byte(strings.Replace(spaced, `""`, `"`+sum(compact.Bytes())+`"`, 1)), 1))
	return err
}

func sum(text []byte) string {
	hash := sha256.Sum256(text)
	return hex.EncodeToString(hash[:])
}

// A Part is what a shard wrote: its header, and the rest for Decode.
type Part struct {
	File string
	Header
	text []byte
}

// Decode reads the whole object strictly: what the document does not have is an error.
func (p *Part) Decode(document any) error {
	dec := json.NewDecoder(bytes.NewReader(p.text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(document); err != nil {
		return p.errorf("expected what %s --json writes: %w", p.Command, err)
	}
	return nil
}

func (p *Part) errorf(format string, args ...any) error {
	return fmt.Errorf("%s: %w", p.File, fmt.Errorf(format, args...))
}

// Read reads the parts that shards wrote, and returns them in their order. It is an error if one is cut short or damaged, if they
// are not all of the same command, arguments, version and inputs, or if one of the shards is missing or there twice.
func Read(files []string) ([]Part, error) {
	var parts []Part
	for _, file := range files {
		p, err := read(file)
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	first := parts[0]
	for _, p := range parts[1:] {
		if err := p.belongsTo(first.File, first.Header); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(parts, func(a, b Part) int { return cmp.Compare(a.Shard.Number, b.Shard.Number) })
	for i, p := range parts[1:] {
		if p.Shard == parts[i].Shard {
			return nil, p.errorf("expected each shard once, found %v, which %s has as well", p.Shard, parts[i].File)
		}
	}
	return parts, missing(parts)
}

func read(file string) (Part, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Part{}, fmt.Errorf("%s: cannot be read: %w", file, errors.Unwrap(err))
	}
	p := Part{File: file, text: text}
	var compact bytes.Buffer
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(new(json.RawMessage)); err == io.EOF || err == io.ErrUnexpectedEOF {
		return p, p.errorf("expected one JSON object, found the end of the file after %d bytes: it was cut short", len(text))
	}
	if err := json.Compact(&compact, text); err != nil {
		return p, p.errorf("expected one JSON object: %w", err)
	}
	var head struct {
		Shard *struct {
			Format *int
		}
	}
	switch err := json.Unmarshal(text, &head); {
	case err != nil || head.Shard == nil || head.Shard.Format == nil:
		return p, p.errorf("expected what a command with --shard and --json writes, found no object \"shard\" with its \"format\"")
	case *head.Shard.Format != format:
		return p, p.errorf("expected format %d, found %d: another version of the program wrote it", format, *head.Shard.Format)
	}
	if err := json.Unmarshal(text, &struct{ Shard *Header }{&p.Header}); err != nil {
		return p, p.errorf("expected the object \"shard\": %w", err)
	}
	if found := sum(bytes.Replace(compact.Bytes(), []byte(`"sum":"`+p.Sum+`"`), []byte(sumKey), 1)); found != p.Sum {
		return p, p.errorf("expected the sum %.12q of what was written, found that of %.12q: it was changed or damaged", p.Sum, found)
	}
	return p, nil
}

// belongsTo finds the first thing in which a part is not of the same work as another, or as this program.
func (p *Part) belongsTo(whose string, h Header) error {
	for _, same := range []struct{ what, want, found string }{
		{"the command", h.Command, p.Command},
		{"a shard of N =", fmt.Sprint(h.Shard.Of), fmt.Sprint(p.Shard.Of)},
		{"the arguments", printed(h.Arguments), printed(p.Arguments)},
		{"the version", h.Version, p.Version},
		{"scenarios, rules and properties with the hash", fmt.Sprintf("%.12s", h.Inputs), fmt.Sprintf("%.12s", p.Inputs)},
	} {
		if same.want != same.found {
			return p.errorf("expected %s %s, as %s has, found %s", same.what, same.want, whose, same.found)
		}
	}
	return nil
}

// BelongsTo is an error if the part was not written by the same version of the program, from the same inputs.
func (p *Part) BelongsTo(h Header) error {
	h.Command, h.Arguments, h.Shard = p.Command, p.Arguments, p.Shard
	return p.belongsTo("this program", h)
}

func printed(arguments []string) string {
	return cmp.Or(strings.Join(arguments, " "), "(none)")
}

// missing names the first shard that is not there. The others are in their order.
func missing(parts []Part) error {
	of := parts[0].Shard.Of
	for i := range of {
		if i == len(parts) || parts[i].Shard.Number != i+1 {
			return parts[0].errorf("expected all %d shards beside it, found %d; %v is missing", of, len(parts), Shard{i + 1, of})
		}
	}
	return nil
}
