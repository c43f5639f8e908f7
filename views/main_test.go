package views_test

import (
	"testing"

	"go.uber.org/goleak"
)

// Mappers have views called on goroutines.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
