package form_test

import (
	"errors"
	"fmt"
	"log/slog"
	"mime/multipart"
	"net/http/httptest"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/internal/form"
	"github.com/mastaba-go/mastaba/views/web"
)

// day reads its own texts, with an error of the standard library.
type day struct{ time.Time }

func (d *day) UnmarshalText(text []byte) (err error) {
	d.Time, err = time.Parse(time.DateOnly, string(text))
	return err
}

// colour has an error for people.
type colour string

func (c *colour) UnmarshalText(text []byte) error {
	if *c = colour(text); *c != "red" {
		return errors.New("want red or green")
	}
	return nil
}

// fragile cannot marshal its zero value.
type fragile struct{ *colour }

func (f *fragile) UnmarshalText([]byte) error { return errors.New("no colour") }

func (f fragile) MarshalText() ([]byte, error) { return []byte(*f.colour), nil }

// money decodes itself.
type money int

func (m *money) UnmarshalJSON(raw []byte) error {
	n, err := strconv.Atoi(string(raw))
	*m = money(n)
	return err
}

type item struct {
	Price float64 `json:"price"`
	Due   time.Time
}

type order struct {
	Customer string `form:"name"`
	Both     int    `form:"form_both" json:"json_both"`
	Size     int8
	Count    uint
	Weight   float64
	Gift     bool
	Due      time.Time     `json:"due"`
	Wait     time.Duration `json:"wait"`
	ID       uuid.UUID     `json:"id"`
	Addr     netip.Addr
	Level    slog.Level
	Day      day
	Colour   *colour
	Fragile  fragile
	Data     []byte
	Ratings  []int
	Dates    *[]time.Time
	Quoted   int            `json:",string"`
	Items    []item         `json:"items"`
	Stock    map[string]int `json:"stock"`
	Money    money          `json:"money"`
	Floor    map[int]item   `json:"floor"`
	Func     func()         `json:"func"`
	Nested   struct {
		Any any
	} `json:"nested"`
}

func formOf[T any](t *testing.T) *form.Form {
	t.Helper()
	f, err := form.Of(reflect.TypeFor[T]())
	require.NoError(t, err)
	return f
}

func fillJSON[T any](t *testing.T, body string) (T, []form.Mistake, error) {
	t.Helper()
	var input T
	mistakes, err := formOf[T](t).FillJSON(reflect.ValueOf(&input).Elem(), []byte(body))
	return input, mistakes, err
}

func fillForm[T any](t *testing.T, query string) (T, []form.Mistake) {
	t.Helper()
	parameters, err := web.Begin(&web.Application{}, httptest.NewRequest("GET", "/?"+query, nil)).Parameters()
	require.NoError(t, err)
	var input T
	return input, formOf[T](t).Fill(reflect.ValueOf(&input).Elem(), parameters)
}

func texts(mistakes []form.Mistake) (all []string) {
	for _, m := range mistakes {
		all = append(all, m.Name+": "+m.Text)
	}
	return all
}

