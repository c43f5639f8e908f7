// Package cputime compares how much CPU time functions take, for tests of complexity. Unlike a
// clock, CPU time does not count what else the machine is doing. Only Linux counts it per thread,
// so the tests that use the package run on Linux alone.
package cputime
