package pluralmodel_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/internal/conformance/pluralmodel"
)

func TestParse(t *testing.T) {
	t.Parallel()
	c := pluralmodel.Parse("msgid \"\"\nmsgstr \"\"\n\"Plural-Forms: nplurals=2; plural=(n > 1);\\n\"\n\n" +
		"msgctxt \"menu\"\nmsgid \"night\"\nmsgid_plural \"nights\"\nmsgstr[0] \"no\"\nmsgstr[1] \"no\"\n\n" +
		"msgid \"day\"\nmsgid_plural \"days\"\nmsgstr[0] \"one\"\nmsgstr[1] \"\\\"many\\\"\"\n")
	assert.Equal(t, map[string][]string{"day": {"one", `"many"`}}, c.Forms)
	assert.Equal(t, []int{0, 0, 1}, []int{c.Rule(0), c.Rule(1), c.Rule(2)})
	assert.Equal(t, []int{1, 0, 1}, []int{pluralmodel.Parse("").Rule(0), pluralmodel.Parse("").Rule(1), pluralmodel.Parse("").Rule(2)})
}
