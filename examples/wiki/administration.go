package main

import (
	"context"
	"database/sql"
	"net/http"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/web"
)

// addPeople declares how people get accounts and passwords, and how administrators look after
// people and groups. Those pages are routes, so their resource is the root: what somebody may do
// in a folder makes nobody an administrator.
func (w *wiki) addPeople(config *framework.Configurator, limit views.Option) {
	open := []views.Option{views.NoPermission(), limit}
	config.AddRoute("join", joinPath)
	forms.Add(config, showJoin, w.join, append(open, views.Route("join"), views.Renderer("join.html"))...)
	config.AddRoute("reset", "/-/reset")
	forms.Add(config, showReset, w.reset, append(open, views.Route("reset"), views.Renderer("reset.html"))...)
	config.AddRoute("account", "/-/account")
	forms.Add(config, showAccount, w.changePassword(), append(open, views.Route("account"), views.Renderer("account.html"))...)

	administer, post := views.Permission(mayAdminister), views.Method("POST")
	config.AddRoute("people", "/-/people")
	config.AddView(views.OnInput(w.showPeople), views.Route("people"), views.Method("GET"), administer, views.Renderer("people.html"))
	config.AddView(views.OnInput(w.changePerson), views.Route("people"), post, administer)
	config.AddRoute("invites", "/-/invites")
	forms.Add(config, w.showInvites, w.makeInvite, views.Route("invites"), administer, views.Renderer("invites.html"))
	config.AddRoute("withdraw", "/-/invites/withdraw")
	config.AddView(views.OnInput(w.withdrawInvite), views.Route("withdraw"), post, administer)
	config.AddRoute("groups", "/-/groups")
	forms.Add(config, w.showGroups, w.addGroup, views.Route("groups"), administer, views.Renderer("groups.html"))
	config.AddRoute("group", "/-/groups/{id}")
	forms.Add(config, w.showGroup, w.changeGroup, views.Route("group"), administer, views.Renderer("group.html"))
}

// doneAt sends the client on to a route, whose page shows the message.
func doneAt(r *framework.Request, route, message string, options ...web.URLOption) (*framework.Response, error) {
	return flashAt(r, "", message, route, options...)
}

// refusedAt is doneAt for what was not done.
func refusedAt(r *framework.Request, route, message string, options ...web.URLOption) (*framework.Response, error) {
	return flashAt(r, "refused", message, route, options...)
}

func flashAt(r *framework.Request, queue, message, route string, options ...web.URLOption) (*framework.Response, error) {
	session, err := r.Session()
	if err != nil {
		return nil, err
	}
	if err := session.Flash(queue, message, false); err != nil {
		return nil, err
	}
	path, err := r.RoutePath(route, options...)
	return r.Redirect(http.StatusSeeOther, path), err
}

// showLink shows a link that is in no table, so that it must not be kept anywhere else either.
func showLink(r *framework.Request, link linkPage) (*framework.Response, error) {
	response, err := views.RenderResponse(r, "link.html", link)
	if err == nil {
		response.SetHeader("Cache-Control", "no-store")
	}
	return response, err
}

// peoplePage is what people.html shows.
type peoplePage struct {
	People []*account
	Next   string // the name after which the next page begins
}

const peopleOnPage = 100

func (w *wiki) showPeople(r *framework.Request, _ *Folder, in struct{ After string }) (peoplePage, error) {
	list, err := w.accounts(r.Context(), w.db.Reader(), `u.folded IN
		(SELECT folded FROM wiki_users WHERE folded > $1 ORDER BY folded LIMIT $2)`, fold(in.After), peopleOnPage+1)
	page := peoplePage{People: list}
	if len(list) > peopleOnPage {
		page.People, page.Next = list[:peopleOnPage], list[peopleOnPage-1].Name
	}
	return page, err
}

// personInput says what is done with an account: disable, enable or reset.
type personInput struct {
	User   string `form:"user"`
	Action string `form:"action"`
}

func (w *wiki) changePerson(r *framework.Request, _ *Folder, in personInput) (*framework.Response, error) {
	ctx := r.Context()
	tx, err := transaction.Tx(ctx)
	if err != nil {
		return nil, err
	}
	person, err := w.accountOf(ctx, tx, in.User)
	if err != nil {
		return nil, err
	}
	if person == nil {
		return nil, web.NotFound("Nobody has this name.")
	}
	switch in.Action {
	case "reset":
		if person.Disabled {
			return refusedAt(r, "people", person.Name+" is disabled: enable the account first.")
		}
		return w.makeReset(r, tx, person)
	case "enable":
		return w.setDisabled(r, tx, person, false, person.Name+" can log in again.")
	case "disable":
		if me, err := r.UserID(); err != nil {
			return nil, err
		} else if me == person.Name {
			return refusedAt(r, "people", "You would lock yourself out: another administrator can disable your account.")
		}
		if last, err := w.lastAdministrator(ctx, tx, person.Name); err != nil {
			return nil, err
		} else if last {
			return refusedAt(r, "people", "Nobody else can administer the wiki: make somebody else an administrator first.")
		}
		return w.setDisabled(r, tx, person, true, person.Name+" is logged out everywhere and cannot log in.")
	}
	return nil, web.BadRequest("The action is disable, enable or reset.")
}

// setDisabled disables or enables an account. Its sessions end either way.
func (w *wiki) setDisabled(r *framework.Request, tx *sql.Tx, person *account, disabled bool, message string) (*framework.Response, error) {
	_, err := tx.ExecContext(r.Context(), w.sql(`UPDATE wiki_users SET disabled = $1, generation = generation + 1 WHERE name = $2`), disabled, person.Name)
	if err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(r.Context(), w.sql(`DELETE FROM wiki_invites WHERE person = $1`), person.Name); err != nil {
		return nil, err
	}
	return doneAt(r, "people", message)
}

// lastAdministrator reports whether nobody else is an administrator whose account is enabled. Until
// the transaction ends, no other one can make it true.
func (w *wiki) lastAdministrator(ctx context.Context, tx *sql.Tx, name string) (bool, error) {
	// The update changes nothing, and makes others wait who do the same.
	if _, err := tx.ExecContext(ctx, `UPDATE wiki_groups SET name = name WHERE id = 'administrators'`); err != nil {
		return false, err
	}
	var others int
	err := tx.QueryRowContext(ctx, w.sql(`SELECT count(*) FROM wiki_members m JOIN wiki_users u ON u.name = m.person
		WHERE m.grp = 'administrators' AND NOT u.disabled AND u.name <> $1`), name).Scan(&others)
	return others == 0, err
}
