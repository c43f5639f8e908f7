package routes

// literals holds the literal segments that may follow a place in the trie. While they are few, they
// are compared one by one. Otherwise they are in a hash table of our own, since a map hashes whole
// texts, which costs more than everything else at a place. Our hash reads only the length and the
// ends of a text. If too many texts share these, a map replaces the table, so that no request makes
// a lookup slow.
type literals struct {
	list  []branch         // all
	slots []int32          // index of list plus one, 0 for none; their number is a power of two
	byMap map[string]*node // while the trie is built, and in place of slots
}

type branch struct {
	text string
	node *node
}

// fewBranches is how many branches are compared one by one.
const fewBranches = 4

// maxProbes is how many slots a lookup reads at most.
const maxProbes = 8

// find returns the node after a literal segment; nil without one.
func (l *literals) find(text string) *node {
	switch {
	case l.slots != nil:
		mask := uint64(len(l.slots) - 1)
		first := hashEnds(text)
		for h := first; h < first+maxProbes; h++ {
			at := l.slots[h&mask]
			if at == 0 {
				return nil
			}
			if b := &l.list[at-1]; b.text == text {
				return b.node
			}
		}
		return nil
	case l.byMap != nil:
		return l.byMap[text]
	}
	for i := range l.list {
		if b := &l.list[i]; b.text == text {
			return b.node
		}
	}
	return nil
}

// add adds a literal segment that is not there.
func (l *literals) add(text string, n *node) {
	l.list = append(l.list, branch{text, n})
	switch {
	case l.byMap != nil:
		l.byMap[text] = n
	case len(l.list) > fewBranches:
		l.byMap = make(map[string]*node, 2*len(l.list))
		for _, b := range l.list {
			l.byMap[b.text] = b.node
		}
	}
}

// finish makes find as fast as it can be. Nothing can be added afterwards.
func (l *literals) finish() {
	if l.byMap == nil {
		return
	}
	size := 16
	for size < 2*len(l.list) {
		size *= 2
	}
	for range 3 {
		if l.slots = hashTable(l.list, size); l.slots != nil {
			l.byMap = nil
			return
		}
		size *= 2
	}
}

// hashTable returns the slots of a hash table of a size, a power of two; nil if a text would be
// more than maxProbes slots away from where the search for it begins.
func hashTable(list []branch, size int) []int32 {
	slots := make([]int32, size)
	mask := uint64(size - 1)
	for i, b := range list {
		h := hashEnds(b.text)
		for probes := 1; slots[h&mask] != 0; h++ {
			if probes++; probes > maxProbes {
				return nil
			}
		}
		slots[h&mask] = int32(i + 1)
	}
	return slots
}

// hashEnds returns a hash of the length, the first and the last eight bytes of a text.
func hashEnds(text string) uint64 {
	const mix = 0x9e3779b97f4a7c15 // 2^64 divided by the golden ratio
	n := len(text)
	h := uint64(n)
	switch {
	case n >= 8:
		h ^= load8(text, 0)*mix ^ load8(text, n-8)
	case n >= 4:
		h ^= uint64(load4(text, 0))<<32 ^ uint64(load4(text, n-4))
	case n > 0:
		h ^= uint64(text[0])<<32 ^ uint64(text[n/2])<<24 ^ uint64(text[n-1])<<16
	}
	return h * mix >> 32
}
