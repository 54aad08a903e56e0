package terminal

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"pkgdist/props/check"
	"pkgdist/props/check/explore"
	"pkgdist/props/check/show"
)

// Colours are those of the terminal, so that they can be read on its background; what they say is said by a sign too.
const (
	plain  = "\x1b[m"
	strong = "\x1b[1m"
	dim    = "\x1b[2m"
	red    = "\x1b[1;31m"
	yellow = "\x1b[33m"
	blue   = "\x1b[34m"
	marked = "\x1b[7m"
)

// styled is a text of a model in a style. Nothing in it drives the terminal.
func styled(style, text string) string { return style + show.Printable(text) + plain }

// View draws the screen.
func (s *screen) View() tea.View {
	v := tea.NewView(strings.Join(s.lines(), "\n"))
	v.AltScreen = true
	v.WindowTitle = show.Printable(s.about[0].Title)
	return v
}

// lines are the whole screen: as many lines as it has, and none wider.
func (s *screen) lines() []string {
	head, foot := s.head(), s.foot()
	room := max(0, s.height-len(head)-len(foot))
	steps := s.steps(max(3, room/2))
	title, content := s.content()
	pane := s.part(title, content, max(1, room-len(steps)))
	all := append(append(head, steps...), pane...)
	for len(all)+len(foot) < s.height {
		all = append(all, "")
	}
	all = append(all[:min(len(all), max(0, s.height-len(foot)))], foot...)
	if len(all) > s.height {
		all = all[:s.height]
	}
	for i := range all {
		all[i] = ansi.Truncate(all[i], s.width, "…")
	}
	return all
}

// wrap breaks a styled text into lines, the later ones further in.
func (s *screen) wrap(first, later, text string) []string {
	width := max(20, s.width-len(later))
	lines := strings.Split(ansi.Wrap(text, width, " "), "\n")
	for i := range lines {
		if i == 0 {
			lines[i] = first + lines[i]
		} else {
			lines[i] = later + lines[i]
		}
	}
	return lines
}

// rule is a line with a title in it.
func (s *screen) rule(title string) string {
	return dim + "── " + plain + strong + title + plain + dim + " " + strings.Repeat("─", max(0, s.width-4-ansi.StringWidth(title))) + plain
}

func joined(words []show.Word) string {
	var b strings.Builder
	for _, w := range words {
		b.WriteString(w.Text)
	}
	return b.String()
}

// head is what stands at the top: the model, the search, the step and what is wrong.
func (s *screen) head() []string {
	name := s.about[0].Title
	if len(s.about) > 1 {
		name = s.about[0].Name + " beside " + s.about[1].Name + ": " + name
	}
	lines := []string{styled(strong, name), styled(dim, s.figures())}
	if s.pair == nil {
		return lines
	}
	var step *explore.Step
	for _, v := range s.pair.Views {
		if at := s.place.At; at > 0 && at <= len(v.Path) && step == nil {
			step = &v.Path[at-1]
		}
	}
	at := fmt.Sprintf("Step %d of %d", s.place.At, len(s.place.Steps))
	if s.place.At == 0 {
		at = "The beginning"
	}
	text := "Choose what happens."
	if step != nil {
		text = show.Capital(joined(step.Told))
		for _, remark := range step.Remarks {
			text += " ! " + remark
		}
	}
	lines = append(lines, s.wrap("", "  ", styled(strong, at)+"  "+styled("", text))...)
	for i, v := range s.pair.Views {
		name := ""
		if len(s.pair.Views) > 1 {
			name = s.about[i].Name + ": "
		}
		if v.Stopped != "" {
			lines = append(lines, s.wrap("", "  ", styled(yellow, name+v.Stopped))...)
		}
		for _, b := range v.Broken {
			if !b.Reached {
				lines = append(lines, s.wrap("", "  ", s.wrong(name, b))...)
				break
			}
		}
	}
	if d := s.pair.Difference; d != nil && d.At >= 0 {
		lines = append(lines, s.wrap("", "  ", styled(blue, "≠ "+d.Says))...)
	}
	return lines
}

