package cli

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/rs/zerolog"
)

// log makes the logger that the settings ask for.
func (p *program) log() error {
	serving := p.env.Command == "serve"
	level := zerolog.WarnLevel
	switch {
	case p.dev:
		level = zerolog.DebugLevel
	case serving:
		level = zerolog.InfoLevel
	}
	if name, _ := p.env.Settings["log_level"].(string); name != "" {
		var err error
		if level, err = zerolog.ParseLevel(strings.ToLower(name)); err != nil || level == zerolog.NoLevel {
			return fmt.Errorf("%s: setting \"log_level\": %q is no level: trace, debug, info, warn and error are", p.settings.from["log_level"], name)
		}
	}
	terminal := isTerminal(p.env.Stderr)
	out := p.env.Stderr
	switch format, _ := p.env.Settings["log_format"].(string); {
	case format != "" && format != "json" && format != "console":
		return fmt.Errorf("%s: setting \"log_format\": %q is neither json nor console", p.settings.from["log_format"], format)
	case format == "console", format == "" && (p.dev || terminal || !serving):
		out = zerolog.ConsoleWriter{
			Out: out, NoColor: !terminal, TimeFormat: time.TimeOnly, FieldsExclude: []string{"stack"}, FormatExtra: writeStack,
		}
	}
	logger := zerolog.New(out).Level(level).With().Timestamp().Logger()
	p.env.Logger = &logger
	return nil
}

// writeStack puts the stack of a panic below its line, as people read stacks.
func writeStack(fields map[string]any, to *bytes.Buffer) error {
	if stack, ok := fields["stack"].(string); ok {
		to.WriteString("\n    " + strings.ReplaceAll(strings.TrimSpace(stack), "\n", "\n    "))
	}
	return nil
}

// isTerminal tells whether people read what is written to w.
func isTerminal(w any) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
