package explore_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check"
	"pkgdist/props/check/explore"
	"pkgdist/props/internal/testmodel"
)

// doors is how many steps a state of the wide model has.
const doors = 10_000

type hall struct{ Door, Opened int }

// wide is a model with very many steps out of each of its states.
func wide() check.Model[hall, string] {
	return check.Model[hall, string]{
		Name: "A hall of doors",
		Init: func() []hall { return []hall{{}} },
		Steps: func(s hall, yield func(string, hall)) {
			if s.Opened < 3 {
				for i := range doors {
					yield(fmt.Sprint("open door ", i), hall{i, s.Opened + 1})
				}
			}
		},
	}
}

// promptly is how long an answer may take on a machine that has much other work to do. Where it has none, a person waits
// for 100 ms at the most: what takes longer is said to be in work, after 40 ms. The log has the times.
const promptly = 2 * time.Second

// times asks so often, and returns how long each answer took. Every answer is one, or says that it is being worked on.
func times(t *testing.T, address string, n int, place func(i int) explore.Place) (took []time.Duration) {
	for i := range n {
		begun := time.Now()
		status, _ := post(t, address, "view", place(i), nil)
		took = append(took, time.Since(begun))
		assert.Contains(t, []int{http.StatusOK, http.StatusAccepted}, status)
	}
	return took
}

func isPrompt(t *testing.T, took []time.Duration) {
	t.Helper()
	slices.Sort(took)
	t.Logf("median %v, slowest %v of %d", took[len(took)/2], took[len(took)-1], len(took))
	assert.Less(t, took[len(took)/2], promptly/2)
	assert.Less(t, took[len(took)-1], promptly)
}

func TestAStepWithTenThousandOthersIsAnsweredPromptly(t *testing.T) {
	address := serve(t, explorer(t, wide(), nil))
	isPrompt(t, times(t, address, 20, func(i int) explore.Place {
		return at(fmt.Sprint("open door ", 13*i), fmt.Sprint("open door ", doors-1-i))
	}))
}

// While the search of a million states and more is at work, a walk is answered.
func TestAWalkIsAnsweredWhileAMillionStatesAreExplored(t *testing.T) {
	e := explorer(t, testmodel.TwoPhase(8), nil)
	address := serve(t, e)
	require.Eventually(t, func() bool { return e.Searched().Begun }, waitFor, tick)
	p := explore.Place{}
	took := times(t, address, 40, func(i int) explore.Place {
		v := view(t, e, p)
		if len(v.Steps) == 0 {
			p, v = explore.Place{}, view(t, e, explore.Place{})
		}
		p = at(append(p.Steps, v.Steps[i%len(v.Steps)].Ref)...)
		return p
	})
	isPrompt(t, took)
	if e.Searched().Ended {
		t.Log("the search had ended before the last answer")
	}
	require.Eventually(t, func() bool { return e.Searched().Ended }, time.Minute, tick)
	assert.EqualValues(t, 1_745_408, e.Searched().States)
	m, err := e.Map(p)
	require.NoError(t, err)
	assert.True(t, m.Large)
	sum := int64(0)
	for _, l := range m.Levels {
		sum += l.States
	}
	assert.EqualValues(t, 1_745_408, sum)
}

// A thousand requests at once are answered, each of them in the end with what it asked for. The times are those of the
// server, as a thousand clients in the same process take longer than it does.
func TestAThousandRequestsAtOnceAreAnswered(t *testing.T) {
	m := testmodel.DepotModel
	e := explorer(t, m, testmodel.DepotClaims())
	s, err := explore.Listen(e)
	require.NoError(t, err)
	address := run(t, s)
	var places []explore.Place
	for i := range 1000 {
		p := explore.Place{}
		for k := i; k > 0; k /= 6 {
			v := view(t, e, p)
			p.Steps = append(p.Steps, v.Steps[k%6].Ref)
			p.At++
		}
		places = append(places, p)
	}
	took, begin := make([]time.Duration, len(places)), make(chan struct{})
	var all sync.WaitGroup
	for i, p := range places {
		r := request(t, address, "view", p)
		all.Go(func() {
			answer := httptest.NewRecorder()
			<-begin
			begun := time.Now()
			s.ServeHTTP(answer, r)
			took[i] = time.Since(begun)
			assert.Contains(t, []int{http.StatusOK, http.StatusAccepted}, answer.Code)
		})
	}
	close(begin)
	all.Wait()
	isPrompt(t, took)
	for _, p := range places {
		all.Go(func() {
			assert.Len(t, call[explore.Pair](t, address, "view", p).Views[0].Path, len(p.Steps))
		})
	}
	all.Wait()
}
