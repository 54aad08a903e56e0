package explore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check"
	"pkgdist/props/check/explore"
)

// How long tests wait for what has to come.
const waitFor, tick = 20 * time.Second, 5 * time.Millisecond

// serve runs a server until the test ends, and returns its address.
func serve(t testing.TB, explorers ...explore.Explorer) string {
	t.Helper()
	s, err := explore.Listen(explorers...)
	require.NoError(t, err)
	return run(t, s)
}

func run(t testing.TB, s *explore.Server) string {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		assert.NoError(t, <-done)
	})
	return s.Address()
}

// call asks the server as a page does, again and again where it says that it is working, and returns its answer.
func call[T any](t testing.TB, address, name string, body any) (answer T) {
	t.Helper()
	for {
		status, text := post(t, address, name, body, nil)
		if status == http.StatusAccepted {
			time.Sleep(tick)
			continue
		}
		require.Equal(t, http.StatusOK, status, "%s: %s", name, text)
		require.NoError(t, json.Unmarshal(text, &answer))
		return answer
	}
}

func post(t testing.TB, address, name string, body any, header map[string]string) (int, []byte) {
	t.Helper()
	return send(t, request(t, address, name, body), header)
}

func request(t testing.TB, address, name string, body any) *http.Request {
	t.Helper()
	text, err := json.Marshal(body)
	require.NoError(t, err)
	r, err := http.NewRequest(http.MethodPost, address+"api/"+name, bytes.NewReader(text))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	return r
}

func send(t testing.TB, r *http.Request, header map[string]string) (int, []byte) {
	t.Helper()
	for name, value := range header {
		if name == "Host" {
			r.Host = value
			continue
		}
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Resource-Policy"} {
		assert.NotEmpty(t, answer.Header.Get(name), "whatever the answer is")
	}
	assert.Empty(t, answer.Header.Get("Access-Control-Allow-Origin"))
	assert.Empty(t, answer.Cookies())
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, text
}

func get(t testing.TB, address string, header map[string]string) (int, string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	require.NoError(t, err)
	status, text := send(t, r, header)
	return status, string(text)
}

func TestThePageAnswersWhatItIsAsked(t *testing.T) {
	address := serve(t, explorer(t, mutex(), mutexClaims()))
	status, page := get(t, address, nil)
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, page, `<script src="page.js">`)
	pair := call[explore.Pair](t, address, "view", at(both...))
	assert.Equal(t, []string{"both-inside", "somebody-inside"}, names(pair.Views[0].Broken))
	require.Eventually(t, func() bool { return call[[]explore.Searched](t, address, "search", at())[0].Ended }, waitFor, tick)
	assert.Equal(t, "A room and its lock", call[[]explore.About](t, address, "about", at())[0].Title)
	assert.Len(t, call[explore.Impossible](t, address, "impossible", at()).Rules, 2)
	kept := call[explore.Kept](t, address, "keep", map[string]any{"Steps": both, "At": 4, "Format": "txtar"})
	assert.Equal(t, "both-inside.txtar", kept.File)
}

