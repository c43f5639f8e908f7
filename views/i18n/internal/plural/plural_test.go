package plural_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/i18n/internal/plural"
)

func TestRules(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]map[int]int{
		"nplurals=1; plural=0;":       {0: 0, 1: 0, 7: 0},
		"nplurals=2; plural=n!=1;":    {0: 1, 1: 0, 2: 1, -1: 0},
		"nplurals=2; plural=(n > 1)":  {0: 0, 1: 0, 2: 1},
		"nplurals=2; plural= !(n==1)": {0: 1, 1: 0},
		"nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);": {1: 0, 11: 2, 21: 0, 22: 1, 12: 2, 5: 2, 111: 2},
		"nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);":   {0: 0, 1: 1, 2: 2, 3: 3, 11: 4, 100: 5, 103: 3},
		"nplurals=4; plural=(n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3);":                       {101: 0, 2: 1, 104: 2, 5: 3},
		"nplurals=2; plural=n==1||n==2?0:1":     {1: 0, 2: 0, 3: 1},
		"nplurals=2; plural=1+2*3-n/0-5%0 == 7": {0: 1, 5: 1},
		"nplurals=2; plural=n<=1 != 1":          {0: 0, 1: 0, 2: 1},
	} {
		r, err := plural.Parse(header)
		require.NoError(t, err)
		for n, form := range want {
			assert.Equal(t, form, r.Form(n), "%s: %d", header, n)
		}
	}
}

func FuzzRule(f *testing.F) {
	for _, seed := range []string{"n != 1", "n==1 ? 0 : 1", "((((n))))", "!n", "n % 0", "n ? n : : 0", "0-1", "99999999999"} {
		f.Add(2, seed)
	}
	f.Fuzz(func(t *testing.T, n int, text string) {
		r, err := plural.Parse("nplurals=2; plural=" + text)
		if err != nil {
			return
		}
		if at := r.Form(n); at < 0 || at > 1 {
			t.Errorf("form %d", at)
		}
	})
}
