package diagnose

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestMeasure(t *testing.T) {
	counts := map[string]map[string]int{}
	slowest := time.Duration(0)
	for seed := range 40 {
		for _, design := range []string{"sms20", "repaired", "rescan-timer", "latched-notification"} {
			gen := rapid.Custom(func(rt *rapid.T) *run {
				sc := scopeOf(rapid.IntRange(1, 3).Draw(rt, "u"), rapid.IntRange(1, 2).Draw(rt, "d"), rapid.Bool().Draw(rt, "o"))
				if seed%5 == 0 {
					sc.Faults = [8]int{1, 1, 1, 1, 1, 1}
				}
				return drawRun(rt, designNamed(design), sc, 150)
			})
			r := gen.Example(seed)
			for _, percent := range []int{0, 10, 30, 50} {
				rnd := rand.New(rand.NewPCG(uint64(seed), uint64(percent)))
				less := r.without(func(int) bool { return rnd.IntN(100) < percent })
				for _, c := range less.cases() {
					begin := time.Now()
					d, err := Diagnose(context.Background(), c, Options{Limit: time.Hour, MaxCandidates: 100_000})
					require.NoError(t, err)
					took := time.Since(begin)
					slowest = max(slowest, took)
					truth := less.truth(c)
					key := fmt.Sprintf("%s %d", design, percent)
					if counts[key] == nil {
						counts[key] = map[string]int{}
					}
					if d.Certain() != nil && d.Certain() != truth && d.Certain().IsUnfinished() {
						counts[key]["unfinished though "+truth.Name]++
						continue
					}
					switch s := d.Certain(); {
					case d.Undecided != "":
						counts[key]["cut"]++
					case d.Unexplained != nil:
						counts[key]["unexplained"]++
						if design == "sms20" {
							t.Log(seed, key, "UNEXPLAINED", d.Unexplained.Message.Text, d.Unexplained.Why)
						}
					case s == nil:
						counts[key]["open "+truth.Name]++
						found := false
						for _, f := range d.Found {
							found = found || f == truth
						}
						if !found {
							counts[key]["OPEN WITHOUT"]++
							t.Log(seed, key, "OPEN WITHOUT", truth.Name)
						}
					case s == truth:
						counts[key]["right "+truth.Name]++
					default:
						counts[key]["WRONG"]++
						t.Log(seed, key, "WRONG", s.Name, "truth", truth.Name, "complete", d.Complete)
					}
					if took > 3*time.Second {
						t.Log(seed, key, took, len(c.Messages), d.Undecided, d.Complete)
					}
				}
			}
		}
	}
	for k, c := range counts {
		t.Log(k, c)
	}
	t.Log(slowest)
}
