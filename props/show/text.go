package show

import (
	"fmt"
	"io"
)

// Text writes the document for a terminal.
func Text(w io.Writer, d *Document) error {
	Head(w, d)
	d.Story.Write(w)
	_, err := fmt.Fprintf(w, "\n%s\n", d.Conclusion)
	return err
}

// Head writes what stands above the story.
func Head(w io.Writer, d *Document) {
	fmt.Fprintf(w, "%s\n\nScenario: %s\nDesign: %s\nProperty %s: %s\n\n", d.Why, d.Scenario, d.Design, d.Property, d.Says)
}
