// Package conform holds running code against a model: does the code do what the model does, is a log a behaviour of the
// model, and is what is left after a crash a state that the model allows?
//
// Drive makes tests of an implementation from the model's own traces: a tour that takes every transition of the model, or
// any traces. Explain finds out whether a behaviour of the model explains a log. KillAtEach kills a process at each of its
// system calls, and has Explain judge what it shows when it is started again.
//
// Goals: one driver for all traces; a failure is a story, as short as runs of the subject can make it, with what was
// expected and what was seen; a subject that hangs fails a test and does not hang it; all states that are consistent with
// what was observed are tracked, so that no guess is a verdict; nothing passes unless it was looked at: how many of the
// transitions were driven is part of the result, and a limit makes a log undecided.
//
// Non-goals: no test of speed, and no control over goroutines inside the subject. A step begins and ends where the driver can
// hold the subject: at an interface, a reader, a callback. In a bubble of testing/synctest a driver can wait until the
// subject is quiet, and the time that a blocked subject is given costs nothing.
package conform
