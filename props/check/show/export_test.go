package show

// What the tests of the forms look at.
var (
	MermaidText  = mermaidText
	DOTText      = dotText
	MarkdownText = markdownText
	Printable    = printable
	Nearest      = nearest
)

const LoopBegins, LoopName = loopBegins, loopName
