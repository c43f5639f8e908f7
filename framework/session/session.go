package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/mastaba-go/mastaba/views/web"
)

// session is what a request has. Its state moves: see Fork.
type session struct {
	r     *web.Request
	at    atomic.Pointer[state]
	first state
}

var (
	_ web.Session      = (*session)(nil)
	_ web.SavedSession = (*session)(nil)
)

// state is the session of one client, as one request knows and changes it.
type state struct {
	f      *Factory
	cookie *cookie
	sent   bool // the client sent a cookie of this name

	mu sync.Mutex // guards all below

	known            bool   // to the keeper, under token
	token            string // of a stored session
	both             bool   // the cookie has another id too: see stored.open
	created, renewed time.Time
	opened           time.Time // when a cookie was read
	entries          []entry
	room             [4]entry // for entries of a cookie

	touched bool   // saved even without a change
	renew   bool   // gets another id
	ended   string // the token of what Invalidate ended
	invalid bool   // Invalidate was called
	saved   bool   // it is too late for changes
	outcome string // the Set-Cookie line once it is saved; "" without one
	removed bool   // the cookie is removed
}

// ErrSaved is the error of a change that comes too late: the session was saved, since the response
// is being sent. A stream or an http.Handler changes the session before it is returned by the view,
// not while it runs. A subscriber to web.NewResponse may change a session that the request has not
// used before, since one that it has used was saved already.
var ErrSaved = errors.New("the session was saved when the response began: change it before")

// begin makes the state a new session. The caller holds mu, or is alone.
func (s *state) begin() {
	s.known, s.token, s.entries = false, "", nil
	s.created = now()
	s.renewed = s.created
}

// lock returns the state, locked.
func (s *session) lock() *state {
	st := s.at.Load()
	st.mu.Lock()
	return st
}

// Get decodes a value.
func (s *session) Get(name string, into any) (bool, error) {
	st := s.lock()
	text, ok := get(st.entries, name)
	st.mu.Unlock()
	if !ok || isFlash(name) {
		return false, nil
	}
	if err := decode(text, into); err != nil {
		return false, fmt.Errorf("session value %q: %w", name, err)
	}
	return true, nil
}

// Text returns the value that is a text, as Get does; "" and false if there is none. It allocates
// nothing for texts that are the same in JSON.
func (s *session) Text(name string) (string, bool, error) {
	st := s.lock()
	text, ok := get(st.entries, name)
	st.mu.Unlock()
	if !ok || isFlash(name) {
		return "", false, nil
	}
	if plain, ok := plainText(text); ok {
		return plain, true, nil
	}
	var value string
	if err := decode(text, &value); err != nil {
		return "", false, fmt.Errorf("session value %q: %w", name, err)
	}
	return value, true, nil
}

// Set keeps a value.
func (s *session) Set(name string, value any) error {
	if err := checkName(name); err != nil {
		return err
	}
	text, err := encode(value)
	if err != nil {
		return fmt.Errorf("session value %q: %w", name, err)
	}
	st := s.lock()
	defer st.mu.Unlock()
	return st.put(name, text)
}

// decode reads JSON. Plain texts and small numbers, which most values are, need no decoder.
func decode(text string, into any) error {
	switch v := into.(type) {
	case *string:
		if plain, ok := plainText(text); ok && v != nil {
			*v = plain
			return nil
		}
	case *int:
		if v != nil && len(text) > 0 && len(text) < 10 && '1' <= text[0] && text[0] <= '9' {
			if n, err := strconv.Atoi(text); err == nil {
				*v = n
				return nil
			}
		}
	}
	return json.Unmarshal([]byte(text), into)
}

// plainText returns the text that JSON stands for; false if that needs a decoder.
func plainText(json string) (string, bool) {
	last := len(json) - 1
	if last < 1 || json[0] != '"' || json[last] != '"' || !isPlain(json[1:last]) {
		return "", false
	}
	return json[1:last], true
}

