package session

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// Each message of a flash queue is a value of its own, so that the messages of concurrent requests
// merge like other values: none is lost, and none that was shown comes back. Its name is
//
//	_f_ QUEUE / NUMBER RANDOM
//
// NUMBER, five hexadecimal digits, keeps the order within the queue. RANDOM, four characters, keeps
// two requests apart that choose the same number.
const (
	flashPrefix = "_f_"
	numberSize  = 5
	randomSize  = 4
	maxNumber   = 1<<(4*numberSize) - 1
)

func isFlash(name string) bool { return strings.HasPrefix(name, flashPrefix) }

// queueOf returns the queue that a name belongs to.
func queueOf(name string) string {
	if n := len(name) - numberSize - randomSize - 1; n >= len(flashPrefix) {
		return name[len(flashPrefix):n]
	}
	return ""
}

// numberOf returns the number in a name; 0 if it has none.
func numberOf(name string) int {
	if at := len(name) - numberSize - randomSize; at >= 0 {
		n, err := strconv.ParseUint(name[at:at+numberSize], 16, 32)
		if err == nil {
			return int(n)
		}
	}
	return 0
}

// messages returns the entries of a queue, in order. The caller holds mu.
func (s *state) messages(queue string) []entry {
	var list []entry
	for _, e := range s.entries {
		if !e.deleted && isFlash(e.name) && queueOf(e.name) == queue {
			list = append(list, e)
		}
	}
	slices.SortStableFunc(list, func(a, b entry) int { return numberOf(a.name) - numberOf(b.name) })
	return list
}

// Flash adds a message to a queue.
func (s *session) Flash(queue, message string, unique bool) error {
	name := flashPrefix + queue + "/"
	if err := checkName("x" + queue); err != nil {
		return fmt.Errorf("flash queue: %w", err)
	}
	text, err := encode(message)
	if err != nil {
		return fmt.Errorf("flash message: %w", err)
	}
	st := s.lock()
	defer st.mu.Unlock()
	number := 0
	for _, e := range st.messages(queue) {
		if unique && e.text == text {
			return nil
		}
		number = min(numberOf(e.name)+1, maxNumber)
	}
	var random [4]byte
	binary.LittleEndian.PutUint32(random[:], rand.Uint32())
	name += fmt.Sprintf("%0*x", numberSize, number) + base64.RawURLEncoding.EncodeToString(random[:3])
	return st.put(name, text)
}

// PopFlash removes and returns the messages of a queue.
func (s *session) PopFlash(queue string) ([]string, error) {
	st := s.lock()
	defer st.mu.Unlock()
	list := st.messages(queue)
	if len(list) > 0 && st.saved {
		return nil, ErrSaved
	}
	for _, e := range list {
		st.entries = remove(st.entries, e.name)
	}
	return texts(queue, list)
}

// PeekFlash returns the messages of a queue.
func (s *session) PeekFlash(queue string) ([]string, error) {
	st := s.lock()
	defer st.mu.Unlock()
	return texts(queue, st.messages(queue))
}

func texts(queue string, list []entry) ([]string, error) {
	messages := make([]string, len(list))
	for i, e := range list {
		if err := json.Unmarshal([]byte(e.text), &messages[i]); err != nil {
			return nil, fmt.Errorf("flash queue %q: %w", queue, err)
		}
	}
	return messages, nil
}
