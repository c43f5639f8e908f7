package main

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/security/password"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/web"
)

// No page is called "-", so these paths are free.
const (
	loginPath  = "/-/login"
	logoutPath = "/-/logout"
	joinPath   = "/-/join"
)

// column returns one text of a user, "" if there is no such user.
func (w *wiki) column(ctx context.Context, statement, user string) (text string, err error) {
	err = w.db.Reader().QueryRowContext(ctx, w.sql(statement), user).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return text, err
}

// passwordHash is a password.AccountsFunc.
func (w *wiki) passwordHash(ctx context.Context, user string) (string, error) {
	return w.column(ctx, `SELECT hash FROM wiki_users WHERE name = $1`, user)
}

// groups returns the principals of a user.
func (w *wiki) groups(r *web.Request, user string) ([]string, error) {
	text, err := w.column(r.Context(), `SELECT groups_of FROM wiki_users WHERE name = $1`, user)
	return strings.Fields(text), err
}

// credentials are the form of the login. Next is where the user wanted to go.
type credentials struct {
	User     string `form:"user"`
	Password string `form:"password"`
	Next     string `form:"next"`
}

func showLogin(r *framework.Request, _ *Folder) (*forms.Form, error) {
	return forms.Show(r, credentials{Next: r.URL.Query().Get(security.NextParameter)}), nil
}

// logIn returns the function that checks a password. The session gets a new id, and the user.
func (w *wiki) logIn() func(*framework.Request, *Folder, credentials) (*framework.Response, error) {
	users := password.NewChecker(password.AccountsFunc(w.passwordHash), password.CheckerOptions{Hasher: w.hasher})
	return func(r *framework.Request, _ *Folder, in credentials) (*framework.Response, error) {
		ok, err := users.Check(r.Context(), in.User, in.Password)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, problem("user", "wrong user or password")
		}
		return r.Redirect(http.StatusSeeOther, security.SafeNext(r, in.Next)), r.Remember(in.User)
	}
}

func logOut(r *framework.Request) (*framework.Response, error) {
	return r.Redirect(http.StatusSeeOther, r.Prefix()+"/"), r.Forget()
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
		if _, err := tx.ExecContext(ctx, w.sql(`DELETE FROM wiki_invites WHERE groups_of = $1`), administrators); err != nil {
			return err
		}
		return w.invite(ctx, tx, administrators, &token)
	})
	return token, err
}

// invite stores an invite to groups, and its token in token. The table has only the hash.
func (w *wiki) invite(ctx context.Context, tx *sql.Tx, groups string, token *string) error {
	t, hash := security.NewToken()
	*token = t
	_, err := tx.ExecContext(ctx, w.sql(`INSERT INTO wiki_invites (hash, groups_of) VALUES ($1, $2)`), hash, groups)
	return err
}

// joinInput is the form of a new account.
type joinInput struct {
	User     string `form:"user"`
	Password string `form:"password"`
	Token    string `form:"token"`
}

// Validate checks the name and how long the password is.
func (in joinInput) Validate() error {
	if !names.MatchString(in.User) {
		return problem("user", "use letters, digits, dots and hyphens, beginning with a letter or digit")
	}
	if len(in.Password) < 12 || len(in.Password) > password.MaxLength {
		return problem("password", "a password has at least 12 characters")
	}
	return nil
}

func showJoin(r *framework.Request, _ *Folder) (*forms.Form, error) {
	return forms.Show(r, joinInput{Token: r.URL.Query().Get("token")}), nil
}

// join makes an account for an invite, which is used up by it.
func (w *wiki) join(r *framework.Request, _ *Folder, in joinInput) (*framework.Response, error) {
	hash, err := w.hasher.Hash(r.Context(), in.Password)
	if err != nil {
		return nil, err
	}
	tx, err := transaction.Tx(r.Context())
	if err != nil {
		return nil, err
	}
	var groups string
	err = tx.QueryRowContext(r.Context(), w.sql(`DELETE FROM wiki_invites WHERE hash = $1 RETURNING groups_of`), security.HashToken(in.Token)).Scan(&groups)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, problem("", "this invitation was used, or never existed")
	} else if err != nil {
		return nil, err
	}
	result, err := tx.ExecContext(r.Context(), w.sql(`INSERT INTO wiki_users (name, hash, groups_of) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`), in.User, hash, groups)
	if err != nil {
		return nil, err
	}
	if added, err := result.RowsAffected(); err != nil {
		return nil, err
	} else if added == 0 {
		return nil, problem("user", "somebody else has this name")
	}
	return r.Redirect(http.StatusSeeOther, r.Prefix()+"/"), r.Remember(in.User)
}

// showError returns the id of the request for the error page. The log has the details under it.
func showError(r *framework.Request, _ error) (string, error) { return r.ID(), nil }
