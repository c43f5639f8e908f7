package form_test

import (
	"encoding/json"
	"net"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type nullable struct {
	Text   string            `json:"text"`
	Int    int               `json:"int"`
	Bool   bool              `json:"bool"`
	When   time.Time         `json:"when"`
	ID     uuid.UUID         `json:"id"`
	Number json.Number       `json:"number"`
	Pair   [2]int            `json:"pair"`
	Quoted int               `json:"quoted,string"`
	Deep   struct{ Qty int } `json:"deep"`

	IP    net.IP          `json:"ip"`
	P     *int            `json:"p"`
	List  []*nullable     `json:"list"`
	Map   map[string]*int `json:"map"`
	Lists [][]string      `json:"lists"`
	Any   any             `json:"any"`
	Anys  []any           `json:"anys"`
	Raw   json.RawMessage `json:"raw"`
	Shout shout           `json:"shout"`
	Own   []shout         `json:"own"`
	Bytes []byte          `json:"bytes"`
}

// null is refused where a value is needed, at any depth, with all such places at once.
func TestNull(t *testing.T) {
	t.Parallel()
	_, mistakes, err := fillJSON[nullable](t, `{"text":null,"int":null,"bool":null,"when":null,"id":null,"number":null,"pair":null,"quoted":null,"deep":null}`)
	require.NoError(t, err)
	const aUUID = ": want something like 00000000-0000-0000-0000-000000000000"
	assert.Equal(t, []string{
		"text: expected a string, got null", "int: expected an integer, got null", "bool: expected a bool, got null: want true or false",
		"when: expected a time, got null: want something like 2026-01-31 or 2026-01-31T15:04:05Z", "id: expected a string, got null" + aUUID,
		"number: expected a number, got null", "pair: expected an array, got null", "quoted: expected an integer, got null", "deep: expected an object, got null",
	}, texts(mistakes))
	assert.Equal(t, "type", mistakes[0].Code)

	_, mistakes, err = fillJSON[nullable](t,
		`{"deep":{"qty":null},"list":[{},null,{"list":[null,{"map":{"a":1,"b":null}}]}],"lists":[["a",null],null],"pair":[1,null]}`)
	require.NoError(t, err)
	assert.Equal(t, []string{
		"deep.qty: expected an integer, got null", "list.1: expected an object, got null", "list.2.list.0: expected an object, got null",
		"list.2.list.1.map.b: expected an integer, got null", "lists.0.1: expected a string, got null", "lists.1: expected an array, got null",
		"pair.1: expected an integer, got null",
	}, texts(mistakes))
	list, mistakes, err := fillJSON[[]*int](t, `[1,null,2,null]`)
	require.NoError(t, err)
	for _, element := range list {
		assert.NotNil(t, element, "Validate is still called")
	}
	assert.Equal(t, []string{"1: expected an integer, got null", "3: expected an integer, got null"}, texts(mistakes))
	_, _, err = fillJSON[nullable](t, `{"text":nul}`)
	require.Error(t, err, "it is not JSON")
}

func TestNullIsAllowed(t *testing.T) {
	t.Parallel()
	in, mistakes, err := fillJSON[nullable](t,
		`{"p":1,"p":null,"ip":null,"list":null,"map":null,"lists":null,"any":null,"anys":[1,null],"raw":null,"shout":null,"own":["a",null],"bytes":null}`)
	require.NoError(t, err)
	assert.Empty(t, mistakes)
	assert.Equal(t, nullable{Anys: []any{1.0, nil}, Raw: json.RawMessage("null"), Shout: "null", Own: []shout{`"a"`, "null"}}, in)
}
