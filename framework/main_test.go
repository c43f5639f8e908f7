package framework_test

import (
	"testing"

	"go.uber.org/goleak"
)

// Nothing goes on when the tests have ended, whichever of them began it.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
