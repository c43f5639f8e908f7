package main

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/security/password"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/web"
)

// newPassword is the field of forms in which somebody chooses a password.
type newPassword struct {
	Password string `form:"password"`
}

// Validate checks how long it is.
func (in newPassword) Validate() error {
	if len(in.Password) < 12 || len(in.Password) > password.MaxLength {
		return problem("password", "a password has at least 12 characters")
	}
	return nil
}

// setPassword gives an account a new password, and returns its new generation: all its sessions and
// its links to a new password end.
func (w *wiki) setPassword(ctx context.Context, tx *sql.Tx, person, hash string) (generation int64, err error) {
	err = tx.QueryRowContext(ctx, w.sql(`UPDATE wiki_users SET hash = $1, generation = generation + 1
		WHERE name = $2 AND NOT disabled RETURNING generation`), hash, person).Scan(&generation)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, problem("", "this account is disabled")
	} else if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, w.sql(`DELETE FROM wiki_invites WHERE person = $1`), person)
	return generation, err
}

// passwordInput is the form in which users change their password.
type passwordInput struct {
	Old string `form:"old"`
	newPassword
}

func showAccount(r *framework.Request, _ *Folder) (*forms.Form, error) {
	if in, err := r.IsAuthenticated(); err != nil || !in {
		return nil, errors.Join(err, web.Forbidden("Log in first."))
	}
	return forms.Show(r, passwordInput{}), nil
}

// changePassword returns the function that changes the password of the user. Sessions at other
// browsers end.
func (w *wiki) changePassword() func(*framework.Request, *Folder, passwordInput) (*framework.Response, error) {
	users := w.checker()
	return func(r *framework.Request, _ *Folder, in passwordInput) (*framework.Response, error) {
		ctx := r.Context()
		me, ok, err := security.Identity[*account](r)
		if err != nil || !ok {
			return nil, errors.Join(err, web.Forbidden("Log in first."))
		}
		right, err := users.Check(ctx, me.Name, in.Old)
		if err != nil {
			return nil, err
		}
		if !right {
			return nil, problem("old", "this is not your password")
		}
		hash, err := w.hasher.Hash(ctx, in.Password)
		if err != nil {
			return nil, err
		}
		tx, err := transaction.Tx(ctx)
		if err != nil {
			return nil, err
		}
		generation, err := w.setPassword(ctx, tx, me.Name, hash)
		if err != nil {
			return nil, err
		}
		if err := welcomeIn(r, me.Name, generation); err != nil {
			return nil, err
		}
		return doneAt(r, "account", "You have a new password. Your sessions at other browsers have ended.")
	}
}

// checker returns what checks passwords.
func (w *wiki) checker() *password.Checker {
	return password.NewChecker(password.AccountsFunc(w.passwordHash), password.CheckerOptions{Hasher: w.hasher})
}

// resetInput is the form of a link to a new password.
type resetInput struct {
	newPassword
	Token string `form:"token"`
}

func showReset(r *framework.Request, _ *Folder) (*forms.Form, error) {
	return forms.Show(r, resetInput{Token: r.URL.Query().Get("token")}), nil
}

// reset gives the account of a link a new password, and logs it in.
func (w *wiki) reset(r *framework.Request, _ *Folder, in resetInput) (*framework.Response, error) {
	ctx := r.Context()
	hash, err := w.hasher.Hash(ctx, in.Password)
	if err != nil {
		return nil, err
	}
	tx, err := transaction.Tx(ctx)
	if err != nil {
		return nil, err
	}
	link, err := w.useInvite(ctx, tx, in.Token, true)
	if err != nil {
		return nil, err
	}
	generation, err := w.setPassword(ctx, tx, link.Person, hash)
	if err != nil {
		return nil, err
	}
	return r.Redirect(http.StatusSeeOther, r.Prefix()+"/"), welcomeIn(r, link.Person, generation)
}

// makeReset makes the link to a new password of an account, and shows it, this once.
func (w *wiki) makeReset(r *framework.Request, tx *sql.Tx, person *account) (*framework.Response, error) {
	ctx := r.Context()
	by, err := r.UserID()
	if err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, w.sql(`DELETE FROM wiki_invites WHERE person = $1`), person.Name); err != nil {
		return nil, err
	}
	token, err := w.newInvite(ctx, tx, invite{Person: person.Name, By: by, Ends: time.Now().Add(resetTime)})
	if err != nil {
		return nil, err
	}
	link, err := r.RouteURL("reset", web.Query("token", token))
	if err != nil {
		return nil, err
	}
	return showLink(r, linkPage{Link: link, Person: person.Name, Days: 1})
}
