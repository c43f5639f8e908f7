package views

import "github.com/mastaba-go/mastaba/registry"

// The names of the settings that the package reads.
const (
	settingDebugNotFound      = "debug_notfound"
	settingDebugAuthorization = "debug_authorization"
	settingPreventHTTPCache   = "prevent_http_cache"
)

// Settings returns the settings that the package reads.
func Settings() []registry.SettingInfo {
	return []registry.SettingInfo{
		{Name: settingDebugNotFound, Default: false, Usage: "log, at level debug, why no view matched"},
		{Name: settingDebugAuthorization, Default: false, Usage: "log, at level debug, each decision of the security policy"},
		{Name: settingPreventHTTPCache, Default: false, Usage: "ignore the views.CacheFor and views.NoCache of all views"},
	}
}