// Nobody gets an answer but who knows the token and asks this machine by its number, from the page itself.
func TestAStrangerGetsNothing(t *testing.T) {
	address := serve(t, explorer(t, mutex(), mutexClaims()))
	host := strings.TrimPrefix(address[:strings.LastIndex(address[:len(address)-1], "/")], "http://")
	assert.Regexp(t, `^127\.0\.0\.1:\d+$`, host)
	secret := "outside"
	for name, ask := range map[string]func() (int, string){
		"no token":     func() (int, string) { return get(t, "http://"+host+"/", nil) },
		"wrong token":  func() (int, string) { return get(t, "http://"+host+"/AAAAAAAAAAAAAAAAAAAAAAAAAA/", nil) },
		"half a token": func() (int, string) { return get(t, address[:len(address)-3]+"/", nil) },
		"another name of this machine": func() (int, string) {
			return get(t, address, map[string]string{"Host": strings.Replace(host, "127.0.0.1", "localhost", 1)})
		},
		"a name that was led here": func() (int, string) { return get(t, address, map[string]string{"Host": "evil.example"}) },
		"a page of another origin": func() (int, string) {
			status, text := post(t, address, "view", at(), map[string]string{"Origin": "https://evil.example"})
			return status, string(text)
		},
		"a page of no origin": func() (int, string) {
			status, text := post(t, address, "view", at(), map[string]string{"Origin": "null"})
			return status, string(text)
		},
		"a page of another port": func() (int, string) {
			status, text := post(t, address, "view", at(), map[string]string{"Sec-Fetch-Site": "same-site"})
			return status, string(text)
		},
		"a link of another page": func() (int, string) { return get(t, address, map[string]string{"Sec-Fetch-Site": "cross-site"}) },
		"a form": func() (int, string) {
			status, text := post(t, address, "view", at(), map[string]string{"Content-Type": "text/plain"})
			return status, string(text)
		},
		"to read by GET": func() (int, string) { return get(t, address+"api/view", nil) },
		"other files":    func() (int, string) { return get(t, address+"server.go", nil) },
		"other folders":  func() (int, string) { return get(t, address+"../server.go", nil) },
		"what there is not": func() (int, string) {
			status, text := post(t, address, "quit", at(), nil)
			return status, string(text)
		},
		"a side that there is not": func() (int, string) {
			status, text := post(t, address, "view", map[string]any{"Side": 1}, nil)
			return status, string(text)
		},
		"no JSON": func() (int, string) {
			status, text := post(t, address, "view", "x", nil)
			return status, string(text)
		},
		"too much": func() (int, string) {
			status, text := post(t, address, "view", at(strings.Repeat("x", 2<<20)), nil)
			return status, string(text)
		},
	} {
		status, text := ask()
		assert.GreaterOrEqual(t, status, 400, name)
		assert.Less(t, status, 500, name)
		assert.NotContains(t, text, secret, name)
		assert.NotContains(t, text, "<html", name)
	}
	status, _ := post(t, address, "view", at(), map[string]string{"Origin": "http://" + host, "Sec-Fetch-Site": "same-origin"})
	assert.Equal(t, http.StatusOK, status, "the page itself does")
}

// Two servers have different tokens, and listen on this machine alone.
func TestATokenIsOfOneServer(t *testing.T) {
	a, b := serve(t, explorer(t, mutex(), nil)), serve(t, explorer(t, mutex(), nil))
	token := func(address string) string { return address[strings.LastIndex(address[:len(address)-1], "/"):] }
	assert.NotEqual(t, token(a), token(b))
	assert.Len(t, token(a), 28, "130 random bits")
	status, _ := get(t, a[:len(a)-len(token(a))]+token(b), nil)
	assert.Equal(t, http.StatusNotFound, status)
	_, err := explore.Listen()
	assert.ErrorContains(t, err, "expected one, or two")
}

// What takes long is said to be in work, and then answered; equal questions are one piece of work.
func TestWhatTakesLongIsSaidToBeInWork(t *testing.T) {
	released := make(chan struct{})
	m := mutex()
	steps := m.Steps
	m.Steps = func(s room, yield func(string, room)) {
		if s.Locked {
			<-released
		}
		steps(s, yield)
	}
	address := serve(t, explorer(t, m, nil))
	begun := time.Now()
	for range 3 {
		status, text := post(t, address, "view", at(both...), nil)
		assert.Equal(t, http.StatusAccepted, status)
		assert.Empty(t, text)
	}
	assert.Less(t, time.Since(begun), 3*time.Second)
	assert.False(t, call[[]explore.Searched](t, address, "search", at())[0].Ended)
	close(released)
	require.Eventually(t, func() bool { return call[[]explore.Searched](t, address, "search", at())[0].Ended }, waitFor, tick, "an answer is not given twice")
	assert.Len(t, call[explore.Pair](t, address, "view", at(both...)).Views[0].Path, 4)
}

// One call shows any model.
func TestServe(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	done := make(chan error)
	go func() { done <- explore.Serve(ctx, write, mutex(), mutexClaims()...) }()
	line := make([]byte, 200)
	n, err := read.Read(line)
	require.NoError(t, err)
	text := string(line[:n])
	assert.True(t, strings.HasPrefix(text, "Walk it at http://127.0.0.1:"), text)
	address, _, _ := strings.Cut(strings.TrimPrefix(text, "Walk it at "), "\n")
	status, _ := get(t, address, nil)
	assert.Equal(t, http.StatusOK, status)
	cancel()
	assert.NoError(t, <-done)
	assert.Error(t, explore.Serve(t.Context(), io.Discard, check.Model[int, int]{}))
}
