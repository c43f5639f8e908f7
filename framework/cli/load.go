package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/mastaba-go/mastaba/registry"
)

// frameworkPrefix begins the variables of the framework's settings.
const frameworkPrefix = "MASTABA"

// settings are all that are known, and what was said about them.
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
	from   map[string]string // where a value comes from
	read   string            // the settings file, "" without one
	text   string            // what is in it
	wrong  []error
}

// declare checks and gathers what may be set.
func declare(o *Options) (*settings, error) {
	s := &settings{byName: map[string]*Setting{}, variable: map[string]*Setting{}, prefixes: []string{frameworkPrefix}}
	prefix := strings.TrimSuffix(strings.ToUpper(o.EnvPrefix), "_")
	if prefix == "" {
		prefix = frameworkPrefix
	}
	if prefix != frameworkPrefix {
		s.prefixes = append(s.prefixes, prefix)
	}
	var wrong []error
	add := func(declared Setting, prefix string) {
		own := declared
		if err := own.check(); err != nil {
			wrong = append(wrong, err)
			return
		}
		variable := own.variable(prefix)
		switch other := s.variable[variable]; {
		case s.byName[own.Name] != nil:
			wrong = append(wrong, fmt.Errorf("cli.Setting %q: there is another of this name: choose a name of its own", own.Name))
		case other != nil || strings.HasSuffix(variable, "_CONFIG") && own.Name == "config":
			wrong = append(wrong, fmt.Errorf("cli.Setting %q: its variable %s belongs to another: choose a name of its own", own.Name, variable))
		default:
			s.known, s.byName[own.Name], s.variable[variable] = append(s.known, &own), &own, &own
		}
	}
	for _, b := range builtin {
		add(b, frameworkPrefix)
	}
	for _, own := range o.Settings {
		add(own, prefix)
	}
	return s, errors.Join(wrong...)
}

// load finds out what holds: the defaults, the file, the environment, the flags.
// Everything that is wrong is reported at once.
func (s *settings) load(environ []string, standardFile string) error {
	s.values, s.from, s.read, s.text, s.wrong = registry.Settings{}, map[string]string{}, "", "", nil
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
		file, required = standardFile, false
	}
	if file != "" {
		s.readFile(file, required)
	}
	s.readEnvironment(environ)
	s.readFlags()
	return errors.Join(s.wrong...)
}

func (s *settings) refuse(place, format string, args ...any) {
	s.wrong = append(s.wrong, &settingError{place, fmt.Errorf(format, args...)})
}

// wrongSetting says what is wrong with the value of a setting.
func (p *program) wrongSetting(name, why string) error {
	return &settingError{p.settings.place(name, p.settings.from[name]), fmt.Errorf("setting %q: %#v %s", name, p.env.Settings[name], why)}
}

// settingError is something wrong with what was said about settings.
type settingError struct {
	place string // "wiki.toml:3", a variable, a flag
	err   error
}

var _ error = (*settingError)(nil)

func (e *settingError) Error() string { return e.place + ": " + e.err.Error() }
func (e *settingError) Unwrap() error { return e.err }

// place is where a setting was said: origin, with the line if that is the file.
func (s *settings) place(name, origin string) string {
	if s.read != "" && origin == s.read {
		if line := lines(s.text)[name]; line > 0 {
			return fmt.Sprintf("%s:%d", origin, line)
		}
	}
	return origin
}

// set takes one value; origin names it where it was said.
func (s *settings) set(name string, value any, origin string) {
	known := s.byName[name]
	if known == nil {
		var names []string
		for _, k := range s.known {
			names = append(names, k.Name)
		}
		s.refuse(s.place(name, origin), "unknown setting %q%s", name, meant(registry.Nearest(name, names)))
		return
	}
	v, err := known.convert(value)
	if err != nil {
		s.refuse(s.place(name, origin), "%w", err)
		return
	}
	s.values[name], s.from[name] = v, origin
}

// meant is the end of a refusal; near is "" if no name is.
func meant(near string) string {
	if near != "" {
		return fmt.Sprintf(": is %q meant?", near)
	}
	return ": the command settings lists all there are"
}

func (s *settings) readFile(name string, required bool) {
	text, err := os.ReadFile(name)
	if err != nil {
		if required || !errors.Is(err, fs.ErrNotExist) {
			s.refuse("settings file", "%w", err)
		}
		return
	}
	s.read, s.text = name, string(text)
	var tables map[string]any
	meta, err := toml.Decode(s.text, &tables)
	if err != nil {
		if torn, ok := errors.AsType[toml.ParseError](err); ok {
			s.refuse(fmt.Sprintf("%s:%d", name, torn.Position.Line), "%s", strings.TrimSuffix(torn.Message, "."))
		} else {
			s.refuse(name, "%w", err)
		}
		return
	}
	for _, key := range meta.Keys() { // in the order of the file
		value := any(tables)
		for _, word := range key {
			table, ok := value.(map[string]any)
			if !ok {
				value = nil // within a list of tables, which itself is refused
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
			continue // how a variable is taken away in many places
		}
		if known := s.variable[name]; known != nil {
			s.set(known.Name, value, name)
		} else if s.ours(name) && !injected(name) {
			s.refuse("environment", "unknown variable %s%s", name, meant(s.nearestVariable(name, names)))
		}
	}
}

// nearestVariable finds the variable that was meant by what stands behind the
// prefixes, in which all are alike.
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

// bare is a variable without its prefix.
func (s *settings) bare(variable string) string {
	longest := ""
	for _, prefix := range s.prefixes {
		if strings.HasPrefix(variable, prefix+"_") && len(prefix) > len(longest) {
			longest = prefix
		}
	}
	return strings.TrimPrefix(variable, longest+"_")
}

// ours tells whether a variable claims to be a setting.
func (s *settings) ours(name string) bool {
	return slices.ContainsFunc(s.prefixes, func(prefix string) bool {
		return strings.HasPrefix(name, prefix+"_") && name != prefix+"_CONFIG"
	})
}

// injected are the variables by which Kubernetes and Docker tell of a service that
// happens to have the name of the prefix.
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
			s.set(f.of.Name, f.text, "--"+f.of.flag())
		}
	}
	if s.addr != "" {
		s.set("addr", s.addr, "--addr")
	}
}
