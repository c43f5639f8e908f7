package registry

// SettingInfo declares a setting that a package reads. A package that documents a setting returns
// it from its function Settings, so that programs can list it and accept its values.
type SettingInfo struct {
	Name    string
	Default any    // determines the type
	Usage   string // one line, with the effect of a zero Default in parentheses
}
