package form_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/internal/form"
)

type base struct {
	ID    int `json:"id"`
	Above string
}

type Deep struct {
	Below   string `json:"below"`
	Deepest string `json:"text"` // the same name as a less deep one
}

type shout string

func (s *shout) UnmarshalJSON(raw []byte) error {
	if string(raw) == `"bad"` {
		return fmt.Errorf("too quiet")
	}
	*s = shout(raw)
	return nil
}

// everything has a field of each kind.
type everything struct {
	base
	*Deep
	Above    int `json:"above,omitempty"`
	Bool     bool
	Int8     int8                   `json:"int8"`
	Int      int                    `json:"int"`
	Uint     uint16                 `json:"uint"`
	Word     uintptr                `json:"word"`
	Float    float64                `json:"float"`
	Small    float32                `json:"small"`
	Text     string                 `json:"text"`
	Kelvin   string                 `json:"kelvin"`
	P        *int                   `json:"p"`
	PP       **string               `json:"pp"`
	Quoted   int                    `json:"quoted,string"`
	QuotedS  string                 `json:"quoteds,string"`
	QuotedB  *bool                  `json:"quotedb,string"`
	QuotedF  float64                `json:"quotedf,string"`
	Number   json.Number            `json:"number"`
	Raw      json.RawMessage        `json:"raw"`
	PRaw     *json.RawMessage       `json:"praw"`
	Any      any                    `json:"any"`
	Anys     []any                  `json:"anys"`
	AnyMap   map[string]any         `json:"anymap"`
	Stringer fmt.Stringer           `json:"stringer"`
	List     []int                  `json:"list"`
	Lists    [][]string             `json:"lists"`
	Array    [2]int                 `json:"array"`
	Bytes    []byte                 `json:"bytes"`
	ByteArr  [3]byte                `json:"bytearr"`
	Map      map[string]*base       `json:"map"`
	IntMap   map[int8]string        `json:"intmap"`
	AddrMap  map[netip.Addr]float64 `json:"addrmap"`
	FloatMap map[float64]int        `json:"floatmap"`
	When     time.Time              `json:"when"`
	WhenP    *time.Time             `json:"whenp"`
	Wait     time.Duration          `json:"wait"`
	UUID     uuid.UUID              `json:"uuid"`
	Addr     *netip.Addr            `json:"addr"`
	Big      big.Int                `json:"big"`
	Shout    shout                  `json:"shout"`
	Shouts   []*shout               `json:"shouts"`
	Self     *everything            `json:"self"`
	Selves   []everything           `json:"selves"`
	Skipped  string                 `json:"-"`
	//lint:ignore SA5008 encoding/json reads this tag as the name "-"
	Dash string `json:"-,"`
	//lint:ignore U1000 nothing may fill it
	hidden string
}

