package viewname_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/internal/viewname"
)

func TestProblem(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"": "", "edit": "", "a.b": "", "@edit": "", "...": "", "é %2F?": "",
		"@@edit":  `"@@" belongs to the path, not to the name: want "edit"`,
		"@@":      `"@@" belongs to the path, not to the name: want "edit"`,
		".":       `a path resolves it, so it is never a view name: want a name such as "edit"`,
		"..":      `a path resolves it, so it is never a view name: want a name such as "edit"`,
		"/show":   `a slash separates path segments, and a view name is one segment: want a name such as "show"`,
		"a/b/":    `a slash separates path segments, and a view name is one segment: want a name such as "b"`,
		"/":       `a slash separates path segments, and a view name is one segment: want a name such as "edit"`,
		"a/..":    `a slash separates path segments, and a view name is one segment: want a name such as "edit"`,
		"a\x00b":  `a path with NUL is a 400: want a name such as "edit"`,
		"a\xffb":  `a path that is not UTF-8 is a 400: want a name such as "edit"`,
		"a/\xffb": `a slash separates path segments, and a view name is one segment: want a name such as "edit"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := viewname.Problem(name)
			if want == "" {
				assert.NoError(t, err)
			} else {
				assert.EqualError(t, err, want)
			}
		})
	}
}
