package terminal

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"pkgdist/props/check/explore"
	"pkgdist/props/check/show"
)

// Update takes a message in.
func (s *screen) Update(message tea.Msg) (tea.Model, tea.Cmd) {
	switch m := message.(type) {
	case tea.WindowSizeMsg:
		s.width, s.height = m.Width, m.Height
	case tea.KeyPressMsg:
		if s.prompt != noPrompt {
			return s, s.write(m)
		}
		return s, s.press(m.String())
	case takesLong:
		s.late = s.late || m.asked == s.asked
	case searched:
		s.found = m
		if slices.ContainsFunc(m, func(one explore.Searched) bool { return !one.Ended }) {
			return s, s.watch(lookAfter)
		}
	case seen:
		if m.asked == s.asked {
			return s, s.show(m)
		}
	case explained:
		if m.asked == s.asked {
			s.why = m.why
		}
	case refused:
		if m.asked == s.asked {
			s.answered(m.err)
			s.stopped = m.list
		}
	case way:
		if m.asked == s.asked {
			return s, s.follow(m)
		}
	case written:
		if s.message = "Kept in " + m.name + "."; m.err != nil {
			s.message = m.err.Error()
		}
	}
	return s, nil
}

// answered notes that the last question is answered: it is one no more that takes long.
func (s *screen) answered(err error) {
	s.asked++
	s.late = false
	if err != nil {
		s.message = err.Error()
	}
}

// show takes in what is at the place, and asks why it is wrong if it is.
func (s *screen) show(m seen) tea.Cmd {
	s.answered(m.err)
	if m.err != nil {
		return nil
	}
	s.pair, s.why = m.pair, nil
	s.chosen = min(s.chosen, max(0, len(s.choices())-1))
	if s.pane == theImpossible {
		return s.refuse()
	}
	for i, v := range m.pair.Views {
		at := slices.IndexFunc(v.Broken, func(b explore.Broken) bool { return !b.Reached })
		if at < 0 {
			continue
		}
		p, asked := s.place, s.asked
		p.Steps, p.At = p.Steps[:v.At], v.At
		return func() tea.Msg {
			why, err := s.explorers[i].Why(p, v.Broken[at].Name)
			if err != nil {
				why = nil
			}
			return explained{asked, why}
		}
	}
	return nil
}

// A choice is a step that is possible under some of the models.
type choice struct {
	explore.Choice
	only string // the model under which alone it is possible; empty is all
}

func (s *screen) choices() []choice {
	var list []choice
	if s.pair == nil {
		return nil
	}
	for i, v := range s.pair.Views {
		for _, c := range v.Steps {
			at := slices.IndexFunc(list, func(other choice) bool { return other.Ref == c.Ref })
			switch {
			case at >= 0:
				list[at].only = ""
			case len(s.pair.Views) > 1:
				list = append(list, choice{c, s.about[i].Name})
			default:
				list = append(list, choice{c, ""})
			}
		}
	}
	return list
}

// keys are what each key does, in the order in which they are told.
var keys = []struct{ key, short, says string }{
	{"1-9", "take", "take that step"},
	{"enter", "", "take the step that is marked; up and down mark another"},
	{"←→", "along", "back and forward along the path; home and end are its ends"},
	{"u", "undo", "undo: the path before this one"},
	{"0", "start", "start again; i begins in the next initial state"},
	{"j", "jump", "jump to where the next property breaks"},
	{"f", "filter", "show only steps with certain words"},
	{"/", "find", "find the nearest state that meets a condition, such as B/P INCOMING = 2 and at rest"},
	{"k", "keep", "keep the path as a file that is replayed"},
	{"g", "Go test", "keep it as a Go test; o keeps it in another form"},
	{"s", "state", "show the state"},
	{"p", "path", "show the path"},
	{"n", "why not", "show what cannot happen now, and why"},
	{"v", "verdicts", "show all properties"},
	{"m", "map", "show how many states there are, by their distance from the beginning"},
	{"?", "keys", "show all keys; pgup and pgdown scroll"},
	{"q", "quit", "quit"},
}

// press does what a key does.
func (s *screen) press(key string) tea.Cmd {
	s.message = ""
	panes := map[string]pane{"s": theState, "p": thePath, "v": theProperties, "m": theLevels, "?": theKeys}
	if p, ok := panes[key]; ok {
		s.pane, s.scroll = p, 0
		return nil
	}
	prompts := map[string]prompt{"/": aCondition, "f": aFilter, "o": aFormat}
	if p, ok := prompts[key]; ok {
		s.prompt, s.typed = p, ""
		return nil
	}
	if len(key) == 1 && '1' <= key[0] && key[0] <= '9' {
		return s.take(int(key[0] - '1'))
	}
	switch key {
	case "q", "ctrl+c":
		return tea.Quit
	case "enter":
		return s.take(s.chosen)
	case "down":
		s.chosen = min(s.chosen+1, max(0, len(s.choices())-1))
	case "up":
		s.chosen = max(s.chosen-1, 0)
	case "pgdown", "space":
		s.scroll += max(1, s.height/3)
	case "pgup":
		s.scroll = max(0, s.scroll-max(1, s.height/3))
	case "left":
		return s.along(s.place.At - 1)
	case "right":
		return s.along(s.place.At + 1)
	case "home":
		return s.along(0)
	case "end":
		return s.along(len(s.place.Steps))
	case "u", "backspace":
		return s.undo()
	case "0":
		return s.goTo(explore.Place{Initial: s.place.Initial})
	case "i":
		return s.goTo(explore.Place{Initial: (s.place.Initial + 1) % s.about[0].Initial})
	case "j":
		return s.jump()
	case "n":
		s.pane, s.scroll = theImpossible, 0
		return s.refuse()
	case "k":
		return s.keep("txtar")
	case "g":
		return s.keep("go")
	}
	return nil
}

