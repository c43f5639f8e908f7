// Package messages collects the texts of an application that are translated, and compares them with
// its catalogs. It reads source, so it is for tools and tests, not for applications themselves.
//
//	go tool mastaba messages extract --locale de,fr   # writes locale/messages.pot and the catalogs
//	go tool mastaba messages check                    # exit status 1 if a text has no translation
//
// The command mastaba (framework/cmd/mastaba) is [Update] and [Check] on a command line. A test of
// an application may call Check instead, so that a missing translation fails it; ExampleCheck does.
//
// # What is collected
//
// In Go, found by type, in packages that compile, with constant texts:
//
//   - calls of Tr and Plural of an i18n.Domain; domain and context are read from where the domain
//     was made, through variables that are set once
//   - literals of web.Message
//   - details and titles of HTTP errors, such as web.NotFound("no such page"), which the framework
//     translates
//   - texts of views.FieldError without a code, and texts of errors made in a method Validate()
//     error
//   - calls of functions and closures that pass a parameter on to one of these
//
// In templates: calls of t, tn and tc, also at the end of a pipeline. A template is read by the
// parser of text/template, so what is collected is what it executes.
//
// A comment that begins with "TRANSLATORS:" in the line before the message, or in the same line,
// gets into the catalogs.
//
// # What is checked
//
// A message is missing if a catalog of its domain has no translation; a message in a catalog is
// stale if the source lacks it; a fuzzy one waits for a review. The markers ${name} of a text and
// its translation have to be the same, except that not every plural form has to show the number. In
// the source, each marker needs a value.
package messages
