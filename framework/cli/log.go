package cli

import (
	"bytes"
	"errors"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/rs/zerolog"
)

// log makes the logger that the settings ask for. There is one also if they are
// wrong.
func (p *program) log() error {
	var wrong []error
	refuse := func(name, why string) { wrong = append(wrong, p.wrongSetting(name, why)) }
	serving := p.env.Command == "serve"
	level := zerolog.WarnLevel
	switch {
	case p.dev:
		level = zerolog.DebugLevel
	case serving:
		level = zerolog.InfoLevel
	}
	if name, _ := p.env.Settings["log_level"].(string); name != "" {
		if asked, err := zerolog.ParseLevel(strings.ToLower(name)); err != nil || asked == zerolog.NoLevel {
			refuse("log_level", "is no level: trace, debug, info, warn and error are")
		} else {
			level = asked
		}
	}
	terminal := isTerminal(p.env.Stderr)
	out := p.env.Stderr
	format, _ := p.env.Settings["log_format"].(string)
	if format != "" && format != "json" && format != "console" {
		refuse("log_format", "is neither json nor console")
		format = ""
	}
	if format == "console" || format == "" && (p.dev || terminal || !serving) {
		out = zerolog.ConsoleWriter{
			Out: out, NoColor: !terminal, TimeFormat: time.TimeOnly, FieldsExclude: []string{"stack"}, FormatExtra: writeStack,
		}
	} else if serving {
		p.buffer = newLogBuffer(out)
		out = p.buffer
	}
	logger := zerolog.New(out).Level(level).With().Timestamp().Logger()
	p.env.Logger = &logger
	return errors.Join(wrong...)
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
	if err != nil || info.Mode()&os.ModeCharDevice == 0 && runtime.GOOS != "windows" { // where Cygwin's terminals are pipes
		return false // to ask for its descriptor would make a pipe block
	}
	return isatty.IsTerminal(file.Fd()) || isatty.IsCygwinTerminal(file.Fd())
}
