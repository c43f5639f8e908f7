package websocket_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/web"
	"github.com/mastaba-go/mastaba/views/websocket"
)

// echoAtOnce returns each message before it reads the next one.
func echoAtOnce(r *web.Request, _ any, conn *websocket.Conn) error {
	for {
		m, err := conn.Read(r.Context())
		if err == nil {
			err = conn.Write(r.Context(), m)
		}
		if err != nil {
			return err
		}
	}
}

// TestProtocol: what sockets do with the frames of a client, right and wrong (RFC 6455, sections 5
// to 7). An end without a close frame would be missing here.
func TestProtocol(t *testing.T) {
	t.Parallel()
	app, log := build(t, websocket.Options{MaxMessage: 1000}, echoAtOnce)
	server := httptest.NewServer(app)
	t.Cleanup(server.Close)
	const (
		text, bytes, cont, fin  = 1, 2, 0, 0x80
		closing, ping, pong     = 0x88, 0x89, 0x8a
		rsv1, rsv2, rsv3        = 0x40, 0x20, 0x10
		normal                  = "\x03\xe8"
		answered, protocolError = "close 1000", "close 1002"
	)
	leave := frame(closing, normal)
	for name, test := range map[string]struct {
		send string
		want []string
	}{
		"text":                                {frame(fin|text, "a") + leave, []string{"text a", answered}},
		"bytes":                               {frame(fin|bytes, "a") + leave, []string{"bytes a", answered}},
		"empty":                               {frame(fin|text, "") + leave, []string{"text ", answered}},
		"mask of zeros":                       {"\x81\x81\x00\x00\x00\x00a" + leave, []string{"text a", answered}},
		"length in more bytes than needed":    {"\x81\xfe\x00\x01\x00\x00\x00\x00a" + leave, []string{"text a", answered}},
		"fragments":                           {frame(text, "a") + frame(cont, "b") + frame(fin|cont, "c") + leave, []string{"text abc", answered}},
		"empty fragments":                     {frame(text, "") + frame(cont, "") + frame(fin|cont, "") + leave, []string{"text ", answered}},
		"a character in two fragments":        {frame(text, "\xc3") + frame(fin|cont, "\xa4") + leave, []string{"text ä", answered}},
		"ping between fragments":              {frame(text, "a") + frame(ping, "p") + frame(fin|cont, "b") + leave, []string{"pong p", "text ab", answered}},
		"pong nobody asked for":               {frame(pong, "p") + frame(fin|text, "a") + leave, []string{"text a", answered}},
		"ping of 125 bytes":                   {frame(ping, strings.Repeat("p", 125)) + leave, []string{"pong " + strings.Repeat("p", 125), answered}},
		"empty ping":                          {frame(ping, "") + leave, []string{"pong ", answered}},
		"close between fragments":             {frame(text, "a") + leave, []string{answered}},
		"frames after close":                  {leave + frame(fin|text, "late"), []string{answered}},
		"close without a code":                {frame(closing, ""), []string{"close"}},
		"close 1001":                          {frame(closing, "\x03\xe9off"), []string{"close 1001"}},
		"close 1014":                          {frame(closing, "\x03\xf6"), []string{"close 1014"}},
		"close 3000":                          {frame(closing, "\x0b\xb8"), []string{"close 3000"}},
		"close 4999":                          {frame(closing, "\x13\x87"), []string{"close 4999"}},
		"close with 123 bytes":                {frame(closing, normal+strings.Repeat("x", 123)), []string{answered}},
		"close with one byte":                 {frame(closing, "\x03"), []string{protocolError}},
		"close 0":                             {frame(closing, "\x00\x00"), []string{protocolError}},
		"close 999":                           {frame(closing, "\x03\xe7"), []string{protocolError}},
		"close 1004":                          {frame(closing, "\x03\xec"), []string{protocolError}},
		"close 1005":                          {frame(closing, "\x03\xed"), []string{protocolError}},
		"close 1006":                          {frame(closing, "\x03\xee"), []string{protocolError}},
		"close 1015":                          {frame(closing, "\x03\xf7"), []string{protocolError}},
		"close 1016":                          {frame(closing, "\x03\xf8"), []string{protocolError}},
		"close 2999":                          {frame(closing, "\x0b\xb7"), []string{protocolError}},
		"close 5000":                          {frame(closing, "\x13\x88"), []string{protocolError}},
		"close with a reason of no text":      {frame(closing, normal+"\xff"), []string{"close 1007"}},
		"reserved bit 1 without compression":  {frame(fin|rsv1|text, "a"), []string{protocolError}},
		"reserved bit 2":                      {frame(fin|rsv2|text, "a"), []string{protocolError}},
		"reserved bit 3":                      {frame(fin|rsv3|text, "a"), []string{protocolError}},
		"reserved bit of a ping":              {frame(ping|rsv1, ""), []string{protocolError}},
		"opcode 3":                            {frame(fin|3, ""), []string{protocolError}},
		"opcode 7":                            {frame(fin|7, "a"), []string{protocolError}},
		"opcode 11":                           {frame(fin|11, ""), []string{protocolError}},
		"opcode 15":                           {frame(fin|15, ""), []string{protocolError}},
		"a ping of 126 bytes":                 {frame(ping, strings.Repeat("p", 126)), []string{protocolError}},
		"a close of 126 bytes":                {frame(closing, normal+strings.Repeat("x", 124)), []string{protocolError}},
		"a fragmented ping":                   {frame(9, "p"), []string{protocolError}},
		"a fragmented close":                  {frame(8, normal), []string{protocolError}},
		"a fragment without a beginning":      {frame(fin|cont, "a"), []string{protocolError}},
		"a message inside another":            {frame(text, "a") + frame(fin|text, "b"), []string{protocolError}},
		"no mask":                             {"\x81\x01a", []string{protocolError}},
		"a ping without a mask":               {"\x89\x00", []string{protocolError}},
		"a length below zero":                 {"\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00", []string{protocolError}},
		"invalid UTF-8":                       {frame(fin|text, "a\xff"), []string{"close 1007"}},
		"a cut off character":                 {frame(fin|text, "\xe2\x82"), []string{"close 1007"}},
		"a surrogate":                         {frame(fin|text, "\xed\xa0\x80"), []string{"close 1007"}},
		"bytes that are not UTF-8":            {frame(fin|bytes, "\xff") + leave, []string{"bytes \xff", answered}},
		"as many bytes as allowed":            {frame(fin|text, strings.Repeat("x", 100)) + leave, []string{"text " + strings.Repeat("x", 100), answered}},
		"one byte too many":                   {frame(fin|text, strings.Repeat("x", 1001)), []string{"close 1009"}},
		"one byte too many in two fragments":  {frame(text, strings.Repeat("x", 1000)) + frame(fin|cont, "x"), []string{"close 1009"}},
		"a length that nobody has memory for": {"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00" + strings.Repeat("x", 2000), []string{"close 1009"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := dialRaw(t, server.Listener.Addr().String(), "")
			c.write(test.send)
			if last := test.want[len(test.want)-1]; last == "close 1007" || last == "close 1009" || last == protocolError {
				c.write(leave) // what a client does that is told so
			}
			assert.Equal(t, test.want, c.frames())
		})
	}
	assert.Empty(t, log.Lines(), "a client's mistakes are not errors of the server")
}
