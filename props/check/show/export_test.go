package show

// What the tests of the forms look at.
var (
	DOTText      = dotText
	MarkdownText = markdownText
)

const LoopBegins, LoopName = loopBegins, loopName
