package show

// A Handover is what a step hands from one lane to another, before the lanes of a document have numbers.
type Handover struct {
	From, To Lane
	What     string
}
