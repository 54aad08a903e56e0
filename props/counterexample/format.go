package counterexample

import (
	"strings"

	"golang.org/x/tools/txtar"
)

// Format returns the text of the file. It does not keep the comments that a
// person wrote between the steps; Why is the place for what is to last.
func (c *Counterexample) Format() []byte {
	archive := &txtar.Archive{Files: []txtar.File{
		{Name: scenarioSection, Data: c.scenarioText()},
		{Name: propertySection, Data: []byte(oneLine(c.Property) + "\n")},
		{Name: designSection, Data: []byte(oneLine(c.Design) + "\n")},
		{Name: stepsSection, Data: lines(c.Steps)},
	}}
	if len(c.Loop) > 0 {
		archive.Files = append(archive.Files, txtar.File{Name: loopSection, Data: lines(c.Loop)})
	}
	if why := strings.TrimSpace(c.Why); why != "" {
		archive.Comment = []byte(noMarkers(why) + "\n\n")
	}
	return txtar.Format(archive)
}

func lines(steps []Line) []byte {
	var text strings.Builder
	for _, step := range steps {
		text.WriteString(oneLine(step.Text) + "\n")
	}
	return []byte(text.String())
}

// scenarioText keeps the scenario as a person wrote it. It writes a scenario
// anew that nobody wrote, or whose text would end its section.
func (c *Counterexample) scenarioText() []byte {
	if c.Scenario == nil {
		return nil
	}
	text := c.Scenario.Text
	if len(text) == 0 || len(txtar.Parse(text).Files) > 0 {
		return c.Scenario.YAML()
	}
	return text
}

// noMarkers moves lines to the right that would begin a section.
func noMarkers(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if len(txtar.Parse([]byte(line+"\n")).Files) > 0 {
			lines[i] = " " + line
		}
	}
	return strings.Join(lines, "\n")
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