// The same wrong value makes the same mistake in a form and in JSON.
func TestMistakes(t *testing.T) {
	t.Parallel()
	const aTime = "a time: want something like 2026-01-31 or 2026-01-31T15:04:05Z"
	const aUUID = "want something like 00000000-0000-0000-0000-000000000000"
	for name, tt := range map[string]struct {
		query, body string // either may be empty
		want        []string
	}{
		"number out of range": {"size=300", `{"size":300}`, []string{`size: "300" is not an integer from -128 to 127`}},
		"fraction":            {"size=1.5", `{"size":1.5}`, []string{`size: "1.5" is not an integer`}},
		"negative":            {"count=-1", `{"count":-1}`, []string{`count: "-1" is not a non-negative integer`}},
		"large float":         {"weight=1e999", `{"weight":1e999}`, []string{`weight: "1e999" is not a number that fits into 64 bits`}},
		"time":                {"due=31.1.2026", `{"due":"31.1.2026"}`, []string{`due: "31.1.2026" is not ` + aTime}},
		"duration":            {"wait=soon", `{"wait":"soon"}`, []string{`wait: "soon" is not a duration: want something like 1m30s`}},
		"uuid":                {"id=7", `{"id":"7"}`, []string{`id: "7" is invalid: invalid UUID length: 1: ` + aUUID}},
		"address":             {"addr=home", `{"addr":"home"}`, []string{`addr: "home" is not an IP address: want something like 192.0.2.1 or 2001:db8::1`}},
		"level":               {"level=x", `{"level":"x"}`, []string{`level: "x" is not a level: want something like DEBUG, INFO, WARN or ERROR`}},
		"Go's error":          {"day=x", `{"day":"x"}`, []string{`day: "x" is invalid`}},
		"own error":           {"colour=blue", `{"colour":"blue"}`, []string{`colour: "blue" is invalid: want red or green`}},
		"no example":          {"fragile=x", `{"fragile":"x"}`, []string{`fragile: "x" is invalid: no colour`}},
		"base64":              {"data=%3F", `{"data":"?"}`, []string{`data: "?" is not base64: want something like aGVsbG8=`}},
		"two elements":        {"ratings=1&ratings=x&ratings=2&ratings=1.5", `{"ratings":[1,"x",2,1.5]}`, []string{"", `ratings.3: "1.5" is not an integer`}},
		"element of a type":   {"dates=2026-01-31&dates=x", `{"dates":["2026-01-31","x"]}`, []string{`dates.1: "x" is not ` + aTime}},
		"bool":                {"gift=maybe", "", []string{`gift: "maybe" is not a bool: want true or false`}},
		"not a number":        {"weight=NaN", "", []string{`weight: "NaN" is not a number`}},
		"several":             {"size=x&count=x", "", []string{`size: "x" is not an integer`, `count: "x" is not a non-negative integer`}},

		"kinds": {"", `{"size":"5","count":true,"weight":[],"gift":"true","due":5,"wait":{},"id":5,"name":1,"items":{},"stock":[],"data":true}`, []string{
			"size: expected an integer, got a string", "count: expected a non-negative integer, got a bool", "weight: expected a number, got an array",
			"gift: expected a bool, got a string: want true or false", "due: expected a time, got a number: want something like 2026-01-31 or 2026-01-31T15:04:05Z",
			"wait: expected a duration, got an object: want something like 1m30s", "id: expected a string, got a number: " + aUUID,
			"name: expected a string, got a number", "items: expected an array, got an object", "stock: expected an object, got an array",
			"data: expected a string in base64, got a bool: want something like aGVsbG8=",
		}},
		"paths": {"", `{"items":[{"price":1},{"price":"x","DUE":"y"},7],"stock":{"a":1,"b":"x"},"floor":{"1":{"due":1},"x":{}},"nested":{"any":[1,{"a":1e999}]}}`, []string{
			"items.1.price: expected a number, got a string", `items.1.due: "y" is not ` + aTime, "items.2: expected an object, got a number",
			"stock.b: expected an integer, got a string", "floor.1.due: expected a time, got a number: want something like 2026-01-31 or 2026-01-31T15:04:05Z",
			`floor.x: "x" is not an integer`, `nested.any.1.a: "1e999" is not a number that fits into 64 bits`,
		}},
		"nothing":             {"", `{"func":1}`, []string{"func: expected no value, got a number"}},
		"quoted":              {"", `{"quoted":"x"}`, []string{`quoted: "x" is not an integer`}},
		"unquoted":            {"", `{"quoted":5}`, []string{`quoted: expected a string that holds an integer, got a number`}},
		"too large in quotes": {"", `{"quoted":"99999999999999999999"}`, []string{`quoted: "99999999999999999999" is not an integer from -9223372036854775808 to 9223372036854775807`}},
		"its own":             {"", `{"money":"x"}`, []string{`money: "x" is invalid`}},
		"array":               {"", `[{}]`, []string{": expected an object, got an array"}},
		"text":                {"", `"x"`, []string{": expected an object, got a string"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tt.query != "" {
				_, mistakes := fillForm[order](t, tt.query)
				check(t, tt.want, texts(mistakes), `ratings.1: "x" is not an integer`)
			}
			if tt.body != "" {
				_, mistakes, err := fillJSON[order](t, tt.body)
				require.NoError(t, err)
				check(t, tt.want, texts(mistakes), "ratings.1: expected an integer, got a string")
			}
		})
	}
}

// check compares mistakes; "" stands for other.
func check(t *testing.T, want, got []string, other string) {
	t.Helper()
	want = append([]string(nil), want...)
	for i := range want {
		if want[i] == "" {
			want[i] = other
		}
	}
	assert.Equal(t, want, got)
}

