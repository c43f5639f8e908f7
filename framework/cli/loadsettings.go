package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/mastaba-go/mastaba/registry"
)

// frameworkPrefix starts the names of the framework's environment variables.
const frameworkPrefix = "MASTABA"

// settings are the declared settings and their values.
type settings struct {
	known    []*Setting // the framework's, then the application's
	byName   map[string]*Setting
	variable map[string]*Setting // by environment variable
	prefixes []string
	flags    []*settingFlag

	file   string   // --config
	sets   []string // --set
	addr   string   // --addr
	values registry.Settings
	from   map[string]string // where each value was set: a file, a variable or a flag
	read   string            // the name of the settings file that was read
	text   string            // its content
	errs   []error
}

// declare checks and collects the settings of the framework and of the application.
func declare(o *Options) (*settings, error) {
	s := &settings{byName: map[string]*Setting{}, variable: map[string]*Setting{}, prefixes: []string{frameworkPrefix}}
	prefix := strings.TrimSuffix(strings.ToUpper(o.EnvPrefix), "_")
	if prefix == "" {
		prefix = frameworkPrefix
	}
	if prefix != frameworkPrefix {
		s.prefixes = append(s.prefixes, prefix)
	}
	var invalid []error
	add := func(declared Setting, prefix string) {
		own := declared
		if err := own.check(); err != nil {
			invalid = append(invalid, err)
			return
		}
		variable := own.variable(prefix)
		switch other := s.variable[variable]; {
		case s.byName[own.Name] != nil:
			invalid = append(invalid, fmt.Errorf("cli.Setting %q: the name is taken: choose another", own.Name))
		case other != nil || strings.HasSuffix(variable, "_CONFIG") && own.Name == "config":
			invalid = append(invalid, fmt.Errorf("cli.Setting %q: its environment variable %s is taken: choose another name", own.Name, variable))
		default:
			s.known, s.byName[own.Name], s.variable[variable] = append(s.known, &own), &own, &own
		}
	}
	for _, b := range builtin() {
		add(b, frameworkPrefix)
	}
	for _, own := range o.Settings {
		add(own, prefix)
	}
	return s, errors.Join(invalid...)
}

// load sets the values from the defaults, the file, the environment and the flags. It returns
// all errors, joined.
func (s *settings) load(environ []string, defaultFile string) error {
	s.values, s.from, s.read, s.text, s.errs = registry.Settings{}, map[string]string{}, "", "", nil
	for _, known := range s.known {
		s.values[known.Name] = known.Default
	}
	file, required := s.file, true
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		if file == "" && value != "" && slices.Contains(s.prefixes, strings.TrimSuffix(name, "_CONFIG")) {
			file = value
		}
	}
	if file == "" {
		file, required = defaultFile, false
	}
	if file != "" {
		s.readFile(file, required)
	}
	s.readEnvironment(environ)
	s.readFlags()
	return errors.Join(s.errs...)
}

func (s *settings) fail(source, format string, args ...any) {
	s.errs = append(s.errs, &settingError{source, fmt.Errorf(format, args...)})
}

// invalidSetting returns the error of a setting's value.
func (p *program) invalidSetting(name, why string) error {
	return &settingError{p.settings.source(name), fmt.Errorf("setting %q: %#v %s", name, p.env.Settings[name], why)}
}

// settingError is an error of a setting, with where it was set.
type settingError struct {
	source string // "wiki.toml:3", a variable, a flag
	err    error
}

var _ error = (*settingError)(nil)

func (e *settingError) Error() string { return e.source + ": " + e.err.Error() }
func (e *settingError) Unwrap() error { return e.err }

// source returns where the value of a setting was set.
func (s *settings) source(name string) string { return s.withLine(name, s.from[name]) }

// withLine returns origin, with the line of the setting if origin is the settings file.
func (s *settings) withLine(name, origin string) string {
	if s.read != "" && origin == s.read {
		if line := tomlLines(s.text)[name]; line > 0 {
			return fmt.Sprintf("%s:%d", origin, line)
		}
	}
	return origin
}