// wrong says what is wrong, and why once that is known.
func (s *screen) wrong(name string, b explore.Broken) string {
	if s.why == nil || s.why.Property != b.Name {
		return styled(red, "✕ "+name+b.Name)
	}
	text := "✕ " + name + s.why.Wrong
	if s.why.Ending != "" {
		text += " " + s.why.Ending
	}
	return styled(red, text) + " " + styled("", s.why.Decided)
}

// figures are how far the searches are.
func (s *screen) figures() string {
	var parts []string
	for i, one := range s.found {
		name := ""
		if len(s.found) > 1 {
			name = s.about[i].Name + ": "
		}
		violated, all := 0, 0
		for _, v := range one.Verdicts {
			if v.Outcome == "violated" {
				violated++
			}
			if !strings.HasPrefix(v.Kind, check.KindSometimes.String()) {
				all++
			}
		}
		switch {
		case one.Failed != "":
			parts = append(parts, name+one.Failed)
			continue
		case !one.Begun:
			parts = append(parts, name+"not explored yet")
			continue
		}
		text := name + show.Count(one.States, "state", "states")
		switch {
		case !one.Ended:
			text += fmt.Sprintf(", exploring at depth %d", one.Depth)
		case one.Stopped != "":
			text += ", not all: " + one.Stopped
		default:
			text += ", all there are"
		}
		parts = append(parts, fmt.Sprintf("%s, %d of %s violated", text, violated, show.Count(all, "property", "properties")))
	}
	return strings.Join(parts, " · ")
}

// steps are what can happen, in so many lines at the most.
func (s *screen) steps(most int) []string {
	if s.pair == nil {
		return nil
	}
	list := s.choices()
	all, total := 0, 0
	for _, v := range s.pair.Views {
		all, total = max(all, v.All), max(total, v.Total)
	}
	title := "What can happen now"
	switch {
	case s.window.Filter != "":
		title += fmt.Sprintf(": %s of %s steps with %q", show.Number(total), show.Number(all), s.window.Filter)
	case all > 9:
		title += ": " + show.Count(all, "step", "steps")
	}
	lines := []string{s.rule(show.Printable(title))}
	if len(list) == 0 {
		return append(lines, styled(dim, "Nothing more can happen."))
	}
	var drawn [][]string
	for i, c := range list {
		drawn = append(drawn, s.choice(i, c))
	}
	first := 0 // the steps above the window: what is chosen is in it
	for height(drawn[first:s.chosen+1]) > most-1 && first < s.chosen {
		first++
	}
	for i := first; i < len(drawn) && len(lines)+len(drawn[i]) <= most; i++ {
		lines = append(lines, drawn[i]...)
	}
	return lines
}

func height(list [][]string) (lines int) {
	for _, one := range list {
		lines += len(one)
	}
	return lines
}

func (s *screen) choice(i int, c choice) []string {
	key := " "
	if i < 9 {
		key = fmt.Sprint(i + 1)
	}
	mark := " "
	if i == s.chosen {
		mark = ">"
	}
	text := styled("", show.Capital(joined(c.Told)))
	if i == s.chosen {
		text = styled(marked, show.Capital(joined(c.Told)))
	}
	if c.Taken {
		text += styled(dim, " (the path goes on so)")
	}
	if c.Environment {
		text += styled(dim, " (a user, or a fault)")
	}
	if c.only != "" {
		text += styled(blue, " ≠ only under "+c.only)
	}
	if len(c.Broken) > 0 {
		text += styled(red, " ✕ breaks "+c.Broken[0])
		if len(c.Broken) > 1 {
			text += styled(red, fmt.Sprintf(" and %d more", len(c.Broken)-1))
		}
	}
	return s.wrap(fmt.Sprintf("%s%s ", mark, key), "   ", text)
}

