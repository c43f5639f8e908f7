package i18n

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/mastaba-go/mastaba/views/i18n/internal/plural"
	"github.com/mastaba-go/mastaba/views/i18n/internal/po"
)

// parseMO reads a catalog in gettext's binary format (the manual of gettext, "MO files"), in either
// byte order. Offsets beyond the file are an error.
func parseMO(data []byte) (*catalog, error) {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case len(data) < 20:
		return nil, errors.New("not a .mo file: it has fewer than 20 bytes, the size of the header")
	case binary.BigEndian.Uint32(data) == 0x950412de:
		order = binary.BigEndian
	case order.Uint32(data) != 0x950412de:
		return nil, errors.New("not a .mo file: it does not begin with the bytes 950412de, in either order")
	}
	if major := order.Uint32(data[4:]) >> 16; major > 1 {
		return nil, fmt.Errorf("the .mo file has format %d: want 0 or 1", major)
	}
	count := uint64(order.Uint32(data[8:]))
	ids, texts := uint64(order.Uint32(data[12:])), uint64(order.Uint32(data[16:]))
	at := func(table, i uint64) (string, error) {
		if end := table + 8*i + 8; end > uint64(len(data)) {
			return "", errors.New("the file ends inside its table of messages: it is incomplete or damaged; compile it again with msgfmt")
		}
		length, from := uint64(order.Uint32(data[table+8*i:])), uint64(order.Uint32(data[table+8*i+4:]))
		if from+length > uint64(len(data)) {
			return "", errors.New("a text lies beyond the end of the file: it is incomplete or damaged; compile it again with msgfmt")
		}
		text := string(data[from : from+length])
		if !utf8.ValidString(text) {
			return "", errors.New("not UTF-8: convert the .po file, for example with msgconv")
		}
		return text, nil
	}
	c := &catalog{messages: map[po.Key]*message{}, rule: plural.TwoForms}
	for i := range count {
		id, err := at(ids, i)
		if err != nil {
			return nil, err
		}
		text, err := at(texts, i)
		if err != nil {
			return nil, err
		}
		if id == "" {
			err = c.header(text)
		} else {
			err = c.add(id, text)
		}
		if err != nil {
			return nil, err
		}
	}
	for k, m := range c.messages {
		if m.rule = c.rule; len(m.forms) > c.rule.Forms {
			return nil, fmt.Errorf("msgid %q has %d forms, but Plural-Forms says %d", k.ID, len(m.forms), c.rule.Forms)
		}
	}
	return c, nil
}

// add adds an entry as .mo files hold it: the context before a byte 4, the id, and for forms a zero
// byte with the plural; the forms are separated by zero bytes.
func (c *catalog) add(id, text string) error {
	var at po.Key
	if before, after, has := strings.Cut(id, "\x04"); has {
		at.Context, id = before, after
	}
	singular, _, plural := strings.Cut(id, "\x00")
	at.ID = singular
	if c.messages[at] != nil {
		return fmt.Errorf("msgid %q appears twice", at.ID)
	}
	switch {
	case strings.Trim(text, "\x00") == "":
	case plural:
		c.messages[at] = &message{forms: strings.Split(text, "\x00")}
	default:
		c.messages[at] = &message{text: text}
	}
	return nil
}
