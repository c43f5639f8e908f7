package views

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// registration is one view as declared and derived: what Add hands to the
// table. A view for an error type that Add declared is two of them, one that
// answers resources and one that answers errors (info.ErrorOnly), since the
// default permission and the csrf default cover only the first.
type registration struct {
	info       *Info
	key        string          // identity of its predicates inside a group: printed, sorted
	accept     string          // media type of its Accept predicate, "" without
	checks     []web.Predicate // once the table is complete: lightest kind first, without an Accept by which the multiview chooses
	call       Callable        // derived
	permissive Callable        // derived without secured_view, otherwise the same
}

// identity is what no two views may share. It is the discriminator of a view's
// action; a registration of a later round with the same identity, in the same
// of the two tables, replaces the earlier one in place. A view for an error
// type and an error view for it are the same key.
type identity struct {
	resource reflect.Type
	status   [2]int
	name     string
	route    string
	key      string
}

func (reg *registration) identity() identity { return identityOf(reg.info, reg.key) }

func identityOf(i *Info, key string) identity {
	return identity{i.Resource, i.status, i.Name, i.Route, key}
}

// predicateKey is what two sets of predicates share if they are the same
// whatever the order in which they were written.
func predicateKey(ps []web.Predicate) string {
	texts := make([]string, len(ps))
	for n, p := range ps {
		texts[n] = p.String()
	}
	slices.SortFunc(texts, cmp.Compare[string])
	return strings.Join(texts, "\x00")
}
