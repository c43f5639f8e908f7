package guarded

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views/web"
)

// permitted reads the lists without the package acl.
func permitted(place, permission, user string) bool {
	held := principals(user)
	var above []string // the places of the lineage, from the resource up
	for at := split(place); ; at = at[:len(at)-1] {
		above = append(above, strings.Join(at, "|"))
		if owner := owners[above[len(above)-1]]; owner != "" && owner == user {
			held = append(held, "role:owner")
		}
		if len(at) == 0 {
			break
		}
	}
	for _, at := range above {
		for _, l := range lists {
			if l.place != at {
				continue
			}
			for entry := range strings.SplitSeq(l.entries, ";") {
				words := strings.Fields(entry)
				named := strings.Split(words[2], ",")
				if slices.Contains(held, words[1]) && (words[2] == "*" || slices.Contains(named, permission)) {
					return words[0] == "allow"
				}
			}
		}
	}
	return false
}

// nowhere is what a response shows that shows no resource.
const nowhere = "|"

var users = []string{"", "alice", "bob", "carol", "dora"}

// ask sends a request, and checks that it shows nothing that the user may not see.
func ask(t *testing.T, app *framework.App, strict bool, method, target, virtual, user string) (status int, shown string) {
	t.Helper()
	path, err := url.PathUnescape(target)
	if err != nil || target == "" || target[0] != '/' {
		return 0, nowhere
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Method, r.URL, r.RequestURI = method, &url.URL{Path: path, RawPath: target}, target
	r.RemoteAddr = "192.0.2.1:1234"
	r.Header.Set("X-User", user)
	if virtual != "" {
		r.Header.Set(web.VirtualRootHeader, virtual)
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	shown, isShown := strings.CutPrefix(w.Header().Get("Shown"), "/")
	permission := w.Header().Get("Permission")
	if !isShown {
		assert.NotContains(t, []int{200, 206}, w.Code, "%s %s: %s", method, target, w.Body)
		return w.Code, nowhere
	}
	assert.True(t, permitted(shown, permission, user), "%q got %s at %s by %s %s (virtual root %q)", user, permission, shown, method, target, virtual)
	for at := split(shown); strict && len(at) > 0; {
		at = at[:len(at)-1]
		assert.True(t, permitted(strings.Join(at, "|"), "view", user), "%q got to %s by %s %s through what is closed", user, shown, method, target)
	}
	return w.Code, shown
}

// spell returns ways to write a path.
func spell(names []string) (paths []string) {
	plain := ""
	for _, name := range names {
		plain += "/" + url.PathEscape(name)
	}
	coded := ""
	for _, name := range names {
		coded += "/"
		for _, c := range []byte(name) {
			coded += "%" + strings.ToUpper(string("0123456789abcdef"[c>>4])+string("0123456789abcdef"[c&15]))
		}
	}
	dotted := strings.ReplaceAll(plain, "/", "/./open/../")
	hidden := strings.ReplaceAll(plain, "/", "/%2e/nothing/%2E./")
	for _, path := range []string{plain, coded, dotted, hidden, "/.." + plain, strings.ReplaceAll(plain, "/", "//"), plain + "/", plain + "/.", plain + "/x/.."} {
		for _, end := range []string{"", "/@@", "/view", "/@@view", "/edit", "/@@edit", "/%40%40edit", "/@@edit/closed", "/@@edit/../x", "/@@view/@@edit"} {
			paths = append(paths, path+end, "/~"+path+end)
		}
	}
	return paths
}

// However a path is written, it shows a resource to those who may see it, and to nobody else.
func TestEverySpelling(t *testing.T) {
	t.Parallel()
	var places []string
	for _, l := range lists {
		places = append(places, l.place)
	}
	places = append(places, others...)
	for _, strict := range []bool{false, true} {
		app, err := New(strict)
		require.NoError(t, err)
		shown, denied := map[string]bool{}, 0
		for _, place := range places {
			for _, path := range spell(split(place)) {
				for _, user := range users {
					for _, method := range []string{"GET", "HEAD", "OPTIONS", "FROB"} {
						status, at := ask(t, app, strict, method, path, "", user)
						shown[at+" "+user] = true
						if status == http.StatusForbidden {
							denied++
						}
					}
				}
			}
			// Below a virtual root, and with one that tries to leave it.
			for _, virtual := range []string{"/open", "/closed/", "/open/../closed", "/closed/%2e%2e", "//closed//open"} {
				for _, path := range spell(split(place))[:20] {
					for _, user := range users {
						ask(t, app, strict, "GET", path, virtual, user)
					}
				}
			}
		}
		// Nothing is closed to those who may see it.
		for _, place := range places {
			for _, user := range users {
				if strings.Contains(place, "@@") || !permitted(place, "view", user) {
					continue
				}
				open := true
				for at := split(place); strict && len(at) > 0; {
					at = at[:len(at)-1]
					open = open && permitted(strings.Join(at, "|"), "view", user)
				}
				if open {
					assert.True(t, shown[place+" "+user], "%q never saw %s", user, place)
				}
			}
		}
		assert.Greater(t, denied, 1000)
	}
}

// FuzzNoPathEvadesAList looks for a request that shows what its user may not see.
func FuzzNoPathEvadesAList(f *testing.F) {
	f.Add("GET", "/closed/%6fpen/../a%2Fb", "", "bob")
	f.Add("POST", "/~/open/@@edit/closed", "/open", "")
	f.Add("HEAD", "/edit-of/%2e%2e%2fclosed", "/closed/..", "dora")
	f.Add("GET", "/edit-of/deep/x y", "", "carol")
	f.Add("OPTIONS", "//bob's//page//@@view", "", "bob")
	var apps [2]*framework.App
	for i := range apps {
		app, err := New(i == 1)
		if err != nil {
			f.Fatal(err)
		}
		apps[i] = app
	}
	f.Fuzz(func(t *testing.T, method, target, virtual, user string) {
		if !slices.Contains(users, user) {
			user = ""
		}
		for i, app := range apps {
			ask(t, app, i == 1, method, target, virtual, user)
		}
	})
}
