package cli

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/registry"
)

// Setting is one value that a program is told from outside: by a line of its
// settings file, an environment variable, or --set NAME=VALUE. What comes later
// in this list wins.
type Setting struct {
	// Name is made of lower case letters, digits and underscores; a dot stands for
	// a table of the file: "database.url" is url in [database]. As a variable it
	// is DATABASE_URL behind the prefix, as a flag --database-url.
	Name string
	// Default is the value if none is given, and tells the type, which is one of
	// string, bool, int, int64, float64, time.Duration and []string. Nil stands for
	// "". Texts become a []string at commas and spaces.
	Default any
	// Usage says in one line what it is for.
	Usage string
	// Flag makes it a flag of all commands, too.
	Flag bool
}

var settingName = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$`)

// check completes the declaration, or says what is wrong with it.
func (s *Setting) check() error {
	if !settingName.MatchString(s.Name) {
		return fmt.Errorf("cli.Setting %q: a name is made of lower case letters, digits, underscores, and dots between words", s.Name)
	}
	switch s.Default.(type) {
	case nil:
		s.Default = ""
	case string, bool, int, int64, float64, time.Duration, []string:
	default:
		return fmt.Errorf("cli.Setting %q: its default is a %T, which no setting can be: say a text and read it", s.Name, s.Default)
	}
	return nil
}

// convert makes of a value from outside one of the setting's type.
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

// variable is the environment variable of a setting.
func (s *Setting) variable(prefix string) string {
	return prefix + "_" + strings.ToUpper(strings.ReplaceAll(s.Name, ".", "_"))
}

// flag is the name of its flag.
func (s *Setting) flag() string {
	return strings.NewReplacer(".", "-", "_", "-").Replace(s.Name)
}

// typeText is the type for people.
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

// defaultText is the default for people, "" if it is the zero value.
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

// settingFlag is a setting on the command line, as text: what it means is found
// out with all the others.
type settingFlag struct {
	of   *Setting
	text string
}

func (f *settingFlag) String() string {
	if f.of == nil {
		return ""
	}
	if f.text == "" {
		return f.of.defaultText()
	}
	return f.text
}

// Set takes a value; those of a list are gathered.
func (f *settingFlag) Set(text string) error {
	if _, list := f.of.Default.([]string); list && f.text != "" {
		text = f.text + "," + text
	}
	f.text = text
	return nil
}

func (f *settingFlag) Type() string { return f.of.typeText() }