// set sets one value from origin.
func (s *settings) set(name string, value any, origin string) {
	known := s.byName[name]
	if known == nil {
		var names []string
		for _, k := range s.known {
			names = append(names, k.Name)
		}
		near := registry.Nearest(name, names)
		if near != "" {
			near = strconv.Quote(near)
		}
		s.fail(s.withLine(name, origin), "unknown setting %q: %s", name, suggestion(near))
		return
	}
	v, err := known.convert(value)
	if err != nil {
		s.fail(s.withLine(name, origin), "%w", err)
		return
	}
	s.values[name], s.from[name] = v, origin
}

// suggestion returns the end of the error of an unknown name; near is the nearest known name, or
// "".
func suggestion(near string) string {
	if near != "" {
		return "did you mean " + near + "?"
	}
	return "the command settings lists the known ones"
}

func (s *settings) readFile(name string, required bool) {
	text, err := os.ReadFile(name)
	if err != nil {
		if required || !errors.Is(err, fs.ErrNotExist) {
			s.fail("settings file", "%w", err)
		}
		return
	}
	s.read, s.text = name, string(text)
	var tables map[string]any
	meta, err := toml.Decode(s.text, &tables)
	if err != nil {
		if syntax, ok := errors.AsType[toml.ParseError](err); ok {
			s.fail(fmt.Sprintf("%s:%d", name, syntax.Position.Line), "%s", strings.TrimSuffix(syntax.Message, "."))
		} else {
			s.fail(name, "%w", err)
		}
		return
	}
	for _, key := range meta.Keys() { // in the order of the file
		value := any(tables)
		for _, word := range key {
			table, ok := value.(map[string]any)
			if !ok {
				value = nil // inside an array of tables, which itself is an error
				break
			}
			value = table[word]
		}
		if _, table := value.(map[string]any); !table && value != nil {
			s.set(strings.Join(key, "."), value, name)
		}
	}
}

func (s *settings) readEnvironment(environ []string) {
	names := make([]string, 0, len(s.variable))
	for name := range s.variable {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		if value == "" {
			continue // an empty variable counts as unset
		}
		if known := s.variable[name]; known != nil {
			s.set(known.Name, value, name)
		} else if s.hasPrefix(name) && !injected(name) {
			s.fail("environment", "unknown variable %s: %s", name, suggestion(s.nearestVariable(name, names)))
		}
	}
}

// nearestVariable returns the known variable nearest to name, or "". It compares the names
// without their prefixes, which are all alike.
func (s *settings) nearestVariable(name string, names []string) string {
	bares := make([]string, len(names))
	for i := range names {
		bares[i] = s.bare(names[i])
	}
	if at := slices.Index(bares, registry.Nearest(s.bare(name), bares)); at >= 0 {
		return names[at]
	}
	return ""
}

// bare returns a variable without its prefix.
func (s *settings) bare(variable string) string {
	longest := ""
	for _, prefix := range s.prefixes {
		if strings.HasPrefix(variable, prefix+"_") && len(prefix) > len(longest) {
			longest = prefix
		}
	}
	return strings.TrimPrefix(variable, longest+"_")
}

// hasPrefix reports whether a variable has one of our prefixes.
func (s *settings) hasPrefix(name string) bool {
	return slices.ContainsFunc(s.prefixes, func(prefix string) bool {
		return strings.HasPrefix(name, prefix+"_") && name != prefix+"_CONFIG"
	})
}

// injected reports whether Kubernetes or Docker set the variable, for a service whose name
// happens to be the prefix.
func injected(name string) bool {
	return strings.Contains(name, "_SERVICE_HOST") || strings.Contains(name, "_SERVICE_PORT") ||
		strings.HasSuffix(name, "_PORT") || strings.Contains(name, "_PORT_")
}

func (s *settings) readFlags() {
	for _, assignment := range s.sets {
		name, value, _ := strings.Cut(assignment, "=")
		s.set(name, value, "--set")
	}
	for _, f := range s.flags {
		if f.text != "" {
			s.set(f.setting.Name, f.text, "--"+f.setting.flag())
		}
	}
	if s.addr != "" {
		s.set("addr", s.addr, "--addr")
	}
}
