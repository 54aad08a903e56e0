package show_test

import (
	"encoding/json"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check/show"
)

var itfSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	return jsonschema.NewCompiler().Compile("testdata/itf.schema.json")
})

// validITF holds a text against the schema, and against what no schema says.
func validITF(t *testing.T, text string) map[string]any {
	t.Helper()
	schema, err := itfSchema()
	require.NoError(t, err)
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	require.NoError(t, err)
	require.NoError(t, schema.Validate(value))

	var trace struct {
		Vars   []string
		States []map[string]any
		Loop   *int
	}
	require.NoError(t, json.Unmarshal([]byte(text), &trace))
	for i, s := range trace.States {
		assert.Equal(t, float64(i), s["#meta"].(map[string]any)["index"])
		assert.Len(t, s, len(trace.Vars)+1, "each variable in each state, and no other")
		for _, name := range trace.Vars {
			assert.Contains(t, s, name)
		}
	}
	if trace.Loop != nil {
		assert.Less(t, *trace.Loop, len(trace.States))
	}
	return value.(map[string]any)
}

func TestITFIsAsItsSchemaSays(t *testing.T) {
	for _, d := range everyDocument() {
		t.Run(d.Name, func(t *testing.T) { validITF(t, written(t, "itf", d)) })
	}
}

// A run that stays where it is loops at its last state.
func TestITFSaysWhereALoopBegins(t *testing.T) {
	d := mutex()
	d.Forever, d.Loop = true, 4
	stays := validITF(t, written(t, "itf", d))
	assert.Equal(t, json.Number("4"), stays["loop"])
	assert.Len(t, stays["states"], 5)
}

type phase int

func (p phase) String() string { return "phase " + string(rune('a'+p)) }

// Go's values are those of the format, and what it does not have is a text.
func TestITFHasTheValuesOfData(t *testing.T) {
	type inner struct{ B []string }
	type hidden struct{ x int }
	var nothing *int
	itself := []any{1, nil}
	itself[1] = itself
	n := 3
	for want, data := range map[string]any{
		`true`:                                 true,
		`-3`:                                   int8(-3),
		`200`:                                  byte(200),
		`9007199254740991`:                     1<<53 - 1,
		`{"#bigint": "9007199254740992"}`:      1 << 53,
		`{"#bigint": "18446744073709551615"}`:  uint64(math.MaxUint64),
		`"a\"b"`:                               "a\"b",
		`"phase c"`:                            phase(2),
		`[1, 2]`:                               []int{1, 2},
		`["phase a"]`:                          [1]phase{},
		`{"#map": [[2, "b"], [10, "a"]]}`:      map[int]string{10: "a", 2: "b"},
		`{"#map": [["x", [true]], ["y", []]]}`: map[string][]bool{"y": {}, "x": {true}},
		`{"A": 1, "In": {"B": ["c"]}}`: struct {
			A    int
			In   inner
			hide int
		}{1, inner{[]string{"c"}}, 2},
		`{"P": 3, "Q": "<nil>"}`: struct{ P, Q *int }{&n, nil},
		`["1.5", "NaN"]`:         []float64{1.5, math.NaN()},
		`"the value"`:            nil,
		`"the  value"`:           1.5,
		`"the   value"`:          hidden{1},
		`"the    value"`:         nothing,
		`"the     value"`:        func() {},
	} {
		value := strings.Trim(want, `"`)
		d := &show.Document{States: []show.State{{Fields: []show.Field{{Label: "x", Value: value, Data: data}}}}}
		text := written(t, "itf", d)
		validITF(t, text)
		var got struct{ States []struct{ X json.RawMessage } }
		require.NoError(t, json.Unmarshal([]byte(text), &got))
		assert.JSONEq(t, want, string(got.States[0].X))
	}
	d := &show.Document{States: []show.State{{Fields: []show.Field{{Label: "x", Data: itself}}}}}
	text := written(t, "itf", d)
	validITF(t, text)
	assert.Contains(t, text, "…")
}

// Labels that mean something to the format, and labels that are the same, are
// variables all the same.
func TestITFHasAVariableForEachLabel(t *testing.T) {
	var fields []show.Field
	for _, label := range []string{"#meta", "_#meta", "", "x", "x", "x 2", "places", "\xff", "\xfe"} {
		for _, place := range []string{"", "p", "p/q"} {
			fields = append(fields, show.Field{Place: place, Label: label, Value: label + place})
		}
	}
	d := &show.Document{States: []show.State{{Fields: fields}}}
	trace := validITF(t, written(t, "itf", d))
	assert.Len(t, trace["vars"], 10)
	places := trace["states"].([]any)[0].(map[string]any)["places"].(map[string]any)["#map"].([]any)
	require.Len(t, places, 2)
	for _, pair := range places {
		assert.Len(t, pair.([]any)[1], 9)
	}
}
