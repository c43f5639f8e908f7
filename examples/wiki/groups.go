package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/web"
)

// group is a group of people. Access lists have its name, all else has its ID.
type group struct {
	ID, Name string
	Members  int
}

// Fixed reports whether the group cannot be renamed or deleted.
func (g group) Fixed() bool { return g.ID == administratorsID }

// groupsWhere returns the groups that fulfil a condition, in the order of their names.
func (w *wiki) groupsWhere(ctx context.Context, q querier, where string, args ...any) ([]group, error) {
	rows, err := q.QueryContext(ctx, w.sql(`SELECT g.id, g.name, (SELECT count(*) FROM wiki_members m WHERE m.grp = g.id)
		FROM wiki_groups g WHERE `+where+` ORDER BY g.folded`), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []group
	for rows.Next() {
		var g group
		if err := rows.Scan(&g.ID, &g.Name, &g.Members); err != nil {
			return nil, err
		}
		list = append(list, g)
	}
	return list, rows.Err()
}

// allGroups returns all groups. There are as many as administrators have made.
func (w *wiki) allGroups(ctx context.Context) ([]group, error) {
	return w.groupsWhere(ctx, w.db.Reader(), `1 = 1`)
}

func (w *wiki) groupByID(ctx context.Context, q querier, id string) (*group, error) {
	if !names.MatchString(id) {
		return nil, nil // PostgreSQL refuses a zero byte
	}
	return w.oneGroup(ctx, q, `g.id = $1`, id)
}

func (w *wiki) groupByName(ctx context.Context, q querier, name string) (*group, error) {
	return w.oneGroup(ctx, q, `g.folded = $1`, fold(name))
}

func (w *wiki) oneGroup(ctx context.Context, q querier, where, value string) (*group, error) {
	list, err := w.groupsWhere(ctx, q, where, value)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// groupsPage is what groups.html shows.
type groupsPage struct {
	Form   *forms.Form
	Groups []group
}

// groupInput is the form of a new group.
type groupInput struct {
	Group string `form:"group"`
}

// Validate checks the name.
func (in groupInput) Validate() error { return checkPersonName("group", in.Group) }

func (w *wiki) showGroups(r *framework.Request, _ *Folder) (groupsPage, error) {
	list, err := w.allGroups(r.Context())
	return groupsPage{forms.Show(r, groupInput{}), list}, err
}

func (w *wiki) addGroup(r *framework.Request, _ *Folder, in groupInput) (*framework.Response, error) {
	tx, err := transaction.Tx(r.Context())
	if err != nil {
		return nil, err
	}
	id := rand.Text()
	result, err := tx.ExecContext(r.Context(), w.sql(`INSERT INTO wiki_groups (id, name, folded) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`), id, in.Group, fold(in.Group))
	if err != nil {
		return nil, err
	}
	if added, err := result.RowsAffected(); err != nil {
		return nil, err
	} else if added == 0 {
		return nil, problem("group", "another group has this name")
	}
	return doneAt(r, "group", "The group is ready. Add its members.", web.With("id", id))
}

// groupPage is what group.html shows.
type groupPage struct {
	Form    *forms.Form
	Group   *group
	Members []*account
	Used    []traversal.Node // whose access lists name the group, at most mostUsed
}

const mostUsed = 50

// groupChange is the form that changes a group: rename, delete, add or remove.
type groupChange struct {
	Action string `form:"action"`
	Group  string `form:"group"` // the new name
	Person string `form:"person"`
}

// groupOf returns the group of the address.
func (w *wiki) groupOf(r *framework.Request, q querier) (*group, error) {
	g, err := w.groupByID(r.Context(), q, r.Param("id"))
	if err == nil && g == nil {
		err = web.NotFound("There is no such group.")
	}
	return g, err
}

func (w *wiki) showGroup(r *framework.Request, _ *Folder) (page groupPage, err error) {
	ctx := r.Context()
	if page.Group, err = w.groupOf(r, w.db.Reader()); err != nil {
		return page, err
	}
	page.Form = forms.Show(r, groupChange{Group: page.Group.Name})
	page.Members, err = w.accounts(ctx, w.db.Reader(), `u.name IN (SELECT person FROM wiki_members WHERE grp = $1)`, page.Group.ID)
	if err != nil {
		return page, err
	}
	page.Used, err = w.usesOf(ctx, groupPrefix+page.Group.Name, mostUsed)
	return page, err
}

// usesOf returns nodes whose access lists name a principal, at most limit.
func (w *wiki) usesOf(ctx context.Context, principal string, limit int) (used []traversal.Node, err error) {
	for n, err := range w.tree.Listed(ctx) {
		if err != nil {
			return nil, err
		}
		list, err := listOf(ctx, n)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(list, func(e acl.Entry) bool { return e.Principal() == principal }) {
			if used = append(used, n); len(used) == limit {
				break
			}
		}
	}
	return used, nil
}

// listOf returns the access list that a node itself has.
func listOf(ctx context.Context, n traversal.Node) (acl.List, error) {
	if has, ok := n.Resource().(acl.Provider); ok {
		return has.ACL(ctx)
	}
	return nil, nil
}

func (w *wiki) changeGroup(r *framework.Request, _ *Folder, in groupChange) (*framework.Response, error) {
	tx, err := transaction.Tx(r.Context())
	if err != nil {
		return nil, err
	}
	g, err := w.groupOf(r, tx)
	if err != nil {
		return nil, err
	}
	switch in.Action {
	case "rename":
		err = w.renameGroup(r, tx, g, in.Group)
	case "delete":
		if err := w.deleteGroup(r.Context(), tx, g); err != nil {
			return nil, err
		}
		return doneAt(r, "groups", "The group "+g.Name+" is deleted.")
	case "add":
		err = w.addMember(r.Context(), tx, g, in.Person)
	case "remove":
		err = w.removeMember(r.Context(), tx, g, in.Person)
	default:
		err = web.BadRequest("The action is rename, delete, add or remove.")
	}
	if err != nil {
		return nil, err
	}
	return doneAt(r, "group", "It is done.", web.With("id", g.ID))
}

// renameGroup also changes the access lists that name the group.
func (w *wiki) renameGroup(r *framework.Request, tx *sql.Tx, g *group, name string) error {
	ctx := r.Context()
	if g.Fixed() {
		return problem("group", "this group keeps its name")
	}
	if err := checkPersonName("group", name); err != nil {
		return err
	}
	if other, err := w.groupByName(ctx, tx, name); err != nil {
		return err
	} else if other != nil && other.ID != g.ID {
		return problem("group", "another group has this name")
	}
	if _, err := tx.ExecContext(ctx, w.sql(`UPDATE wiki_groups SET name = $1, folded = $2 WHERE id = $3`), name, fold(name), g.ID); err != nil {
		return err
	}
	by, err := r.UserID()
	if err != nil {
		return err
	}
	return w.renamePrincipal(sqltree.WithActor(ctx, userPrefix+by), groupPrefix+g.Name, groupPrefix+name)
}

// renamePrincipal puts another principal into all access lists that name the old one.
func (w *wiki) renamePrincipal(ctx context.Context, old, name string) error {
	for n, err := range w.tree.Listed(ctx) {
		if err != nil {
			return err
		}
		list, err := listOf(ctx, n)
		if err != nil {
			return err
		}
		changed := slices.Clone(list)
		for i, e := range list {
			if e.Principal() != old {
				continue
			}
			changed[i] = acl.Deny(name, e.Permissions()...)
			if e.Allows() {
				changed[i] = acl.Allow(name, e.Permissions()...)
			}
		}
		if changed.String() == list.String() {
			continue
		}
		if err := retryConflict(w.tree.SetACL(ctx, n.Resource().(sqltree.Resource), changed)); err != nil {
			return err
		}
	}
	return nil
}

// deleteGroup refuses to delete a group that access lists name: a later group of the same name
// would get what they allow.
func (w *wiki) deleteGroup(ctx context.Context, tx *sql.Tx, g *group) error {
	if g.Fixed() {
		return problem("", "the group of administrators stays")
	}
	used, err := w.usesOf(ctx, groupPrefix+g.Name, mostUsed)
	if err != nil {
		return err
	}
	if len(used) > 0 {
		return problem("", fmt.Sprintf("the group is named by the sharing of %s: remove it there first (all places are below)", used[0].Path()))
	}
	if _, err := tx.ExecContext(ctx, w.sql(`DELETE FROM wiki_members WHERE grp = $1`), g.ID); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, w.sql(`DELETE FROM wiki_groups WHERE id = $1`), g.ID)
	return err
}

func (w *wiki) addMember(ctx context.Context, tx *sql.Tx, g *group, name string) error {
	person, err := w.accountOf(ctx, tx, name)
	if err != nil {
		return err
	}
	if person == nil {
		return problem("person", "nobody has this name")
	}
	_, err = tx.ExecContext(ctx, w.sql(`INSERT INTO wiki_members (person, grp) VALUES ($1, $2) ON CONFLICT DO NOTHING`), person.Name, g.ID)
	return err
}

func (w *wiki) removeMember(ctx context.Context, tx *sql.Tx, g *group, name string) error {
	if !names.MatchString(name) {
		return problem("person", "nobody has this name")
	}
	if g.ID == administratorsID {
		if last, err := w.lastAdministrator(ctx, tx, name); err != nil {
			return err
		} else if last {
			return problem("", "nobody else can administer the wiki: make somebody else an administrator first")
		}
	}
	_, err := tx.ExecContext(ctx, w.sql(`DELETE FROM wiki_members WHERE person = $1 AND grp = $2`), name, g.ID)
	return err
}

// retryConflict makes the request begin again if another one has changed the node meanwhile.
func retryConflict(err error) error {
	if errors.Is(err, sqltree.ErrConflict) {
		return transaction.MarkRetryable(err)
	}
	return err
}
