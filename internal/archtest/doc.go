// Package archtest checks the code against a picture of the project's packages: which may import
// which, what each may link, and how large it may grow. Read picture.go first. A wrong import fails
// the tests of this package with a text that says what to do.
package archtest
