package main

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/secure/precis"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/views/web"
)

// account is somebody who can log in. It is the identity of a request.
type account struct {
	Name     string
	Disabled bool
	Made     time.Time
	Groups   []string // their names

	// generation is a number that sessions have. Raising it ends all sessions of the account.
	generation int64
}

// Administrator reports whether the account is in the group of administrators.
func (a *account) Administrator() bool { return slices.Contains(a.Groups, administratorsID) }

// principals returns the groups as access lists name them.
func (a *account) principals() []string {
	names := make([]string, len(a.Groups))
	for i, name := range a.Groups {
		names[i] = groupPrefix + name
	}
	return names
}

// fold returns what is the same for names that count as the same, such as Bob and bob; "" for what
// cannot be the name of a user or group.
func fold(name string) string {
	folded, err := precis.UsernameCaseMapped.CompareKey(name)
	if err != nil || !names.MatchString(name) {
		return ""
	}
	// Cyrillic "а" looks like "a": nobody gets a name that mixes them.
	scripts := 0
	for _, script := range []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek} {
		if strings.ContainsFunc(name, func(c rune) bool { return unicode.Is(script, c) }) {
			scripts++
		}
	}
	if scripts > 1 {
		return ""
	}
	return folded
}

// checkPersonName checks the name of a new user or group, which is in a field.
func checkPersonName(field, name string) error {
	if fold(name) == "" {
		return problem(field, "use letters of one script, digits, dots and hyphens, beginning with a letter or digit")
	}
	return nil
}

// querier is a transaction, or a pool of connections.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// accountOf returns the account of a name, however that is written; nil if there is none.
func (w *wiki) accountOf(ctx context.Context, q querier, name string) (*account, error) {
	list, err := w.accounts(ctx, q, `u.folded = $1`, fold(name))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// accounts returns those that fulfil a condition, in the order of their names.
func (w *wiki) accounts(ctx context.Context, q querier, where string, args ...any) ([]*account, error) {
	rows, err := q.QueryContext(ctx, w.sql(`SELECT u.name, u.disabled, u.made, u.generation, coalesce(g.name, '')
		FROM wiki_users u LEFT JOIN wiki_members m ON m.person = u.name LEFT JOIN wiki_groups g ON g.id = m.grp
		WHERE `+where+` ORDER BY u.folded, g.folded`), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []*account
	for rows.Next() {
		a, made, group := new(account), int64(0), ""
		if err := rows.Scan(&a.Name, &a.Disabled, &made, &a.generation, &group); err != nil {
			return nil, err
		}
		if n := len(list); n > 0 && list[n-1].Name == a.Name {
			a = list[n-1] // another group of the same account
		} else {
			a.Made = time.UnixMicro(made).UTC()
			list = append(list, a)
		}
		if group != "" {
			a.Groups = append(a.Groups, group)
		}
	}
	return list, rows.Err()
}

// generationKey is the value of a session that has the generation of the account.
const generationKey = "generation"

// loadAccount returns the account of a request; nil if it is disabled, or if the session began
// before the password was changed: then nobody is logged in.
func (w *wiki) loadAccount(r *web.Request, user security.User) (any, error) {
	list, err := w.accounts(r.Context(), w.db.Reader(), `u.name = $1`, user.ID)
	if err != nil || len(list) == 0 || list[0].Disabled {
		return nil, err
	}
	if user.Scheme == "session" {
		session, err := r.Session()
		if err != nil {
			return nil, err
		}
		var generation int64
		if _, err := session.Get(generationKey, &generation); err != nil || generation != list[0].generation {
			return nil, err
		}
	}
	return list[0], nil
}

// groups returns the principals of a user besides the name.
func (w *wiki) groups(r *web.Request, _ string) ([]string, error) {
	a, ok, err := security.Identity[*account](r)
	if err != nil || !ok {
		return nil, err
	}
	return a.principals(), nil
}

// welcomeIn logs an account in.
func welcomeIn(r *framework.Request, name string, generation int64) error {
	if err := r.Remember(name); err != nil {
		return err
	}
	session, err := r.Session()
	if err != nil {
		return err
	}
	return session.Set(generationKey, generation)
}

// passwordHash is a password.AccountsFunc. Nobody logs in to an account that is disabled.
func (w *wiki) passwordHash(ctx context.Context, user string) (hash string, err error) {
	err = w.db.Reader().QueryRowContext(ctx, w.sql(`SELECT hash FROM wiki_users WHERE folded = $1 AND NOT disabled`), fold(user)).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return hash, err
}