func TestSyntaxErrors(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"":                          "invalid JSON body: line 1, column 1: expected a value, got the end",
		"{\n  \"é\": x}":            `invalid JSON body: line 2, column 8: expected a value, got 'x'`,
		`{"size"}`:                  `invalid JSON body: line 1, column 8: expected ':', got '}'`,
		`{"size":1,}`:               `invalid JSON body: line 1, column 11: expected a name in quotes, got '}'`,
		`{"size":1`:                 `invalid JSON body: line 1, column 10: expected ',' or '}', got the end`,
		`{} {}`:                     `invalid JSON body: line 1, column 4: expected the end, got '{'`,
		`{"size":-}`:                `invalid JSON body: line 1, column 10: expected a digit, got '}'`,
		`{"size":nil}`:              `invalid JSON body: line 1, column 10: expected the word null, got 'i'`,
		`{"name":"\d"}`:             `invalid JSON body: line 1, column 11: expected one of "\/bfnrtu after a backslash, got 'd'`,
		"{\"name\":\"\t\"}":         `invalid JSON body: line 1, column 10: expected an escaped character such as \n, got '\t'`,
		"{\"name\":\"\xff\"}":       "invalid JSON body: it is not UTF-8",
		"null":                      "the body is null, expected a JSON value",
		strings.Repeat("[", 10_001): "invalid JSON body: line 1, column 10001: more than 10000 arrays and objects inside each other",
	} {
		_, _, err := fillJSON[order](t, body)
		status, _ := web.StatusOf(err)
		assert.Equal(t, 400, status)
		var e *web.HTTPError
		require.ErrorAs(t, err, &e, body)
		assert.Equal(t, want, e.Detail())
	}
}

// A client that sends many wrong or long values does not get them all back.
func TestMistakesAreBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 10_000)
	_, mistakes, err := fillJSON[order](t, `{"ratings":[`+strings.Repeat(`"x",`, 5000)+`1],"due":"`+long+`"}`)
	require.NoError(t, err)
	require.Len(t, mistakes, 101)
	assert.Equal(t, form.Mistake{Text: "and 4901 more mistakes", Code: "more", Params: map[string]any{"count": 4901}}, mistakes[100])

	_, mistakes, err = fillJSON[order](t, `{"due":"`+long+`","stock":{"`+long+`":"x"},"data":"`+long+`","colour":"`+long+`"}`)
	require.NoError(t, err)
	for _, m := range mistakes {
		assert.Less(t, len(m.Name+m.Text), 300, "%v", m)
	}
	type deep struct {
		Any any `json:"any"`
	}
	_, mistakes, err = fillJSON[deep](t, `{"any":`+strings.Repeat(`{"`+long[:40]+`":[`, 4000)+"1e999"+strings.Repeat("]}", 4000)+"}")
	require.NoError(t, err)
	require.Len(t, mistakes, 1)
	assert.Less(t, len(mistakes[0].Name), 400)
	_, mistakes = fillForm[order](t, strings.Repeat("ratings=x&", 200))
	assert.Len(t, mistakes, 101)
}

func TestNames(t *testing.T) {
	t.Parallel()
	in, mistakes, err := fillJSON[order](t, `{"NAME":"Ann","json_both":1,"form_both":2,"customer":"ignored"}`)
	require.NoError(t, err)
	assert.Empty(t, mistakes)
	assert.Equal(t, order{Customer: "Ann", Both: 1}, in)
	in, mistakes = fillForm[order](t, "name=Ann&form_both=1&json_both=2&customer=ignored")
	assert.Empty(t, mistakes)
	assert.Equal(t, order{Customer: "Ann", Both: 1}, in)

	type inner struct{ A, B string }
	type Named struct{ C string }
	type Pointed struct{ D string }
	type nested struct {
		inner    `form:"-"`
		Named    `json:"named"`
		*Pointed `json:""`
		A        string
		No       string `json:"-"`
		FormOnly string `json:"-" form:"f"`
		JSONOnly string `form:"-"`
	}
	body := `{"a":"1","b":"2","named":{"c":"3"},"c":"no","d":"4","no":"no","f":"no","formonly":"no","jsononly":"5"}`
	_, err = form.Of(reflect.TypeFor[nested]())
	require.ErrorContains(t, err, "no form can fill field D of type string", "it is behind a pointer")
	type JSONPointed struct {
		D string `json:"d"`
	}
	type names struct {
		inner `form:"-"`
		Named `json:"named"`
		*JSONPointed
		A        string
		No       string `json:"-"`
		FormOnly string `json:"-" form:"f"`
		JSONOnly string `form:"-"`
	}
	got, mistakes, err := fillJSON[names](t, body)
	require.NoError(t, err)
	assert.Empty(t, mistakes)
	assert.Equal(t, names{inner: inner{B: "2"}, Named: Named{"3"}, JSONPointed: &JSONPointed{"4"}, A: "1", JSONOnly: "5"}, got)
	got, mistakes = fillForm[names](t, "a=1&b=no&c=no&named=no&d=no&no=no&f=6&jsononly=no")
	assert.Empty(t, mistakes)
	assert.Equal(t, names{A: "1", FormOnly: "6"}, got)
}

