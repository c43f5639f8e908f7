package sqltree

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/traversal"
)

// SearchOptions say what Search returns. The zero value returns the first 20 hits of all that
// match.
type SearchOptions struct {
	// Permits decides whether someone may see a node, usually by the security policy of a request.
	// Search calls it for each node that has an access list, and then for each hit. So it must give
	// a node without a list of its own the answer of the nearest node above that has one; if it may
	// permit more than that, set Own. nil permits all.
	Permits func(ctx context.Context, n traversal.Node) (bool, error)

	// Own means that Permits looks at more than the lists that the tree stores: ACL methods or
	// local roles of the resources. Search then asks for each hit in turn, as it does when more
	// than 1,000 nodes have lists, and looks at 1,000 hits at most.
	Own bool

	Limit  int // hits to return; the default is 20, the maximum 100
	Offset int // hits to skip
}

// Hit is a node whose text matches.
type Hit struct {
	Node    traversal.Node
	Title   string
	Snippet []Fragment // of the body: where most of the words are, of its first 20,000 characters
}

// Fragment is a part of a snippet, in plain text: whoever writes it into a page escapes it.
type Fragment struct {
	Text  string
	Match bool // a word that was searched for
}

// Limits of one search.
const (
	maxLists   = 1000
	maxScanned = 1000
	maxWords   = 32
	maxHits    = 100
	bodySample = 20_000 // characters
)

// Search returns the nodes whose texts contain all words of a query, best first: words in the title
// count more. Quoted words must follow each other, a word with a minus must not occur, and one that
// ends with an asterisk is the beginning of a word. A query without words finds nothing. Words are
// compared without regard to case, and have no other forms: "page" does not find "pages".
//
// It costs one query for the nodes with access lists, one for the hits and one for their lineages.
func (t *Tree) Search(ctx context.Context, query string, o SearchOptions) ([]Hit, error) {
	terms := parseQuery(query)
	if len(terms) == 0 || o.Limit < 0 || o.Offset < 0 {
		return nil, nil
	}
	if o.Limit == 0 {
		o.Limit = 20
	}
	o.Limit = min(o.Limit, maxHits)
	s := &search{tree: t, options: o, terms: terms}
	s.q, _ = t.reader(ctx)
	hits, err := s.run(ctx)
	if err != nil {
		return nil, fmt.Errorf("search %q: %w", query, err)
	}
	return hits, nil
}

// search is one call of Search.
type search struct {
	tree    *Tree
	options SearchOptions
	terms   []Term
	q       querier
}

// found is a hit before its node is loaded.
type found struct {
	id          uuid.UUID
	title, body string
}

func (s *search) run(ctx context.Context) (hits []Hit, err error) {
	defer s.tree.explain(&err)
	if s.options.Permits == nil {
		return s.page(ctx, nil, true)
	}
	if !s.options.Own {
		allowed, open, complete, err := s.allowed(ctx)
		if err != nil {
			return nil, err
		}
		if complete {
			return s.page(ctx, allowed, open)
		}
	}
	return s.scan(ctx)
}

