// Package readme compiles and runs the code of README.md as it stands there.
package readme
