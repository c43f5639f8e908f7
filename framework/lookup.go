package framework

import (
	"fmt"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
)

// tree gathers what AddLookup and AddStepHook declare, of which the
// application's traverser is built.
type tree struct {
	rules []traversal.Rule
	hooks []traversal.Hook
}

// treeOf gives the tree of a registry that is being built.
func treeOf(reg *registry.Registry) *tree {
	return registry.Ensure(reg, func() *tree { return new(tree) })
}

// newTraverser builds the traverser of what a finished registry holds.
func newTraverser(reg *registry.Registry) (*traversal.Traverser, error) {
	var declared tree
	if t, ok := registry.Lookup[*tree](reg); ok {
		declared = *t
	}
	return traversal.New(declared.rules, declared.hooks)
}

// AddLookup registers how resources of types that the application does not
// own are looked up, listed and located: traversal.Lookup, LookupPath,
// Listing and Locate. A rule wins over the type's own methods. Two rules of
// one kind for one type are a conflict.
func (c *Configurator) AddLookup(rules ...traversal.Rule) {
	config := c.Directive()
	for _, rule := range rules {
		if err := rule.Err(); err != nil {
			config.Fail(err)
			continue
		}
		config.Declare(registry.Declaration{
			Category: "lookups", Type: rule.Kind(), ID: [2]any{rule.Kind(), rule.Type()}, Title: rule.String(),
			Fields:  []registry.Field{{Name: "type", Value: rule.Type()}},
			Subject: fmt.Sprintf("%s for %s", rule.Kind(), rule.Type()),
			Run: func(_ *registry.Config, reg *registry.Registry) error {
				treeOf(reg).set(rule)
				return nil
			},
		})
	}
}

// set adds a rule, or replaces the one that an earlier round declared.
func (t *tree) set(rule traversal.Rule) {
	for i, old := range t.rules {
		if old.Kind() == rule.Kind() && old.Type() == rule.Type() {
			t.rules[i] = rule
			return
		}
	}
	t.rules = append(t.rules, rule)
}

// AddStepHook has hook observe every step of every walk: for traces and
// metrics. It is called on the walk's own goroutine, by many at once, and
// costs two readings of the clock a step.
func (c *Configurator) AddStepHook(hook traversal.Hook) {
	config := c.Directive()
	if hook == nil {
		config.Fail(fmt.Errorf("add step hook: the hook is nil"))
		return
	}
	config.Declare(registry.Declaration{
		Category: "step hooks", Type: "step hook", Title: registry.FuncName(hook),
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			t := treeOf(reg)
			t.hooks = append(t.hooks, hook)
			return nil
		},
	})
}