// part is the part of the pane that is shown, with its title.
func (s *screen) part(title string, lines []string, room int) []string {
	s.scroll = max(0, min(s.scroll, len(lines)-(room-1)))
	end := min(len(lines), s.scroll+room-1)
	if hidden := len(lines) - end; hidden > 0 {
		title += fmt.Sprintf(" (%s more: pgdown)", show.Count(hidden, "line", "lines"))
	}
	return append([]string{s.rule(title)}, lines[min(s.scroll, len(lines)):end]...)
}

// content is the pane that is chosen.
func (s *screen) content() (title string, lines []string) {
	switch s.pane {
	case thePath:
		return "The path so far", s.path()
	case theImpossible:
		return "What cannot happen now, and why", s.impossible()
	case theProperties:
		return "All properties", s.properties()
	case theLevels:
		return "States by their distance from the beginning", s.levels()
	case theKeys:
		var lines []string
		for _, k := range keys {
			lines = append(lines, s.wrap(fmt.Sprintf("%-6s ", k.key), "       ", k.says)...)
		}
		return "Keys", lines
	}
	return "The state", s.state()
}

func (s *screen) state() (lines []string) {
	if s.pair == nil {
		return nil
	}
	differs := map[string]bool{}
	if s.pair.Difference != nil {
		for _, name := range s.pair.Difference.Fields {
			differs[name] = true
		}
	}
	for side, v := range s.pair.Views {
		if len(s.pair.Views) > 1 {
			lines = append(lines, styled(blue, s.about[side].Name))
		}
		changed := map[int]explore.Change{}
		for _, c := range v.Changed {
			changed[c.Field] = c
		}
		for _, p := range v.Panels {
			var parts []string
			for _, b := range p.Boxes {
				for _, r := range b.Rows {
					parts = append(parts, s.field(side, r, changed, differs))
				}
			}
			if len(v.Panels) > 1 { // the only one is the state
				lines = append(lines, styled(strong, p.Title)+" "+styled(dim, p.Note))
			}
			lines = append(lines, s.flow(parts)...)
		}
	}
	return lines
}

func (s *screen) field(side int, r show.Row, changed map[int]explore.Change, differs map[string]bool) string {
	style, sign := strong, ""
	c, is := changed[r.Field]
	if !is && s.about[side].Start[r.Field] == r.Value {
		style = dim
	}
	if is {
		style, sign = yellow, "● "
	}
	if r.Bad {
		style = red
	}
	text := styled(dim, r.Label) + " " + styled(style, sign+r.Value)
	if is {
		text += styled(dim, " was "+c.Was)
	}
	if differs[s.about[side].Fields[r.Field]] {
		text += styled(blue, " ≠")
	}
	return text
}

// flow puts as many parts in a line as fit.
func (s *screen) flow(parts []string) (lines []string) {
	line := " "
	for _, part := range parts {
		if ansi.StringWidth(line) > 1 && ansi.StringWidth(line)+2+ansi.StringWidth(part) > s.width {
			lines, line = append(lines, line), " "
		}
		if ansi.StringWidth(line) > 1 {
			line += dim + "·" + plain
		}
		line += " " + part + " "
	}
	return append(lines, line)
}

func (s *screen) path() (lines []string) {
	if s.pair == nil || len(s.place.Steps) == 0 {
		return []string{"Nothing has happened yet."}
	}
	path := s.pair.Views[0].Path
	for _, v := range s.pair.Views {
		if len(v.Path) > len(path) {
			path = v.Path
		}
	}
	for i, step := range path {
		style := ""
		if i >= s.place.At {
			style = dim
		}
		lines = append(lines, s.wrap(fmt.Sprintf("%4d. ", i+1), "      ", styled(style, show.Capital(joined(step.Told))))...)
		for _, remark := range step.Remarks {
			lines = append(lines, s.wrap("      ! ", "        ", styled(yellow, remark))...)
		}
		for _, c := range step.Changed {
			place := ""
			if c.Place != "" {
				place = c.Place + ": "
			}
			lines = append(lines, s.wrap("        ", "          ", styled(dim, fmt.Sprintf("%s%s %s -> %s", place, c.Label, c.Was, c.Is)))...)
		}
		for _, name := range step.Broken {
			lines = append(lines, "      "+styled(red, "✕ breaks "+name))
		}
	}
	return lines
}