func TestFormValues(t *testing.T) {
	t.Parallel()
	in, mistakes := fillForm[order](t, "gift=on&due=2026-01-31&wait=1m30s&data=aGVsbG8%3D&dates=&dates=2026-01-31&level=WARN&colour=red&ratings=&day=&size=&id=")
	assert.Empty(t, mistakes)
	red, at := colour("red"), time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	assert.Equal(t, order{
		Gift: true, Due: at, Wait: 90 * time.Second, Data: []byte("hello"), Dates: &[]time.Time{at}, Level: slog.LevelWarn, Colour: &red,
	}, in)
	in, mistakes, err := fillJSON[order](t, `{"gift":true,"due":"2026-01-31","wait":"1m30s","data":"aGVsbG8=","dates":["2026-01-31"],"level":"WARN","colour":"red"}`)
	require.NoError(t, err)
	assert.Empty(t, mistakes)
	assert.Equal(t, order{
		Gift: true, Due: at, Wait: 90 * time.Second, Data: []byte("hello"), Dates: &[]time.Time{at}, Level: slog.LevelWarn, Colour: &red,
	}, in)
	in, _, _ = fillJSON[order](t, `{"wait":90000000000}`)
	assert.Equal(t, 90*time.Second, in.Wait, "as encoding/json writes it")
}

func TestInvalidTypes(t *testing.T) {
	t.Parallel()
	type low struct{ X int }
	type twice struct {
		A string `form:"x"`
		B string `json:"x"`
	}
	for want, typ := range map[string]reflect.Type{
		"fields A and B have the same name \"x\": rename one with a tag such as `form:\"title\"`":                  reflect.TypeFor[twice](),
		"field low is an embedded pointer to an unexported struct, which nothing can set: embed the struct itself": reflect.TypeFor[struct{ *low }](),
		"fields X and Y have the same name \"x\"": reflect.TypeFor[struct {
			Rows []struct {
				X int `json:"x"`
				Y int `form:"x"`
			} `json:"rows"`
		}](),
		"field Page: its tag `form:\"page,default=1\"` has options: want a name alone, such as `form:\"title\"`": reflect.TypeFor[struct {
			Page int `form:"page,default=1"`
		}](),
		"field File of type *multipart.FileHeader: an input has no files: remove the field, and read the file with FormFile or MultipartReader of the request": reflect.TypeFor[struct {
			File *multipart.FileHeader `json:"file"`
		}](),
		"field Files of type []multipart.File: an input has no files: remove the field": reflect.TypeFor[struct{ Files []multipart.File }](),
		"no form can fill field PP of type chan int":                                    reflect.TypeFor[struct{ PP chan int }](),
		"nothing can fill it, since its fields are unexported or left out by tags: export one, such as Title": reflect.TypeFor[struct {
			title  string
			Secret string `json:"-"`
		}](),
		"field title has the tag `form:\"title\"` but is unexported, so nothing can set it: export it": reflect.TypeFor[struct {
			title string `form:"title"`
			Text  string
		}](),
	} {
		_, err := form.Of(typ)
		assert.ErrorContains(t, err, want)
	}
	for _, typ := range []reflect.Type{reflect.TypeFor[struct{}](), reflect.TypeFor[time.Time]()} {
		_, err := form.Of(typ)
		assert.NoError(t, err, typ)
	}
}

// Recursive types have plans.
type tree struct {
	*Branch
	Name string           `json:"name"`
	Left *tree            `json:"left"`
	More map[string]*tree `json:"more"`
}

type Branch struct {
	*Branch
	Leaf string `json:"leaf"`
}

func TestRecursiveTypes(t *testing.T) {
	t.Parallel()
	in, mistakes, err := fillJSON[*tree](t, `{"name":"a","leaf":"l","left":{"name":"b","left":{"name":5}},"more":{"x":{"more":{"y":1}}}}`)
	require.NoError(t, err)
	assert.Equal(t, []string{"left.left.name: expected a string, got a number", "more.x.more.y: expected an object, got a number"}, texts(mistakes))
	assert.Equal(t, "b", in.Left.Name)
	assert.Equal(t, "l", in.Leaf)
	deep := strings.Repeat(`{"left":`, 9_999) + "{}" + strings.Repeat("}", 9_999)
	_, mistakes, err = fillJSON[tree](t, deep)
	assert.NoError(t, err)
	assert.Empty(t, mistakes)
}

// Decoding costs what the values need: the texts, the slices, and a few more.
func TestFillJSONAllocations(t *testing.T) {
	f := formOf[[]item](t)
	body := []byte(`[` + strings.TrimSuffix(strings.Repeat(`{"price":12.5},`, 100), ",") + `]`)
	allocs := testing.AllocsPerRun(100, func() {
		var in []item
		if m, err := f.FillJSON(reflect.ValueOf(&in).Elem(), body); err != nil || len(m) > 0 {
			panic(fmt.Sprint(m, err))
		}
	})
	assert.LessOrEqual(t, allocs, 12.0, "for 100 objects")
}
