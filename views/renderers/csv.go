package renderers

import (
	"bytes"
	"cmp"
	"encoding"
	"fmt"
	"mime"
	"reflect"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// CSVOptions are the options of [CSV].
type CSVOptions struct {
	// Filename is the name under which browsers save the file; "" lets them show it.
	Filename string
	// Comma separates the cells; 0 is a comma.
	Comma rune
	// KeepFormulas writes texts as they are. By default a text that a spreadsheet would evaluate,
	// because it begins with =, +, -, @, a tab or a line break, gets an apostrophe before it.
	KeepFormulas bool
}

// CSV renders a list as text/csv (RFC 4180). An item is a []string, a []any, or a struct or a
// pointer to one: then the first line has the names of its exported fields, or those in their tags
// `csv:"name"`; `csv:"-"` leaves a field out.
//
// A cell with a semicolon or a tab is quoted too: spreadsheets of some countries take these for the
// separator, and what follows one for a cell of its own.
func CSV(o CSVOptions) views.RendererFactory {
	return func(info views.RendererInfo) (views.ValueRenderer, error) {
		if o.Comma != 0 && (o.Comma == '"' || o.Comma == '\n' || o.Comma == '\r' || o.Comma == 0xFFFD) {
			return nil, fmt.Errorf("invalid comma %q: want one such as ';'", o.Comma)
		}
		return views.RendererFunc(func(_ *web.Request, resp *web.Response, value any) error {
			list, err := itemsOf(value)
			if err != nil {
				return err
			}
			columns, err := columnsOf(list.of)
			if err != nil {
				return err
			}
			if resp.ContentType() == "" {
				resp.SetContentType("text/csv; charset=utf-8")
			}
			if o.Filename != "" && resp.Header("Content-Disposition") == "" {
				resp.SetHeader("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": o.Filename}))
			}
			return send(resp, list.stream, func(line func([]byte) error) error { return o.write(list, columns, line) })
		}), nil
	}
}

func (o CSVOptions) write(list items, columns []column, line func([]byte) error) error {
	var b bytes.Buffer
	comma := cmp.Or(o.Comma, ',')
	put := func(cells []string) error {
		b.Reset()
		for i, cell := range cells {
			if i > 0 {
				b.WriteRune(comma)
			}
			writeCell(&b, cell, comma)
		}
		if b.Len() == 0 {
			b.WriteString(`""`) // readers skip blank lines
		}
		b.WriteString("\r\n")
		return line(b.Bytes())
	}
	var cells []string
	if columns != nil {
		for _, c := range columns {
			cells = append(cells, c.name)
		}
		if err := put(cells); err != nil {
			return err
		}
	}
	for item, err := range list.all {
		if err == nil {
			cells, err = o.cells(cells[:0], reflect.ValueOf(item), columns)
		}
		if err == nil {
			err = put(cells)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// writeCell writes a cell, in quotes where RFC 4180 or a spreadsheet needs them.
func writeCell(b *bytes.Buffer, cell string, comma rune) {
	blank := cell != "" && (cell[0] == ' ' || cell[len(cell)-1] == ' ')
	if !blank && !strings.ContainsRune(cell, comma) && !strings.ContainsAny(cell, "\",;\t\r\n") {
		b.WriteString(cell)
		return
	}
	b.WriteByte('"')
	b.WriteString(strings.ReplaceAll(cell, `"`, `""`))
	b.WriteByte('"')
}

// cells appends the cells of one item.
func (o CSVOptions) cells(cells []string, v reflect.Value, columns []column) ([]string, error) {
	for v.IsValid() && v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch {
	case !v.IsValid():
		return append(cells, make([]string, max(1, len(columns)))...), nil
	case columns != nil:
		for _, c := range columns {
			field, err := v.FieldByIndexErr(c.index)
			if err != nil { // below a nil pointer
				field = reflect.Value{}
			}
			cell, err := o.cell(field)
			if err != nil {
				return nil, fmt.Errorf("column %q: %w", c.name, err)
			}
			cells = append(cells, cell)
		}
	default:
		for i := range v.Len() {
			cell, err := o.cell(v.Index(i))
			if err != nil {
				return nil, err
			}
			cells = append(cells, cell)
		}
	}
	return cells, nil
}

// cell returns the text of a value.
func (o CSVOptions) cell(v reflect.Value) (string, error) {
	for v.IsValid() && (v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer && (v.IsNil() || !v.Type().Implements(textMarshaler))) {
		v = v.Elem()
	}
	if !v.IsValid() {
		return "", nil
	}
	if m, ok := v.Interface().(encoding.TextMarshaler); ok {
		text, err := m.MarshalText()
		return o.text(string(text)), err
	}
	switch v.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(v.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return fmt.Sprint(v.Interface()), nil
	}
	return o.text(fmt.Sprint(v.Interface())), nil
}

func (o CSVOptions) text(s string) string {
	if !o.KeepFormulas && s != "" && strings.IndexByte("=+-@\t\r\n", s[0]) >= 0 {
		return "'" + s
	}
	return s
}

// column is a field of the items.
type column struct {
	name  string
	index []int
}

var textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()

// columnsOf returns the columns of items of a struct type, nil for lists of cells.
func columnsOf(of reflect.Type) ([]column, error) {
	t := of
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t.Kind() == reflect.Struct && !of.Implements(textMarshaler):
	case of.Kind() == reflect.Slice || of.Kind() == reflect.Array:
		return nil, nil
	default:
		return nil, fmt.Errorf("no line can be made of a %s: want items that are structs, []string or []any", of)
	}
	columns := []column{}
	for _, f := range reflect.VisibleFields(t) {
		name := f.Tag.Get("csv")
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if name == "-" || !f.IsExported() || f.Anonymous && name == "" && inner.Kind() == reflect.Struct {
			continue
		}
		if name == "" {
			name = f.Name
		}
		columns = append(columns, column{name, f.Index})
	}
	return columns, nil
}
