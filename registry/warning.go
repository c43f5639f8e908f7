package registry

import (
	"fmt"
	"slices"
)

// Warning reports something that builds but is probably wrong, such as a view that no request can
// reach. It does not end the build, and the application serves as declared.
type Warning struct {
	Source Source // the line to change
	Text   string // what is wrong, and what to do
}

var _ fmt.Stringer = Warning{}

// String returns "file:line: what is wrong".
func (w Warning) String() string { return withSource(w.Source, w.Text) }

// Warn records a warning of the build. The Run of a declaration calls it, so a declaration that is
// overridden warns of nothing; functions of OnFreeze call it for what shows only once all
// declarations have run. Warn only of what is wrong in nearly every program, since a warning cannot
// be switched off. Warn panics once the registry is frozen.
func (r *Registry) Warn(at Source, text string) {
	r.mustBeOpen("Warn")
	r.warnings = append(r.warnings, Warning{at, text})
}

// Warnings returns the warnings of the build, each once, sorted by source as errors are. The
// registry does not log them; framework.Configurator.App does. A test may require that there are
// none.
func (r *Registry) Warnings() []Warning { return slices.Clone(r.warnings) }

// soundUntilHere records that an error was found. From now on something may be missing, and a
// warning could be no more than a consequence.
func (r *Registry) soundUntilHere() {
	if r.sound < 0 {
		r.sound = len(r.warnings)
	}
}

// sortWarnings sorts the warnings, and removes repeated ones and those that an error may have
// caused.
func (r *Registry) sortWarnings() {
	if r.sound >= 0 {
		r.warnings = r.warnings[:r.sound]
	}
	slices.SortStableFunc(r.warnings, func(a, b Warning) int { return a.Source.compare(b.Source) })
	sorted := r.warnings
	r.warnings = nil
	for _, w := range sorted {
		if !slices.Contains(r.warnings, w) {
			r.warnings = append(r.warnings, w)
		}
	}
}
