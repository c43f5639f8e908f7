// Package conformance replays cases recorded from Pyramid 2.0 against this framework. It reads the
// files of testdata, builds the application of each case through the public packages, sends its
// requests, generates its URLs, and compares the results with Pyramid's.
//
// The format of the files is shared with the program that recorded them:
//
//	{"format": 1, "suite": "views", "recorded_with": "Pyramid 2.0", "cases": [CASE, …]}
//
// A case holds an application (trees, settings, directives), requests, and the expected results.
// Exactly the fields of an expectation are compared. A field or a word that the runner does not
// know fails the case.
//
// A rule describes each deliberate deviation from Pyramid (deviations.go). A rule recognizes its
// requests by their content, never by the name of the case, and sets the exact result expected
// instead, which is compared like any other. That result comes from an outline of the framework's
// promises (outline.go): a second, plain implementation, which knows the directives of the case and
// imports nothing of the packages under test, not even their sorter. The outline must itself agree
// with every recorded response to which no rule applies. For URLs, it must also generate Pyramid's,
// once Pyramid's habits are switched on.
//
// CONFORMANCE_DIR=dir makes the tests read another folder.
package conformance
