// Package readme compiles and runs the code in README.md, and checks the names and places in it.
package readme