var bodies = []string{
	`{"id":1,"Above":"x","below":"deep","bool":true,"int8":-128,"int":9007199254740993,"uint":65535,"float":1e3,"small":0.1,"text":"\u00e9\ud83d\ude00\n\/"}`,
	`{"p":7,"pp":"x","quoted":"5","quoteds":"\"a\"","quotedb":"true","quotedf":"1.5","number":1e400,"raw":{"a": 1},"praw":null,"any":{"a":[1,"b",null,true,{}]},"anys":[],"anymap":{"x":1}}`,
	`{"list":[1,2,3],"lists":[["a"],null,[]],"array":[1],"bytes":"aGVsbG8=","bytearr":[1,2,3,4],"map":{"a":{"id":1},"b":null},"intmap":{"-1":"x"},"addrmap":{"::1":1.5}}`,
	`{"when":"2026-01-31T15:04:05.5+01:00","whenp":"2026-01-31T15:04:05Z","wait":90,"uuid":"00000000-0000-0000-0000-000000000001","addr":"192.0.2.1","big":123456789012345678901234567890,"shout":"x","shouts":["a",null]}`,
	`{"self":{"self":{"int":1}},"selves":[{"int":1},{}],"-":"dash","Skipped":"no","hidden":"no","TEXT":"case","Kelvin":"K","unknown":{"x":[1,{"y":"z"}]}}`,
	`{"list":[1,2,3],"list":[4],"map":{"a":{"id":1}},"map":{"a":{"above":"x"}},"selves":[{"int":1},{"int":2}],"selves":[{"text":"x"}],"p":1,"p":null}`,
	`{"bool":null,"int":null,"text":null,"p":null,"list":null,"map":null,"any":null,"array":null,"when":null,"uuid":null,"shout":null,"quoted":null,"stringer":null}`,
	`{"int":1.5}`, `{"int":1e2}`, `{"int8":300}`, `{"uint":-1}`, `{"small":1e39}`, `{"float":1e999}`, `{"any":1e999}`, `{"text":5}`, `{"list":{}}`, `{"map":[]}`, `{"bool":"true"}`,
	`{"quoted":5}`, `{"quoted":"x"}`, `{"quoted":"\"5\""}`, `{"quoted":" 5"}`, `{"quoted":""}`, `{"quoted":"007"}`, `{"quotedf":"00"}`, `{"quotedf":"0x1p-2"}`, `{"quotedf":"-Inf"}`, `{"quoted":"+07"}`, `{"quotedb":"t"}`, `{"quoteds":"a"}`, `{"quoted":"null"}`, `{"quoted":[1]}`,
	`{"stringer":"x"}`, `{"floatmap":{"1":1}}`, `{"intmap":{"x":"y"}}`, `{"addrmap":{"x":1}}`, `{"bytes":"?"}`, `{"bytes":[1,256]}`, `{"number":"5"}`, `{"number":"x"}`,
	`{"when":"2026-01-31"}`, `{"when":"x"}`, `{"when":5}`, `{"wait":"5s"}`, `{"wait":"x"}`, `{"wait":1.5}`, `{"uuid":"x"}`, `{"uuid":5}`, `{"big":"x"}`, `{"shout":"bad"}`,
	`[]`, `"x"`, `5`, `true`, `null`, ` null `, `nul`, `nulll`, ``, ` `, `{`, `{"a"`, `{"a":}`, `{"a":1,}`, `{,}`, `{"a" 1}`, `{a:1}`, `[1 2]`, `[1,]`, `{}{}`, `{} x`, `{"int":01}`, `{"int":-}`, `{"int":1.}`,
	`{"int":1e}`, `{"int":+1}`, `{"int":.5}`, `{"text":"\x"}`, `{"text":"\u12"}`, `{"text":"\ud800"}`, `{"text":"\ud800\u0041"}`, "{\"text\":\"\n\"}", `{"text":"open`, "{\"text\":\"\xff\"}", "\ufeff{}", `{"text":"` + "\u2028" + `"}`,
	`{"` + `a\"b":1}`, `{"te\u0078t":"escaped name"}`, `{"int":1, "int":"x"}`,
}

// FuzzFillJSON compares with encoding/json: what it accepts is accepted, with the same value.
func FuzzFillJSON(f *testing.F) {
	for _, body := range bodies {
		f.Add(body)
	}
	plan, err := form.Of(reflect.TypeFor[everything]())
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, body string) {
		var got, want everything
		mistakes, err := plan.FillJSON(reflect.ValueOf(&got).Elem(), []byte(body))
		wantErr := json.Unmarshal([]byte(body), &want)
		if !utf8.ValidString(body) || strings.Trim(body, " \t\r\n") == "null" {
			require.Error(t, err)
			return
		}
		require.Equal(t, json.Valid([]byte(body)), err == nil, "%v", err)
		// What is in quotes: the engines of encoding/json differ, and read more than JSON numbers.
		// encoding/json takes null for any type.
		others := slices.DeleteFunc(slices.Clone(mistakes), func(m form.Mistake) bool {
			return strings.Contains(m.Name, "quoted") || m.Params["got"] == "null"
		})
		if wantErr == nil {
			require.Empty(t, others)
			if len(mistakes) == 0 {
				require.Equal(t, want, got)
			}
		}
		for _, m := range mistakes {
			require.True(t, utf8.ValidString(m.Text) && len(m.Text) < 500, "%q", m.Text)
			require.NotContains(t, m.Text, "json:")
		}
	})
}
