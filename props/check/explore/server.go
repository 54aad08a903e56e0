package explore

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"pkgdist/props/check"
	"pkgdist/props/check/show"
)

// Serve shows a model on a local page until ctx ends, and explores it meanwhile. It prints the address of the page on w.
// Whoever knows the address can walk, and nobody else.
func Serve[S any, T comparable](ctx context.Context, w io.Writer, m check.Model[S, T], properties ...check.Property[S]) error {
	e, err := New(m, properties, Options{})
	if err != nil {
		return err
	}
	s, err := Listen(e)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "Walk it at %s\nCtrl-C ends it.\n", s.Address())
	return s.Run(ctx)
}

// A Server shows one model on a local page, or two beside each other.
type Server struct {
	explorers []Explorer
	listener  net.Listener
	host      string // 127.0.0.1 and the port
	token     string // without which nobody gets an answer
	jobs      *jobs
	ctx       context.Context // of the searches, and of the searches for a condition
}

// Listen begins to listen on a free port of this machine alone, for one explorer or two.
func Listen(explorers ...Explorer) (*Server, error) {
	if len(explorers) < 1 || len(explorers) > 2 {
		return nil, fmt.Errorf("explore: %d explorers; expected one, or two to be shown beside each other", len(explorers))
	}
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("explore: %w", err)
	}
	return &Server{explorers: explorers, listener: listener, host: listener.Addr().String(), token: rand.Text(), jobs: newJobs(), ctx: context.Background()}, nil
}

// Address is that of the page.
func (s *Server) Address() string { return "http://" + s.host + "/" + s.token + "/" }

// Run answers, and searches, until ctx ends.
func (s *Server) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	s.ctx = ctx
	var searches sync.WaitGroup
	defer searches.Wait()
	defer cancel()
	searches.Go(func() {
		for _, e := range s.explorers {
			e.Search(ctx)
		}
	})
	server := &http.Server{
		Handler: s, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
	}
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("explore: %w", err)
	}
	return nil
}

//go:embed page.html page.css page.js icon.svg
var files embed.FS

// mostBody bounds a request, in bytes: a path of ten thousand steps.
const mostBody = 1 << 20

// contentPolicy lets a page load what comes from here, and nothing else.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// ServeHTTP answers whoever knows the token and asks this machine by its number.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for name, value := range map[string]string{
		"Content-Security-Policy": contentPolicy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY",
	} {
		w.Header().Set(name, value)
	}
	if why := s.stranger(r); why != "" {
		http.Error(w, why, http.StatusForbidden)
		return
	}
	token, name, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if !ok || subtle.ConstantTimeCompare([]byte(token), []byte(s.token)) != 1 {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	if name, ok := strings.CutPrefix(name, "api/"); ok {
		s.api(w, r, name)
		return
	}
	s.file(w, r, name)
}

// stranger says why a request does not come from the page itself, nor from a person who types its address. A page of
// another origin cannot choose what is looked at here, and a name that leads to this machine is not its number.
func (s *Server) stranger(r *http.Request) string {
	site := r.Header.Get("Sec-Fetch-Site")
	switch origin := r.Header.Get("Origin"); {
	case r.Host != s.host:
		return "expected this machine to be asked as " + s.host
	case origin != "" && origin != "http://"+s.host:
		return "expected a request of the page itself"
	case site != "" && site != "same-origin" && site != "none":
		return "expected a request of the page itself"
	}
	return ""
}

func (s *Server) file(w http.ResponseWriter, r *http.Request, name string) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "expected GET", http.StatusMethodNotAllowed)
		return
	}
	kinds := map[string]string{"": "text/html", "page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
	kind, known := kinds[name]
	if !known {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	text, err := files.ReadFile(map[bool]string{true: "page.html", false: name}[name == ""])
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if name == "page.css" {
		text = append([]byte(show.Style()), text...)
	}
	w.Header().Set("Content-Type", kind+"; charset=utf-8")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text))
}

// A request is what a page asks. What it does not need is empty.
type request struct {
	Place
	Window
	Side              int // which of two models
	Condition, Format string
}

func (s *Server) api(w http.ResponseWriter, r *http.Request, name string) {
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
		http.Error(w, "expected POST of application/json", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	if err != nil {
		http.Error(w, "expected a request of at most 1 MiB", http.StatusRequestEntityTooLarge)
		return
	}
	var asked request
	if err := json.Unmarshal(body, &asked); err != nil || asked.Side < 0 || asked.Side >= len(s.explorers) {
		http.Error(w, "expected a place", http.StatusBadRequest)
		return
	}
	work := s.work(name, asked)
	if work == nil {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	answer, err, done := s.jobs.do(name+"\n"+string(body), func() ([]byte, error) {
		answer, err := work()
		if err != nil {
			return nil, err
		}
		return json.Marshal(answer)
	})
	w.Header().Set("Content-Type", "application/json")
	switch {
	case errors.Is(err, errBusy):
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusServiceUnavailable)
	case err != nil: // no failure of the server: a browser would complain of it
		answer, _ = json.Marshal(map[string]string{"Error": err.Error()})
	case !done:
		w.WriteHeader(http.StatusAccepted) // it is being worked on: the page asks again
	}
	w.Write(answer)
}

// A Pair is what is shown of a place: by one model, or by two and where they part.
type Pair struct {
	Views      []*View
	Difference *Difference // nil of one
}

// A Kept is a path in one of the formats.
type Kept struct{ File, Text string }

// work is what answers a request, or nil if there is no such request.
func (s *Server) work(name string, r request) func() (any, error) {
	e := s.explorers[r.Side]
	return map[string]func() (any, error){
		"about": func() (any, error) {
			var all []About
			for _, e := range s.explorers {
				all = append(all, e.About())
			}
			return all, nil
		},
		"search": func() (any, error) {
			var all []Searched
			for _, e := range s.explorers {
				all = append(all, e.Searched())
			}
			return all, nil
		},
		"view":       func() (any, error) { return Look(s.explorers, r.Place, r.Window) },
		"impossible": func() (any, error) { return e.Impossible(r.Place) },
		"why":        func() (any, error) { return e.Why(r.Place, r.Property) },
		"find":       func() (any, error) { return e.Find(s.ctx, r.Place, r.Condition) },
		"map":        func() (any, error) { return e.Map(r.Place) },
		"keep":       func() (any, error) { return Keep(e, r.Place, r.Format) },
	}[name]
}

// Look is what one model, or two, show at a place.
func Look(explorers []Explorer, p Place, w Window) (*Pair, error) {
	pair := &Pair{}
	for _, e := range explorers {
		v, err := e.View(p, w)
		if err != nil {
			return nil, err
		}
		pair.Views = append(pair.Views, v)
	}
	var err error
	if len(explorers) == 2 {
		pair.Difference, err = Compare(explorers[0], explorers[1], p)
	}
	return pair, err
}

// Keep is the path to a place in one of the formats of package show.
func Keep(e Explorer, p Place, format string) (*Kept, error) {
	f, err := show.FindFormat(format)
	if err != nil {
		return nil, err
	}
	d, err := e.Document(p)
	if err != nil {
		return nil, err
	}
	text, err := f.Bytes(d)
	if err != nil {
		return nil, err
	}
	return &Kept{File: d.Name + f.Extension, Text: string(text)}, nil
}
