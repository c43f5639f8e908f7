package devtools

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rs/zerolog"
)

// logLines gives the lines of a log to the requests that they belong to.
type logLines struct{ history *history }

var _ io.Writer = logLines{}

// Write takes one line of JSON, as zerolog writes it. It never fails: lines without a request, or of
// one that is forgotten, are ignored.
func (l logLines) Write(text []byte) (int, error) {
	if !bytes.Contains(text, []byte(`"request_id"`)) {
		return len(text), nil
	}
	var fields map[string]any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if dec.Decode(&fields) != nil {
		return len(text), nil
	}
	id, _ := fields["request_id"].(string)
	rec := l.history.of(id)
	if rec == nil {
		return len(text), nil
	}
	rec.log(lineOf(fields), len(text))
	return len(text), nil
}

func lineOf(fields map[string]any) line {
	var l line
	for name, value := range fields {
		text, ok := value.(string)
		if !ok {
			encoded, err := json.Marshal(value)
			if err != nil {
				encoded = fmt.Append(nil, value)
			}
			text = string(encoded)
		}
		switch name {
		case "request_id":
		case zerolog.LevelFieldName:
			l.Level = text
		case zerolog.TimestampFieldName:
			l.Time = text
		case zerolog.MessageFieldName:
			l.Text = text
		default:
			if secret(name) {
				text = masked(text)
			}
			l.Fields = append(l.Fields, fact{name, text})
		}
	}
	slices.SortFunc(l.Fields, func(a, b fact) int { return strings.Compare(a.Name, b.Name) })
	return l
}
