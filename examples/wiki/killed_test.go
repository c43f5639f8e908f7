package main

import (
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal"
)

// saved is a text that the wiki has acknowledged.
type saved struct{ page, text string }

// TestKilled kills the wiki at random moments while people edit. What was acknowledged is there, as a
// revision too; nothing is there by half; and people are still logged in.
func TestKilled(t *testing.T) {
	t.Parallel()
	for name, env := range map[string]func(*testing.T) []string{
		"sqlite":   func(t *testing.T) []string { return []string{"WIKI_FILE=" + filepath.Join(t.TempDir(), "wiki.db")} },
		"postgres": func(t *testing.T) []string { return []string{"DATABASE_URL=" + newSchema(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := env(t)
			application, running := "wiki_"+rand.Text(), env
			if name == "postgres" {
				running = []string{env[0] + "&application_name=" + application}
			}
			first := start(t, running...)
			people := make([]*person, 3)
			for i := range people {
				people[i] = newPerson(t, first.URL)
				people[i].enter("alice", first.Invite)
				require.NoError(t, people[i].submit("/@@newpage", "/@@newpage", "name", fmt.Sprintf("own%d", i), "title", "Title", "text", "new"))
			}
			first.signal(os.Kill)
			total := 0
			for round := range kills(t) {
				t.Run(fmt.Sprint(round), func(t *testing.T) {
					acknowledged := killedRound(t, start(t, running...), people, round)
					total += len(acknowledged)
					w := openStopped(t, env)
					waitForBackends(t, w, application)
					requireAll(t, w, acknowledged)
				})
			}
			t.Logf("%d changes were acknowledged", total)
		})
	}
}

// killedRound lets people edit and create pages until the process is killed. It returns what was
// acknowledged.
func killedRound(t *testing.T, i *instance, people []*person, round int) (acknowledged []saved) {
	t.Helper()
	var mu sync.Mutex // guards acknowledged
	var once sync.Once
	var all sync.WaitGroup
	for who, p := range people {
		p := p.at(i.URL)
		own := fmt.Sprintf("own%d", who)
		all.Go(func() {
			for n := 0; ; n++ {
				s := saved{own, fmt.Sprintf("round %d, edit %d\n", round, n)}
				if n%2 == 1 {
					s.page = fmt.Sprintf("page%d-%d-%d", who, round, n)
				}
				var err error
				if s.page != own {
					err = p.submit("/@@newpage", "/@@newpage", "name", s.page, "title", "Title", "text", s.text)
				} else {
					err = p.edit("/"+own, s.text)
				}
				if err != nil {
					select {
					case <-i.ended:
					case <-time.After(time.Minute): // another process: only its end says that it was killed
						t.Error(err)
					}
					return
				}
				mu.Lock()
				acknowledged = append(acknowledged, s)
				mu.Unlock()
				once.Do(func() {
					time.AfterFunc(time.Duration(mathrand.IntN(150_000))*time.Microsecond, func() { _ = i.cmd.Process.Kill() })
				})
			}
		})
	}
	all.Wait()
	<-i.ended
	return acknowledged
}

// waitForBackends waits until PostgreSQL has ended what a killed process had begun: a commit that
// has reached the server goes on.
func waitForBackends(t *testing.T, w *wiki, name string) {
	t.Helper()
	if w.db.Dialect().Name() != "postgres" {
		return
	}
	for n := 1; n > 0; {
		require.NoError(t, w.db.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1", name).Scan(&n))
	}
}

// requireAll fails unless all that was acknowledged is there, and each page is what its newest
// revision says.
func requireAll(t *testing.T, w *wiki, acknowledged []saved) {
	t.Helper()
	if w.db.Dialect().Name() == "sqlite" {
		var result string
		require.NoError(t, w.db.Writer().QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&result))
		require.Equal(t, "ok", result)
	}
	require.NoError(t, transaction.Run(t.Context(), w.db, transaction.RunOptions{}, func(ctx context.Context) error {
		list, err := w.revisions(ctx, 1_000_000, `version > $1 ORDER BY version`, 0)
		if err != nil {
			return err
		}
		texts, newest := map[saved]bool{}, map[string]Revision{}
		for _, v := range list {
			newest[v.Page.String()] = v
			texts[saved{v.Page.String(), v.Text}] = true
		}
		ids := map[string]string{} // of pages by name
		res, err := w.tree.Root(ctx, "/")
		if err != nil {
			return err
		}
		for n, err := range w.tree.Walk(ctx, traversal.NewNode(res)) {
			if err != nil {
				return err
			}
			if page, ok := n.Resource().(*Page); ok {
				id := page.ID().String()
				require.Contains(t, newest, id, n.Path())
				requireSame(t, page, newest[id])
				ids[n.Name()] = id
			}
		}
		require.Len(t, newest, len(ids), "each revision has its page")
		for _, s := range acknowledged {
			require.True(t, texts[saved{ids[s.page], s.text}], "%q in %s was acknowledged", s.text, s.page)
		}
		return nil
	}))
}
