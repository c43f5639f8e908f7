package postgres

// Assembly is what puts parts together.
type Assembly struct{ assembly }

// Add adds a part.
func (a *Assembly) Add(part string) ([]byte, bool) { return a.add(part) }

// Split returns the parts of a packet.
func Split(packet []byte) []string { return split(packet) }
