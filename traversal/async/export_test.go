package async

// Branches is how many cancellable contexts a scope keeps.
func Branches(s *Scope) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.branches)
}
