package cli

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/mastaba-go/mastaba/registry"
)

// Setting declares a value that is set outside the program: in its settings file, by an
// environment variable, or by a flag. The later of these wins.
type Setting struct {
	// Name consists of lower case letters, digits and underscores. A dot means a table of
	// the file: "database.url" is url in [database]. Its environment variable is the prefix
	// with DATABASE_URL, its flag --database-url.
	Name string
	// Default is the value of an unset setting, and determines the type: string, bool, int,
	// int64, float64, time.Duration or []string. Nil means "". Commas and spaces separate
	// the elements of a []string.
	Default any
	// Usage describes the setting in one line.
	Usage string
	// Flag also makes it a flag of every command. Any setting can be set by --set NAME=VALUE.
	Flag bool
}

var settingName = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$`)

// check completes the declaration, or returns what is wrong with it.
func (s *Setting) check() error {
	if !settingName.MatchString(s.Name) {
		return fmt.Errorf("cli.Setting %q: invalid name: want lower case letters, digits and underscores, with dots between words", s.Name)
	}
	switch s.Default.(type) {
	case nil:
		s.Default = ""
	case string, bool, int, int64, float64, time.Duration, []string:
	default:
		return fmt.Errorf("cli.Setting %q: invalid default of type %T: use a string and convert it", s.Name, s.Default)
	}
	return nil
}

// convert converts a value to the setting's type.
func (s *Setting) convert(v any) (any, error) {
	switch s.Default.(type) {
	case bool:
		return converted[bool](s.Name, v)
	case int:
		return converted[int](s.Name, v)
	case int64:
		return converted[int64](s.Name, v)
	case float64:
		return converted[float64](s.Name, v)
	case time.Duration:
		return converted[time.Duration](s.Name, v)
	case []string:
		if text, ok := v.(string); ok {
			return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' }), nil
		}
		return converted[[]string](s.Name, v)
	default:
		return converted[string](s.Name, v)
	}
}

func converted[T any](name string, v any) (any, error) {
	var zero T
	return registry.Setting(registry.Settings{name: v}, name, zero)
}

// variable returns the name of the environment variable.
func (s *Setting) variable(prefix string) string {
	return prefix + "_" + strings.ToUpper(strings.ReplaceAll(s.Name, ".", "_"))
}

// flag returns the name of the flag.
func (s *Setting) flag() string {
	return strings.NewReplacer(".", "-", "_", "-").Replace(s.Name)
}

// typeText returns the type as help and settings print it.
func (s *Setting) typeText() string {
	switch s.Default.(type) {
	case time.Duration:
		return "duration"
	case []string:
		return "list"
	case int, int64, float64:
		return "number"
	case bool:
		return "bool"
	}
	return "text"
}

// defaultText returns the default as help and settings print it, "" for the zero value.
func (s *Setting) defaultText() string {
	switch d := s.Default.(type) {
	case []string:
		return strings.Join(d, ",")
	case bool:
		if !d {
			return ""
		}
	case time.Duration:
		if d == 0 {
			return ""
		}
	case int, int64, float64:
		if text := fmt.Sprint(d); text != "0" {
			return text
		}
		return ""
	}
	return fmt.Sprint(s.Default)
}

// settingFlag is the flag of a setting. It keeps the text, which is converted with all other
// settings.
type settingFlag struct {
	setting *Setting
	text    string
}

var _ pflag.Value = (*settingFlag)(nil)

func (f *settingFlag) String() string {
	if f.setting == nil {
		return ""
	}
	if f.text == "" {
		return f.setting.defaultText()
	}
	return f.text
}

// Set sets the text; the texts of a list are joined.
func (f *settingFlag) Set(text string) error {
	if _, list := f.setting.Default.([]string); list && f.text != "" {
		text = f.text + "," + text
	}
	f.text = text
	return nil
}

func (f *settingFlag) Type() string { return f.setting.typeText() }
