package views

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/views/internal/condition"
	"github.com/mastaba-go/mastaba/views/internal/lineage"
	"github.com/mastaba-go/mastaba/views/web"
)

// The categories of declarations, as introspection lists them, that errors of other declarations
// refer to.
const (
	categoryViews      = "views"
	categoryDerivers   = "view derivers"
	categoryRenderers  = "renderer factories"
	categoryMappers    = "view mappers"
	categoryPredicates = "view predicates"
	categoryOffers     = "accept order"
	categoryOrders     = "view orders"
	categoryInherited  = lineage.Category
)

// registration is a derived view in the table. A view for an error type that was registered with
// Add has two, one for resources and one for errors (info.ErrorOnly), since the default permission
// and the default CSRF check apply only to the first.
type registration struct {
	info       *Info
	key        string              // of its predicates, see predicateKey
	accept     string              // media type of its Accept predicate, "" without
	checks     []web.Predicate     // set when the table is completed: lightest kind first, without Accept
	methods    condition.MethodSet // that the checks allow
	rest       []web.Predicate     // the checks that decide about more than methods
	call       Callable            // derived; if direct is not nil, around a view that returns nil
	direct     responder           // the function of the view, if its derivers pass on a response; or nil
	permissive Callable            // derived without secured_view, otherwise the same
}

// identity is what no two views may share: the discriminator of a view. A registration of a later
// round with the same identity replaces the earlier one in place. A view for an error type and an
// error view for it have the same identity.
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

// predicateKey returns a text that equal sets of predicates share, whatever their order.
func predicateKey(ps []web.Predicate) string {
	texts := make([]string, len(ps))
	for n, p := range ps {
		texts[n] = p.String()
	}
	slices.SortFunc(texts, cmp.Compare[string])
	return strings.Join(texts, "\x00")
}
