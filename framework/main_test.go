package framework_test

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails if a goroutine of any test still runs at the end.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
