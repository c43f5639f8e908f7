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

	"github.com/mastaba-go/mastaba/framework/devtools"
)

// setLogger makes the logger that the settings describe. Invalid settings are an error, and the
// logger then has the defaults.
func (p *program) setLogger() error {
	var invalid []error
	reject := func(name, why string) { invalid = append(invalid, p.invalidSetting(name, why)) }
	serving := p.env.Command == "serve"
	level := zerolog.WarnLevel
	switch {
	case p.dev:
		level = zerolog.DebugLevel
	case serving:
		level = zerolog.InfoLevel
	}
	if name, _ := p.env.Settings["log_level"].(string); name != "" {
		if parsed, err := zerolog.ParseLevel(strings.ToLower(name)); err != nil || parsed == zerolog.NoLevel {
			reject("log_level", "is not a log level: want trace, debug, info, warn or error")
		} else {
			level = parsed
		}
	}
	terminal := isTerminal(p.env.Stderr)
	out := p.env.Stderr
	if p.env.Command == "request" {
		if p.output = newSharedOutput(p.env.Stdout, p.env.Stderr); p.output != nil {
			out = aside{p.output}
		}
	}
	format, _ := p.env.Settings["log_format"].(string)
	if format != "" && format != "json" && format != "console" {
		reject("log_format", "is not a log format: want json or console")
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
	if p.dev && serving {
		p.toolbar = devtools.New(p.loopback())
		out = zerolog.MultiLevelWriter(out, p.toolbar.Log())
	}
	logger := zerolog.New(out).Level(level).With().Timestamp().Logger()
	p.env.Logger = &logger
	return errors.Join(invalid...)
}

// writeStack prints the stack of a panic below its line.
func writeStack(fields map[string]any, to *bytes.Buffer) error {
	if stack, ok := fields["stack"].(string); ok {
		to.WriteString("\n    " + strings.ReplaceAll(strings.TrimSpace(stack), "\n", "\n    "))
	}
	return nil
}

// isTerminal reports whether w is a terminal.
func isTerminal(w any) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 && runtime.GOOS != "windows" { // Cygwin's terminals are pipes
		return false // Fd would put a pipe into blocking mode
	}
	return isatty.IsTerminal(file.Fd()) || isatty.IsCygwinTerminal(file.Fd())
}
