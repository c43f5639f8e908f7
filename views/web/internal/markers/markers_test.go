package markers_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/web/internal/markers"
)

func TestFill(t *testing.T) {
	t.Parallel()
	values := map[string]any{"a": "A", "a-": "A-", "ab": "AB", "b-c": "BC", "d_1": 1, "self": "$a ${a}"}
	for text, want := range map[string]string{
		"": "", "plain": "plain", "$a": "A", "${a}": "A", "$a.": "A.", "$ab": "AB", "${a}b": "Ab", "$b-c": "BC", "$d_1": "1", "$a-": "A-",
		"$$a": "$$a", "$${a}": "$${a}", "$$$a": "$$$a", "$": "$", "${": "${", "${a": "${a", "${}": "${}", "$5": "$5", "$x ${x}": "$x ${x}",
		"${ a }": "${ a }", "$self $a": "$a ${a} A", "$a$ab": "AAB", "ä$aä": "äAä", "$A": "$A",
	} {
		assert.Equal(t, want, markers.Fill(text, values), text)
		assert.Equal(t, text, markers.Fill(text, nil))
	}
}

func FuzzFill(f *testing.F) {
	for _, seed := range []string{"$a", "${a}", "$$a", "${a", "x$a-b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		same := markers.Fill(text, map[string]any{"other": "x"})
		if same != text {
			assert.Contains(t, text, "other")
		}
	})
}
