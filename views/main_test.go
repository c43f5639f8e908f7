package views_test

import (
	"testing"

	"go.uber.org/goleak"
)

// Mappers call views on goroutines.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