func (s *screen) impossible() (lines []string) {
	for side, list := range s.stopped {
		if len(s.stopped) > 1 {
			lines = append(lines, styled(blue, s.about[side].Name))
		}
		if list.Silent {
			lines = append(lines, s.wrap("", "", "This model does not say what stops a step. Give it Rules with Blocked, or Independence with WhyNot.")...)
		}
		for _, r := range list.Rules {
			if r.Barred != "" {
				lines = append(lines, s.wrap("", "  ", styled(dim, r.Name+" never: it needs that "+r.Barred))...)
				continue
			}
			lines = append(lines, styled(strong, r.Name))
			for _, g := range r.Guards {
				lines = append(lines, s.wrap("  ", "    ", styled(red, "✕ it needs that "+g.Name))...)
				for _, step := range g.Steps {
					lines = append(lines, s.wrap("    ", "      ", styled(dim, show.Capital(joined(step))))...)
				}
			}
		}
	}
	return lines
}

func (s *screen) properties() (lines []string) {
	for side, one := range s.found {
		if len(s.found) > 1 {
			lines = append(lines, styled(blue, s.about[side].Name))
		}
		for _, v := range one.Verdicts {
			style, outcome := "", v.Outcome
			switch {
			case outcome == "":
				outcome = "not known yet"
			case v.There != nil:
				outcome += " after " + show.Count(len(v.There.Steps), "step", "steps")
			}
			if v.Outcome == "violated" {
				style = red
			}
			text := styled(style, v.Name+": "+outcome)
			if v.Reason != "" {
				text += " " + styled(dim, v.Reason)
			}
			lines = append(lines, s.wrap("", "  ", text)...)
			if v.Says != "" {
				lines = append(lines, s.wrap("  ", "  ", styled(dim, v.Says))...)
			}
		}
	}
	return lines
}

// levels draws how many states each level has.
func (s *screen) levels() (lines []string) {
	for side, one := range s.found {
		if len(s.found) > 1 {
			lines = append(lines, styled(blue, s.about[side].Name))
		}
		most := int64(1)
		for _, n := range one.Levels {
			most = max(most, n)
		}
		broken := map[int][]string{}
		for _, v := range one.Verdicts {
			if v.Outcome == "violated" && v.There != nil {
				broken[len(v.There.Steps)] = append(broken[len(v.There.Steps)], v.Name)
			}
		}
		for level, n := range one.Levels {
			here := " "
			if level == s.place.At {
				here = ">"
			}
			bar := strings.Repeat("█", int(n*20/most))
			text := fmt.Sprintf("%s%4d %11s %s%-20s%s", here, level, show.Number(n), blue, bar, plain)
			if len(broken[level]) > 0 {
				text += styled(red, " ✕ "+strings.Join(broken[level], ", "))
			}
			lines = append(lines, text)
		}
	}
	return lines
}

// foot is what stands at the bottom: what is typed or was said, and the keys.
func (s *screen) foot() []string {
	line := show.Printable(s.message)
	labels := map[prompt]string{
		aCondition: "Find a state in which: ", aFilter: "Only steps with the words: ", aFormat: "Keep as (" + strings.Join(show.FormatNames(), " ") + "): ",
	}
	switch {
	case s.prompt != noPrompt:
		line = labels[s.prompt] + s.typed + marked + " " + plain
	case s.late && line == "":
		line = "Working …"
	}
	lines := []string{line}
	if s.prompt == noPrompt || line == "" {
		lines = s.wrap("", "", line)
	}
	var parts []string
	for _, k := range keys {
		if k.short != "" {
			parts = append(parts, strong+k.key+plain+" "+k.short)
		}
	}
	return append(lines, strings.Split(ansi.Wrap(strings.Join(parts, "  "), s.width, " "), "\n")...)
}
