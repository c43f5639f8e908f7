// Package browser drives Chromium for tests of pages: it opens them in several widths and colours,
// and has them judged by axe (accessibility) and the Nu HTML checker (markup). It is a module of
// its own, so that nothing else depends on what controls the browser.
//
//	.ci/pages                  installs the tools, and runs the tests
//	.ci/pages -run TestTracker other arguments are those of go test
//
// Without a tool the tests are skipped; they fail instead if the environment has CI=true. With
// BROWSER_SCREENSHOTS=DIR they write a picture of each page into the folder.
package browser
