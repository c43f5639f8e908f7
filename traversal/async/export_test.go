package async

// Endings returns the number of cancellable contexts that a scope keeps.
func Endings(s *Scope) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.endings)
}
