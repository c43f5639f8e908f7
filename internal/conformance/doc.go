// Package conformance plays cases recorded from Pyramid 2.0 against this
// framework: it reads the files of testdata, builds the application of each
// case through the public packages alone, makes its requests and URLs, and
// compares what came out with what Pyramid answered.
//
// The format of the files is shared with the program that recorded them:
//
//	{"format": 1, "suite": "views", "recorded_with": "Pyramid 2.0", "cases": [CASE, …]}
//
// A case holds an application (trees, settings, directives), requests, and
// what is expected of each. Exactly the fields which an expectation holds are
// compared, and a field or a word that the runner does not know fails the
// case: nothing is passed over in silence.
//
// Where this framework means to differ, a rule says so (deviations.go). A
// rule recognises its requests by what they are, never by the name of the
// case, and states our exact answer, which is then compared like any other.
// The answer comes from an outline of the framework's promises (outline.go):
// a second, plain reading of them, which knows the directives of the case and
// imports nothing of the packages under test, not even their sorter. The outline is itself held against
// every recorded answer for which no rule speaks; of URLs, it must also say what
// Pyramid made, once it reads and writes in Pyramid's ways.
//
// CONFORMANCE_DIR=dir makes the tests read another folder.
package conformance
