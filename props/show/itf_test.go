package show_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props/check"
	"pkgdist/props/scenario"
	"pkgdist/props/show"
	"pkgdist/props/story"
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

func TestITFIsAsItsDocumentSays(t *testing.T) {
	for _, d := range all(t) {
		t.Run(d.Name, func(t *testing.T) { validITF(t, written(t, "itf", d)) })
	}
}

// The loop begins at a state that is there once, and a run that stays where it is
// loops at its last state.
func TestITFSaysWhereALoopBegins(t *testing.T) {
	number := func(n any) string { return n.(json.Number).String() }
	loop := validITF(t, written(t, "itf", kept(t, "loop-under-rescan-timer")))
	assert.Equal(t, "29", number(loop["loop"]))
	assert.Len(t, loop["states"], 33)
	assert.Equal(t, "replication.skip(site=B package=P version=2)", loop["#meta"].(map[string]any)["closes"])

	stays := validITF(t, written(t, "itf", kept(t, "incoming-drains")))
	assert.Equal(t, "22", number(stays["loop"]))
	assert.Len(t, stays["states"], 23)

	assert.NotContains(t, validITF(t, written(t, "itf", kept(t, "one-version-among-writers"))), "loop")
}

// Whatever changes in a state changes what is written of it.
func TestITFTellsEverythingThatAStateHolds(t *testing.T) {
	sc, err := scenario.Load("two-packages")
	require.NoError(t, err)
	for f := range sc.Scope.Faults {
		sc.Scope.Faults[f] = 1
	}
	sys, err := model.NewSystem(sc.Scope, model.SMS20)
	require.NoError(t, err)
	of := func(s model.State) string {
		trace := check.Trace[model.State, model.Step]{States: []model.State{s}}
		return written(t, "itf", &show.Document{Story: story.Story{System: sys, Trace: trace}})
	}
	s := sys.Init()[0]
	for i := range s.Sites {
		s.Sites[i].Despooler.Phase = model.Storing // it has a package then
	}
	before, leaves := of(s), 0
	eachLeaf(reflect.ValueOf(&s).Elem(), "", func(path string, leaf reflect.Value) {
		if !inScope(sc.Scope, path) {
			return
		}
		leaves++
		old := reflect.New(leaf.Type()).Elem()
		old.Set(leaf)
		if leaf.Kind() == reflect.Bool {
			leaf.SetBool(!leaf.Bool())
		} else {
			leaf.SetUint(leaf.Uint() ^ 1)
		}
		assert.NotEqual(t, before, of(s), path)
		leaf.Set(old)
	})
	assert.Greater(t, leaves, 50)
}

// eachLeaf visits the numbers and truth values in a value.
func eachLeaf(v reflect.Value, path string, visit func(string, reflect.Value)) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			eachLeaf(v.Field(i), path+"/"+v.Type().Field(i).Name, visit)
		}
	case reflect.Array:
		for i := range v.Len() {
			eachLeaf(v.Index(i), path+"/"+string(rune('0'+i)), visit)
		}
	default:
		visit(path, v)
	}
}

// inScope: sites, packages and distribution points beyond the scope stay zero.
func inScope(scope model.Scope, path string) bool {
	parts := strings.Split(path, "/")
	site := 0
	for i, part := range parts[:len(parts)-1] {
		n := int(parts[i+1][0] - '0')
		switch part {
		case "Sites":
			if site = n; n >= len(scope.Sites) {
				return false
			}
		case "Packages":
			if n >= len(scope.Packages) {
				return false
			}
		case "DPs":
			if n >= scope.Sites[site].DPs {
				return false
			}
		}
	}
	return true
}
