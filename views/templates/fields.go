package templates

import (
	"reflect"

	"github.com/mastaba-go/mastaba/views"
)

// named is a template that a view names.
type named struct {
	name string
	view *views.Info
}

func (s *set) checkFields() error { return nil }

var _ = reflect.TypeFor[int]