// isPlain reports whether a text is the same in JSON.
func isPlain(text string) bool {
	for ; len(text) >= 8; text = text[8:] {
		if !arePlain(uint64(text[0]) | uint64(text[1])<<8 | uint64(text[2])<<16 | uint64(text[3])<<24 |
			uint64(text[4])<<32 | uint64(text[5])<<40 | uint64(text[6])<<48 | uint64(text[7])<<56) {
			return false
		}
	}
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// arePlain reports whether eight bytes are. The highest bit of a byte stays 0 if it passes all
// tests: it is ASCII, adding 1 does not make it more than 0x7f, and subtracting does not make it
// negative.
func arePlain(x uint64) bool {
	const each, high = 0x0101010101010101, 0x8080808080808080
	quote, backslash := x^'"'*each, x^'\\'*each
	return (x|(x+each)|(x-' '*each)|(quote-each)|(backslash-each))&high == 0
}

// encode returns a value as JSON, without the escapes for HTML, which only cost room.
func encode(value any) (string, error) {
	switch v := value.(type) {
	case string:
		if isPlain(v) {
			return `"` + v + `"`, nil
		}
	case int:
		return strconv.Itoa(v), nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// maxName is how long the name of a value may be.
const maxName = 256

func checkName(name string) error {
	switch {
	case name == "":
		return errors.New("session value without a name")
	case len(name) > maxName:
		return fmt.Errorf("session value %.20q…: the name has %d bytes: want at most %d", name, len(name), maxName)
	case !utf8.ValidString(name) || strings.ContainsRune(name, 0):
		return fmt.Errorf("session value %q: want a name in UTF-8 without NUL", name)
	case isFlash(name):
		return fmt.Errorf("session value %q: names that begin with %q belong to flash queues", name, flashPrefix)
	}
	return nil
}

// put keeps a text, unless the session would become too large. The caller holds mu.
func (s *state) put(name, text string) error {
	if s.saved {
		return ErrSaved
	}
	had := s.entries
	if at := find(had, name); at >= 0 {
		had = slices.Clone(had)
	}
	s.entries = put(s.entries, name, text)
	if err := s.f.keeper.limit(s.cookie, s.entries); err != nil {
		s.entries = had
		return err
	}
	return nil
}

// Delete removes a value.
func (s *session) Delete(name string) {
	st := s.lock()
	defer st.mu.Unlock()
	if isFlash(name) || checkName(name) != nil {
		return // it has no such value
	}
	if st.changes(s.r) {
		st.entries = remove(st.entries, name)
	}
}

// changes reports whether the session may still change, and else logs that it does not. The caller
// holds mu.
func (s *state) changes(r *web.Request) bool {
	if s.saved {
		r.Log().Warn().Err(ErrSaved).Msg("session not changed")
	}
	return !s.saved
}

// Names returns the names of the values.
func (s *session) Names() []string {
	st := s.lock()
	defer st.mu.Unlock()
	names := []string{}
	for _, e := range st.entries {
		switch {
		case e.deleted:
		case isFlash(e.name):
			names = append(names, flashPrefix+queueOf(e.name))
		default:
			names = append(names, e.name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Changed makes the session be saved.
func (s *session) Changed() {
	st := s.lock()
	defer st.mu.Unlock()
	if st.changes(s.r) {
		st.touched = true
	}
}

// IsNew reports whether the client had no session.
func (s *session) IsNew() bool {
	st := s.lock()
	defer st.mu.Unlock()
	return !st.known
}

// Created returns when the session began.
func (s *session) Created() time.Time {
	st := s.lock()
	defer st.mu.Unlock()
	return st.created
}

// Renew gives the session another id, and removes the token that the old one may have leaked.
func (s *session) Renew() {
	st := s.lock()
	defer st.mu.Unlock()
	if st.changes(s.r) {
		st.renew = true
		if find(st.entries, web.CSRFTokenKey) >= 0 {
			st.entries = remove(st.entries, web.CSRFTokenKey)
		}
	}
}

// Invalidate ends the session and begins a new one.
func (s *session) Invalidate() {
	st := s.lock()
	defer st.mu.Unlock()
	if !st.changes(s.r) {
		return
	}
	if st.known {
		st.ended = st.token
	}
	st.invalid, st.touched, st.renew = true, false, false
	st.begin()
}

// Fork returns a session with a copy of the state, and a function that makes s take it over. A view
// that misses the deadline of tweens.Timeout has such a copy: what it does is never saved.
func (s *session) Fork() (any, func()) {
	st := s.lock()
	defer st.mu.Unlock()
	fork := &session{r: s.r}
	own := &fork.first
	own.f, own.cookie, own.sent = st.f, st.cookie, st.sent
	own.known, own.token, own.both, own.created, own.renewed = st.known, st.token, st.both, st.created, st.renewed
	own.opened = st.opened
	own.entries = slices.Clone(st.entries)
	own.touched, own.renew, own.ended, own.invalid = st.touched, st.renew, st.ended, st.invalid
	own.saved, own.outcome, own.removed = st.saved, st.outcome, st.removed
	fork.at.Store(own)
	return fork, func() { s.at.Store(fork.at.Load()) }
}