// allowed returns the nodes with access lists that Permits permits, and whether it permits those
// without any list above. It is not complete if there are too many.
func (s *search) allowed(ctx context.Context) (ids []uuid.UUID, open, complete bool, err error) {
	rows, err := s.q.QueryContext(ctx, s.tree.sql.lists, maxLists+1)
	if err != nil {
		return nil, false, false, err
	}
	var lists []uuid.UUID
	for rows.Next() {
		var id uuid.UUID
		if err := rows.Scan(&id); err != nil {
			return nil, false, false, errors.Join(err, rows.Close())
		}
		lists = append(lists, id)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || len(lists) > maxLists {
		return nil, false, false, err
	}
	nodes, err := s.tree.nodes(ctx, s.q, append(lists, s.tree.root))
	if err != nil {
		return nil, false, false, err
	}
	ids = []uuid.UUID{} // none is a set as well
	for _, id := range lists {
		ok, err := s.permits(ctx, nodes[id])
		if err != nil {
			return nil, false, false, err
		}
		if ok {
			ids = append(ids, id)
		}
	}
	open, err = s.permits(ctx, nodes[s.tree.root])
	return ids, open, true, err
}

// permits asks Permits about a node that exists.
func (s *search) permits(ctx context.Context, n traversal.Node) (bool, error) {
	if n.IsZero() {
		return false, nil
	}
	if s.options.Permits == nil {
		return true, nil
	}
	return s.options.Permits(ctx, n)
}

// page returns the hits of the page, of which the query has left out those that are not allowed.
func (s *search) page(ctx context.Context, allowed []uuid.UUID, open bool) ([]Hit, error) {
	list, err := s.query(ctx, allowed, open, s.options.Limit, s.options.Offset)
	if err != nil {
		return nil, err
	}
	return s.hits(ctx, list)
}

// scan asks Permits about one hit after the other.
func (s *search) scan(ctx context.Context) ([]Hit, error) {
	var all []Hit
	want := s.options.Offset + s.options.Limit
	for offset := 0; offset < maxScanned && len(all) < want; offset += maxHits {
		list, err := s.query(ctx, nil, true, maxHits, offset)
		if err != nil {
			return nil, err
		}
		hits, err := s.hits(ctx, list)
		if err != nil {
			return nil, err
		}
		all = append(all, hits...)
		if len(list) < maxHits {
			break
		}
	}
	all = all[min(s.options.Offset, len(all)):]
	return all[:min(s.options.Limit, len(all))], nil
}

func (s *search) query(ctx context.Context, allowed []uuid.UUID, open bool, limit, offset int) ([]found, error) {
	d := s.tree.db.dialect
	set := any(nil)
	if allowed != nil {
		set = d.IDs(allowed)
	}
	rows, err := s.q.QueryContext(ctx, s.tree.sql.search, d.Match(s.terms), set, open, bodySample, limit, offset)
	if err != nil {
		return nil, err
	}
	var list []found
	for rows.Next() {
		var f found
		if err := rows.Scan(&f.id, &f.title, &f.body); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		list = append(list, f)
	}
	return list, errors.Join(rows.Err(), rows.Close())
}

// hits loads the nodes of a list, and keeps those that are permitted.
func (s *search) hits(ctx context.Context, list []found) ([]Hit, error) {
	ids := make([]uuid.UUID, len(list))
	for i, f := range list {
		ids[i] = f.id
	}
	nodes, err := s.tree.nodes(ctx, s.q, ids)
	if err != nil {
		return nil, err
	}
	var hits []Hit
	for _, f := range list {
		ok, err := s.permits(ctx, nodes[f.id])
		if err != nil {
			return nil, err
		}
		if ok {
			hits = append(hits, Hit{Node: nodes[f.id], Title: f.title, Snippet: snippet(f.body, s.terms)})
		}
	}
	return hits, nil
}

// parseQuery returns the terms of a query, those with Not last; none if no other term is there.
func parseQuery(query string) []Term {
	var terms, not []Term
	words := 0
	for query != "" && words < maxWords {
		query = strings.TrimLeftFunc(query, unicode.IsSpace)
		var t Term
		t.Not = strings.HasPrefix(query, "-")
		query = strings.TrimPrefix(query, "-")
		part := query
		if strings.HasPrefix(query, `"`) {
			part, query, _ = strings.Cut(query[1:], `"`)
		} else if i := strings.IndexFunc(query, unicode.IsSpace); i >= 0 {
			part, query = query[:i], query[i:]
		} else {
			query = ""
		}
		t.Prefix = strings.HasSuffix(part, "*")
		t.Words = strings.FieldsFunc(part, func(r rune) bool { return !wordRune(r) })
		if len(t.Words) > maxWords-words {
			t.Words = t.Words[:maxWords-words]
		}
		words += len(t.Words)
		switch {
		case len(t.Words) == 0:
		case t.Not:
			not = append(not, t)
		default:
			terms = append(terms, t)
		}
	}
	if len(terms) == 0 {
		return nil
	}
	return append(terms, not...)
}

// wordRune reports whether a character is part of a word, as SQLite and PostgreSQL see it.
func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) }
