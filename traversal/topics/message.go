package topics

// Kind says what a message is about.
type Kind uint8

const (
	// Published is a message that someone published.
	Published Kind = iota
	// Gap says that messages are missing: the subscriber was too slow, or came back too late. It
	// has neither a Name nor Data.
	Gap
	// Presence says that someone has come or gone: see [Hub.Present]. Several changes may make one
	// message. It has neither a Name nor Data.
	Presence
)

// String returns "published", "gap" or "presence".
func (k Kind) String() string {
	switch k {
	case Published:
		return "published"
	case Gap:
		return "gap"
	case Presence:
		return "presence"
	}
	return "unknown"
}

// Message is what a subscriber receives.
type Message struct {
	Kind Kind
	// ID is the position behind the message, for [Hub.Subscribe]. It consists of letters, digits,
	// "." and "_", and is at most a few hundred bytes long.
	ID string
	// Name says what kind of message it is for the application, such as "said".
	Name string
	// Data are the bytes that were published. All subscribers share them, so nobody may change
	// them.
	Data []byte
}
