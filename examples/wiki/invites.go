package main

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/web"
)

// invite lets one person make an account, or choose a new password. Who has its token has it: the
// table has only the hash.
type invite struct {
	Hash   string
	Person string   // whose password it is about; "" for a new account
	Groups []string // the ids of those that the new account is in
	By     string   // who has made it; "" for the wiki itself
	Ends   time.Time
}

// How long a link to a new password is good, and the first one, which the wiki prints.
const (
	resetTime = 24 * time.Hour
	firstTime = 7 * 24 * time.Hour
)

// newInvite stores an invite and returns its token.
func (w *wiki) newInvite(ctx context.Context, tx *sql.Tx, in invite) (token string, err error) {
	token, hash := security.NewToken()
	if _, err := tx.ExecContext(ctx, w.sql(`DELETE FROM wiki_invites WHERE ends <= $1`), time.Now().UnixMicro()); err != nil {
		return "", err
	}
	_, err = tx.ExecContext(ctx, w.sql(`INSERT INTO wiki_invites (hash, person, groups_of, made_by, ends) VALUES ($1, $2, $3, $4, $5)`),
		hash, in.Person, strings.Join(in.Groups, " "), in.By, in.Ends.UnixMicro())
	return token, err
}

// useInvite removes the invite of a token, and returns it.
func (w *wiki) useInvite(ctx context.Context, tx *sql.Tx, token string, reset bool) (in invite, err error) {
	var groups string
	err = tx.QueryRowContext(ctx, w.sql(`DELETE FROM wiki_invites WHERE hash = $1 AND ends > $2 AND (person <> '') = $3 RETURNING person, groups_of`),
		security.HashToken(token), time.Now().UnixMicro(), reset).Scan(&in.Person, &groups)
	if errors.Is(err, sql.ErrNoRows) {
		err = problem("", "this link was used, is too old, was withdrawn, or never existed")
	}
	in.Groups = strings.Fields(groups)
	return in, err
}

// openInvites returns the invites to new accounts that are still good.
func (w *wiki) openInvites(ctx context.Context) (list []invite, err error) {
	rows, err := w.db.Reader().QueryContext(ctx, w.sql(`SELECT hash, groups_of, made_by, ends FROM wiki_invites
		WHERE person = '' AND ends > $1 ORDER BY ends, hash LIMIT 500`), time.Now().UnixMicro())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var in invite
		var groups string
		var ends int64
		if err := rows.Scan(&in.Hash, &groups, &in.By, &ends); err != nil {
			return nil, err
		}
		in.Groups, in.Ends = strings.Fields(groups), time.UnixMicro(ends).UTC()
		list = append(list, in)
	}
	return list, rows.Err()
}

// firstInvite returns the token of the one who becomes the administrator, "" if somebody has an
// account. An earlier token is no longer good.
func (w *wiki) firstInvite(ctx context.Context) (token string, err error) {
	err = transaction.Run(ctx, w.db, transaction.RunOptions{Attempts: 3}, func(ctx context.Context) error {
		token = ""
		tx, err := transaction.Tx(ctx)
		if err != nil {
			return err
		}
		var users int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM wiki_users`).Scan(&users); err != nil || users > 0 {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM wiki_invites WHERE made_by = ''`); err != nil {
			return err
		}
		token, err = w.newInvite(ctx, tx, invite{Groups: []string{administratorsID}, Ends: time.Now().Add(firstTime)})
		return err
	})
	return token, err
}

// joinInput is the form of a new account.
type joinInput struct {
	User string `form:"user"`
	newPassword
	Token string `form:"token"`
}

// Validate checks the name and how long the password is.
func (in joinInput) Validate() error {
	return errors.Join(checkPersonName("user", in.User), in.newPassword.Validate())
}

func showJoin(r *framework.Request, _ *Folder) (*forms.Form, error) {
	return forms.Show(r, joinInput{Token: r.URL.Query().Get("token")}), nil
}

