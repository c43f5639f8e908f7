//go:build race

package security_test

// raceEnabled: the race detector allocates by itself, so budgets do not hold.
const raceEnabled = true
