package show

// What the tests of the escapes look at.
var (
	MermaidText  = mermaidText
	DOTText      = dotText
	MarkdownText = markdownText
	Printable    = printable
)
