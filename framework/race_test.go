//go:build race

package framework_test

// raceEnabled: the race detector allocates by itself, so budgets do not hold.
const raceEnabled = true