// write takes a key into what is being typed.
func (s *screen) write(key tea.KeyPressMsg) tea.Cmd {
	switch key.String() {
	case "esc":
		s.prompt = noPrompt
	case "ctrl+c":
		return tea.Quit
	case "backspace":
		if runes := []rune(s.typed); len(runes) > 0 {
			s.typed = string(runes[:len(runes)-1])
		}
	case "enter":
		asked := s.prompt
		s.prompt = noPrompt
		switch asked {
		case aCondition:
			return s.find(s.typed)
		case aFilter:
			s.window, s.chosen = explore.Window{Filter: s.typed}, 0
			return s.look()
		case aFormat:
			return s.keep(strings.TrimSpace(s.typed))
		}
	default:
		s.typed += show.Printable(key.Text)
	}
	return nil
}

// goTo begins another path.
func (s *screen) goTo(p explore.Place) tea.Cmd {
	s.earlier = append(s.earlier, s.place)
	return s.stand(p)
}

func (s *screen) stand(p explore.Place) tea.Cmd {
	s.place, s.chosen, s.scroll, s.window = p, 0, 0, explore.Window{}
	return s.look()
}

func (s *screen) undo() tea.Cmd {
	if len(s.earlier) == 0 {
		s.message = "There is nothing to undo."
		return nil
	}
	p := s.earlier[len(s.earlier)-1]
	s.earlier = s.earlier[:len(s.earlier)-1]
	return s.stand(p)
}

// along goes along the path.
func (s *screen) along(at int) tea.Cmd {
	if at < 0 || at > len(s.place.Steps) || at == s.place.At {
		return nil
	}
	p := s.place
	p.At = at
	return s.stand(p)
}

// take takes a step, which may be the next one of the path.
func (s *screen) take(i int) tea.Cmd {
	list := s.choices()
	if i >= len(list) {
		return nil
	}
	if p := s.place; p.At < len(p.Steps) && p.Steps[p.At] == list[i].Ref {
		return s.along(p.At + 1)
	}
	p := explore.Place{Initial: s.place.Initial, Steps: append(slices.Clone(s.place.Steps[:s.place.At]), list[i].Ref)}
	p.At = len(p.Steps)
	return s.goTo(p)
}

// violated are the properties that are known to be violated, with where they are.
func (s *screen) violated() []explore.Verdict {
	var list []explore.Verdict
	for _, one := range s.found {
		for _, v := range one.Verdicts {
			if v.Outcome == "violated" && v.There != nil {
				list = append(list, v)
			}
		}
	}
	return list
}

// jump goes to where a property breaks: the next one after that for which the path was walked.
func (s *screen) jump() tea.Cmd {
	list := s.violated()
	if len(list) == 0 {
		s.message = "Nothing is known to break."
		return nil
	}
	next := slices.IndexFunc(list, func(v explore.Verdict) bool { return v.Name == s.place.Property }) + 1
	s.pane = theState
	return s.goTo(*list[next%len(list)].There)
}

// refuse asks what cannot happen.
func (s *screen) refuse() tea.Cmd {
	p := s.place
	return s.ask(func(asked int) tea.Msg {
		r := refused{asked: asked}
		for _, e := range s.explorers {
			list, err := e.Impossible(p)
			if err != nil {
				return refused{asked: asked, err: err}
			}
			r.list = append(r.list, list)
		}
		return r
	})
}

// find looks for a state from here on.
func (s *screen) find(condition string) tea.Cmd {
	p := s.place
	s.message = "Looking …"
	return s.ask(func(asked int) tea.Msg {
		found, err := s.explorers[0].Find(s.ctx, p, condition)
		return way{asked, found, err}
	})
}

func (s *screen) follow(m way) tea.Cmd {
	s.message = ""
	s.answered(m.err)
	switch {
	case m.err != nil:
		return nil
	case m.found.None != "":
		s.message = m.found.None
		return nil
	case len(m.found.Steps) == 0:
		s.message = "The state here meets this."
		return nil
	}
	p := explore.Place{Initial: s.place.Initial, Steps: slices.Concat(s.place.Steps[:s.place.At], m.found.Steps)}
	p.At = len(p.Steps)
	s.message = fmt.Sprintf("Found after %s. U goes back.", show.Count(len(m.found.Steps), "step", "steps"))
	return s.goTo(p)
}

// keep writes the path into the folder, beside what is there.
func (s *screen) keep(format string) tea.Cmd {
	p := s.place
	return func() tea.Msg {
		kept, err := explore.Keep(s.explorers[0], p, format)
		if err != nil {
			return written{err: err}
		}
		name, extension, _ := strings.Cut(kept.File, ".")
		if strings.HasSuffix(name, "_test") { // of a Go test
			name, extension = strings.TrimSuffix(name, "_test"), "_test."+extension
		} else {
			extension = "." + extension
		}
		for n := 1; ; n++ {
			number := ""
			if n > 1 {
				number = fmt.Sprintf("-%d", n)
			}
			path := filepath.Join(s.folder, name+number+extension)
			if _, err := os.Lstat(path); err == nil {
				continue
			}
			return written{cmp.Or(path, name), show.WriteFile(path, []byte(kept.Text))}
		}
	}
}