// join makes an account for an invite, which is used up by it.
func (w *wiki) join(r *framework.Request, _ *Folder, in joinInput) (*framework.Response, error) {
	ctx := r.Context()
	hash, err := w.hasher.Hash(ctx, in.Password)
	if err != nil {
		return nil, err
	}
	tx, err := transaction.Tx(ctx)
	if err != nil {
		return nil, err
	}
	invited, err := w.useInvite(ctx, tx, in.Token, false)
	if err != nil {
		return nil, err
	}
	result, err := tx.ExecContext(ctx, w.sql(`INSERT INTO wiki_users (name, folded, hash, generation, disabled, made)
		VALUES ($1, $2, $3, 1, false, $4) ON CONFLICT DO NOTHING`), in.User, fold(in.User), hash, time.Now().UnixMicro())
	if err != nil {
		return nil, err
	}
	if added, err := result.RowsAffected(); err != nil {
		return nil, err
	} else if added == 0 {
		return nil, problem("user", "somebody else has this name")
	}
	for _, id := range invited.Groups { // a group that was deleted meanwhile gets no member
		if _, err := tx.ExecContext(ctx, w.sql(`INSERT INTO wiki_members (person, grp) SELECT CAST($1 AS text), id FROM wiki_groups WHERE id = $2`), in.User, id); err != nil {
			return nil, err
		}
	}
	return r.Redirect(http.StatusSeeOther, r.Prefix()+"/"), welcomeIn(r, in.User, 1)
}

// inviteInput is the form of an invite.
type inviteInput struct {
	Groups []string `form:"group"` // ids
	Days   int      `form:"days"`
}

// Validate checks how long the invite is good.
func (in inviteInput) Validate() error {
	if in.Days < 1 || in.Days > 90 {
		return problem("days", "an invite is good for 1 to 90 days")
	}
	return nil
}

// invitesPage is what invites.html shows.
type invitesPage struct {
	Form   *forms.Form
	Groups []group
	Open   []invite
	Link   string // of the invite that was just made
}

// GroupName returns the name of the group with an id; "" if it was deleted.
func (p invitesPage) GroupName(id string) string {
	for _, g := range p.Groups {
		if g.ID == id {
			return g.Name
		}
	}
	return ""
}

func (w *wiki) showInvites(r *framework.Request, _ *Folder) (page invitesPage, err error) {
	page.Form = forms.Show(r, inviteInput{Days: 7})
	if page.Groups, err = w.allGroups(r.Context()); err != nil {
		return page, err
	}
	page.Open, err = w.openInvites(r.Context())
	return page, err
}

// makeInvite stores an invite and shows its link, this once.
func (w *wiki) makeInvite(r *framework.Request, _ *Folder, in inviteInput) (*framework.Response, error) {
	ctx := r.Context()
	tx, err := transaction.Tx(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range in.Groups {
		if g, err := w.groupByID(ctx, tx, id); err != nil {
			return nil, err
		} else if g == nil {
			return nil, problem("group", "one of the groups was deleted meanwhile")
		}
	}
	by, err := r.UserID()
	if err != nil {
		return nil, err
	}
	token, err := w.newInvite(ctx, tx, invite{Groups: in.Groups, By: by, Ends: time.Now().AddDate(0, 0, in.Days)})
	if err != nil {
		return nil, err
	}
	link, err := r.RouteURL("join", web.Query("token", token))
	if err != nil {
		return nil, err
	}
	return showLink(r, linkPage{Link: link, Days: in.Days})
}

// linkPage is what link.html shows: a link that nobody can look up later.
type linkPage struct {
	Link   string
	Person string // whose password it is about; "" for a new account
	Days   int
}

func (w *wiki) withdrawInvite(r *framework.Request, _ *Folder, in struct{ Hash string }) (*framework.Response, error) {
	if strings.ContainsRune(in.Hash, 0) {
		return nil, web.BadRequest("There is no such invite.") // PostgreSQL refuses a zero byte
	}
	tx, err := transaction.Tx(r.Context())
	if err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(r.Context(), w.sql(`DELETE FROM wiki_invites WHERE hash = $1`), in.Hash); err != nil {
		return nil, err
	}
	return doneAt(r, "invites", "The link leads nowhere now.")
}
