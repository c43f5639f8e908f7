package framework

import (
	"fmt"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
)

// tree collects what AddLookup and AddStepHook register, for the traverser of the application.
type tree struct {
	rules []traversal.Rule
	hooks []traversal.Hook
}

// treeOf returns the tree of a registry that is being built.
func treeOf(reg *registry.Registry) *tree {
	return registry.Ensure(reg, func() *tree { return new(tree) })
}

// newTraverser returns the traverser of a finished registry.
func newTraverser(reg *registry.Registry) (*traversal.Traverser, error) {
	var declared tree
	if t, ok := registry.Lookup[*tree](reg); ok {
		declared = *t
	}
	return traversal.New(declared.rules, declared.hooks)
}

// AddLookup registers rules that find, list and locate resources of types that the application does
// not own: traversal.Lookup, LookupPath, Listing and Locate. A rule takes precedence over the
// methods of the type. Two rules of the same kind for the same type conflict.
func (c *Configurator) AddLookup(rules ...traversal.Rule) {
	config := c.Directive()
	for _, rule := range rules {
		if err := rule.Err(); err != nil {
			config.Report(err)
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

// set adds a rule, or replaces the one registered before the last Commit.
func (t *tree) set(rule traversal.Rule) {
	for i, old := range t.rules {
		if old.Kind() == rule.Kind() && old.Type() == rule.Type() {
			t.rules[i] = rule
			return
		}
	}
	t.rules = append(t.rules, rule)
}

// AddStepHook registers a function that is called after every step of every traversal, for traces
// and metrics. It runs on the goroutine of the request and must be safe for concurrent use. It
// costs two clock readings per step.
func (c *Configurator) AddStepHook(hook traversal.Hook) {
	config := c.Directive()
	if hook == nil {
		config.Report(fmt.Errorf("add step hook: the hook is nil"))
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
