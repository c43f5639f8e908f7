// Package archtest holds the code to the picture of the house: which room may import which, what
// each may link, and how large it may grow. The picture is picture.go; read it first. A wrong edge
// fails the tests of this package with a text that says what to do.
package archtest
