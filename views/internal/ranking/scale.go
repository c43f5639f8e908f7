package ranking

import "math/big"

// Scale numbers the kinds by weight. It is not safe for concurrent use.
type Scale struct {
	places map[string]int
}

// NewScale numbers the declared kinds, the lightest first. Other kinds follow as they are used.
func NewScale(declared []string) *Scale {
	s := &Scale{places: make(map[string]int, len(declared))}
	for _, kind := range declared {
		s.Place(kind)
	}
	return s
}

// Place returns the number of a kind; the heaviest kind has the greatest. A new kind gets the
// number after all others.
func (s *Scale) Place(kind string) int {
	at, known := s.places[kind]
	if !known {
		at = len(s.places)
		s.places[kind] = at
	}
	return at
}

var maxOrder = big.NewInt(1 << 30)

// Order returns the number of a view whose predicates are of these kinds: the view with the
// smallest is tried first. See the file weight.go of package views.
func (s *Scale) Order(kinds []string) *big.Int {
	score := new(big.Int)
	for _, kind := range kinds {
		score.SetBit(score, s.Place(kind)+1, 1)
	}
	n := new(big.Int).Sub(maxOrder, score)
	// Div is Euclidean: for a positive divisor, that is floor division.
	return n.Div(n, big.NewInt(int64(len(kinds)+1)))
}
