package views

import (
	"fmt"
	"strconv"

	"github.com/mastaba-go/mastaba/registry"
)

// Subpath sets whether the view takes a subpath: names after the view name, as in
// /report/history/2019/may, which it finds in r.Subpath(). It overrides [SetDefaultSubpath].
//
// By default a view takes none, and such a path is a 404: a URL that no view expects is not a page.
// In Pyramid every view takes any subpath. The view has to check the names: it is reached without
// any, too. Views of a route whose pattern has a marker "subpath" need no option, since the pattern
// says what it takes.
func Subpath(takes bool) Option {
	return option{kind: kindSubpath, text: "subpath=" + strconv.FormatBool(takes), value: takes}
}

// SetDefaultSubpath sets whether views without the option [Subpath] take a subpath.
func SetDefaultSubpath(c registry.Recorder, takes bool) {
	cfg := c.Directive()
	cfg.Declare(registry.Declaration{
		Category: "default subpath", ID: "default subpath",
		Fields: []registry.Field{{Name: "takes", Value: takes}},
		Remedy: "set it once, or give single views their own with views.Subpath",
		Phase:  registry.Phase1,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			registry.Provide(reg, defaultSubpath(takes))
			return nil
		},
	})
}

type defaultSubpath bool

// takesSubpath reports whether the view takes names after its own.
func (i *Info) takesSubpath() bool {
	takes, explicit, _ := ValueOf[bool](i, kindSubpath)
	if !explicit {
		byDefault, _ := registry.Lookup[defaultSubpath](i.Registry)
		takes = bool(byDefault)
	}
	return takes
}

// ofSubpaths returns a slot of the views that take a subpath: nil if there are none, s itself if
// all do. So other requests pay nothing for subpaths.
func (s *slot) ofSubpaths() *slot {
	deep, all := newSlot(s.place), true
	deep.across = s.across
	s.each(func(reg *registration) bool {
		if reg.info.takesSubpath() {
			deep.add(reg)
		} else {
			all = false
		}
		return true
	})
	switch {
	case all:
		return s
	case len(deep.groups) == 0:
		return nil
	}
	return deep
}

// tooDeep describes the views that would match a request if they took its subpath.
func (e *NoViewError) tooDeep() (suggestions []string) {
	for _, s := range e.slots {
		if s == nil || len(e.Subpath) == 0 {
			continue
		}
		for _, st := range s.chain(e.table.types, e.Resource).steps {
			for _, view := range st.members {
				if !view.info.takesSubpath() {
					suggestions = append(suggestions, fmt.Sprintf("%s (%s): it takes no subpath, and %q follows its name: add views.Subpath(true)",
						view.info, view.info.Source, e.Subpath[0]))
				}
			}
		}
	}
	return suggestions[:min(len(suggestions), mostSuggestions)]
}
