package framework

import (
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/static"
)

// The names of the settings that the package reads.
const (
	settingAsyncWorkers    = "async.workers"
	settingAsyncQueue      = "async.queue"
	settingAsyncRetryAfter = "async.retry_after"
)

// Settings returns the settings that the package reads, and those of package static.
func Settings() []registry.SettingInfo {
	return append(static.Settings(), []registry.SettingInfo{
		{Name: settingAsyncWorkers, Default: 0, Usage: "how many views the executor of framework.Async runs at once (one for each CPU)"},
		{Name: settingAsyncQueue, Default: 0, Usage: "how many views wait for the executor (16 for each worker; -1: none)"},
		{Name: settingAsyncRetryAfter, Default: time.Duration(0), Usage: "Retry-After of the responses when both are full (1s)"},
	}...)
}
